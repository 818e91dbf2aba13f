package io.ztick.server;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The service manager that started this process, told how the server is doing by systemd's
/// notification protocol, sd_notify(3). Without `NOTIFY_SOCKET` in the environment there is none
/// and nothing is done. One that cannot be reached is worth a warning; the server goes on.
///
/// ```
/// starting ─► EXTEND_TIMEOUT_USEC, again and again: a journal may take its time
/// ready    ─► READY=1, and from then on WATCHDOG=1 twice in WATCHDOG_USEC
/// stopping ─► STOPPING=1, and how long it may take
/// ```
///
/// `WATCHDOG=1` is a task of the loop and proves that the loop turns, nothing else. A disk that
/// hangs does not keep it from being sent: a restart would not mend the disk, and would lose the
/// answers that wait for it.
///
/// The methods may be called on any thread.
final class ServiceManager {
  private static final Logger log = LoggerFactory.getLogger(ServiceManager.class);

  private static final String SOCKET = "NOTIFY_SOCKET";
  private static final String WATCHDOG_TIME = "WATCHDOG_USEC";
  private static final String WATCHDOG_PROCESS = "WATCHDOG_PID";

  /// How often the start asks for more time.
  private static final Duration EXTENSION_PERIOD = Duration.ofSeconds(10);

  /// How much it asks for each time: two of its messages may be late.
  private static final Duration EXTENSION = EXTENSION_PERIOD.multipliedBy(3);

  /// How long a message that has to get through waits for the next attempt.
  private static final Duration RETRY_PERIOD = Duration.ofSeconds(1);

  private final EventLoop loop;
  private final @Nullable String socket;
  private final long watchdogMicros;

  /// Confined to the loop, as is everything below.
  private @Nullable ChannelFuture connection;

  private @Nullable Future<?> extending;

  /// What has to be said and has not got through; nothing when all has.
  private @Nullable String pending;

  private boolean stopping;
  private boolean warned;

  private ServiceManager(EventLoop loop, @Nullable String socket, long watchdogMicros) {
    this.loop = loop;
    this.socket = socket;
    this.watchdogMicros = watchdogMicros;
  }

  /// The one that an environment names.
  static ServiceManager of(Map<String, String> environment, EventLoop loop) {
    String socket = environment.get(SOCKET);
    if (socket == null || socket.isEmpty()) {
      return new ServiceManager(loop, null, 0);
    }
    if (!socket.startsWith("/") && !socket.startsWith("@")) {
      log.warn("{}={} is neither a path nor @ and a name; ignored", SOCKET, shown(socket));
      return new ServiceManager(loop, null, 0);
    }
    if (!Epoll.isAvailable()) {
      log.warn("{} is ignored: there is no epoll here", SOCKET);
      return new ServiceManager(loop, null, 0);
    }
    return new ServiceManager(loop, socket, watchdogMicros(environment));
  }

  /// Asks for more time to start in, until {@link #ready}.
  void starting() {
    String message = "STATUS=starting\nEXTEND_TIMEOUT_USEC=" + micros(EXTENSION);
    execute(() -> extending = repeat(message, 0, micros(EXTENSION_PERIOD)));
  }

  /// Says that the server serves, and that it lives for as long as the loop turns.
  ///
  /// @param status one line for a person
  void ready(String status) {
    execute(
        () -> {
          if (extending != null) {
            extending.cancel(false);
          }
          if (!stopping) {
            sayUntilItGetsThrough("READY=1\nSTATUS=" + status);
          }
          if (watchdogMicros > 0) {
            long period = Math.max(1, watchdogMicros / 2);
            var _ = repeat("WATCHDOG=1", period, period);
          }
        });
  }

  /// Says that the server has begun to stop.
  ///
  /// @param longest how long that may take
  void stopping(Duration longest) {
    execute(
        () -> {
          stopping = true;
          sayUntilItGetsThrough(
              "STOPPING=1\nSTATUS=stopping\nEXTEND_TIMEOUT_USEC=" + micros(longest));
        });
  }

  /// A service whose `READY=1` is lost would be ended as one that does not start.
  private void sayUntilItGetsThrough(String message) {
    pending = message;
    sayPending(message);
  }

  private void sayPending(String message) {
    if (message.equals(pending)) {
      send(message);
      var _ =
          loop.schedule(() -> sayPending(message), RETRY_PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void execute(Runnable task) {
    if (socket != null) {
      loop.execute(task);
    }
  }

  private Future<?> repeat(String message, long delayMicros, long periodMicros) {
    // Not at a fixed rate: behind what held up the loop one message is enough.
    return loop.scheduleWithFixedDelay(
        () -> send(message), delayMicros, periodMicros, TimeUnit.MICROSECONDS);
  }

  private void send(String message) {
    var _ = connection().addListener((ChannelFuture connected) -> send(message, connected));
  }

  private void send(String message, ChannelFuture connected) {
    if (!connected.isSuccess()) {
      sent(message, connected, connected);
      return;
    }
    // One that reads nothing for hours must not fill the memory.
    if (connected.channel().isWritable()) {
      var datagram = Unpooled.copiedBuffer(message, StandardCharsets.UTF_8);
      var _ =
          connected
              .channel()
              .writeAndFlush(datagram)
              .addListener(written -> sent(message, connected, written));
    }
  }

  /// Connected, so that it is known when a full socket can be written to again.
  private ChannelFuture connection() {
    if (connection == null) {
      connection =
          new Bootstrap()
              .group(loop)
              .channelFactory(EpollDomainDatagramChannel::new)
              .handler(new ChannelInboundHandlerAdapter())
              .connect(new DomainSocketAddress(path()));
    }
    return connection;
  }

  /// As the kernel has it: a name that is no file begins with NUL.
  private String path() {
    String name = String.valueOf(socket);
    return name.startsWith("@") ? '\0' + name.substring(1) : name;
  }

  /// After a failure the next message takes a new connection: the service manager may be back.
  private void sent(String message, ChannelFuture by, Future<? super Void> sent) {
    if (sent.isSuccess()) {
      warned = false;
      pending = message.equals(pending) ? null : pending;
      return;
    }
    var _ = by.channel().close();
    connection = by.equals(connection) ? null : connection;
    if (!warned) {
      warned = true;
      log.warn(
          "cannot reach the service manager at {}: {}",
          shown(String.valueOf(socket)),
          String.valueOf(sent.cause()));
    }
  }

  /// 0 when nobody watches this process.
  private static long watchdogMicros(Map<String, String> environment) {
    String micros = environment.get(WATCHDOG_TIME);
    String process = environment.get(WATCHDOG_PROCESS);
    boolean ours = process == null || process.equals("" + ProcessHandle.current().pid());
    if (micros == null || !ours) {
      return 0;
    }
    try {
      return Long.parseLong(micros);
    } catch (NumberFormatException e) {
      log.warn("{}={} is not a number; ignored", WATCHDOG_TIME, shown(micros));
      return 0;
    }
  }

  private static String shown(String value) {
    return LogText.escaped(value);
  }

  private static long micros(Duration duration) {
    return TimeUnit.MICROSECONDS.convert(duration);
  }
}
