package io.ztick.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Opens the sockets of HTTP runs: looks their hosts up, tries one address after the other, and
/// puts TLS in front. Confined to the loop; names are looked up elsewhere.
final class HttpSockets {
  private final Network network;
  private final Loop loop;
  private final Executor waiting;
  private final Duration connectTimeout;

  /// What is being looked up, and who waits for it.
  private final Map<HttpTarget, List<HttpConnection>> lookups = new HashMap<>();

  /// @param waiting has a thread for each task that waits for the outside world
  /// @param connectTimeout for all addresses of a host together, once they are known
  HttpSockets(Network network, Loop loop, Executor waiting, Duration connectTimeout) {
    this.network = network;
    this.loop = loop;
    this.waiting = waiting;
    this.connectTimeout = connectTimeout;
  }

  /// Opens a new connection; it hears what has come of it.
  void connect(HttpConnection connection) {
    HttpTarget target = connection.target();
    List<HttpConnection> waiters = lookups.get(target);
    if (waiters != null) {
      waiters.add(connection);
      return;
    }
    Found literal = literal(target);
    if (literal != null) {
      connect(connection, literal, 0, System.nanoTime() + connectTimeout.toNanos());
      return;
    }
    lookups.put(target, new ArrayList<>(List.of(connection)));
    try {
      waiting.execute(() -> lookUp(target));
    } catch (OutOfMemoryError e) {
      // The system's limit of threads, not the heap's.
      lookedUp(target, new Found(List.of(), null, new IOException("cannot start a thread", e)));
    }
  }

  /// What has to be found out before a socket can be opened.
  ///
  /// @param tls null for a target without TLS
  /// @param failure null, or why it cannot be opened
  private record Found(
      List<InetAddress> addresses, @Nullable SSLContext tls, @Nullable Throwable failure) {}

  /// Null when it has to be looked up. TLS reads the certificates that the system trusts, and so it
  /// is looked up as well.
  private static @Nullable Found literal(HttpTarget target) {
    if (target.secure()) {
      return null;
    }
    try {
      return new Found(List.of(InetAddress.ofLiteral(target.host())), null, null);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /// Waits for the network.
  private void lookUp(HttpTarget target) {
    Found found;
    try {
      SSLContext tls = target.secure() ? trust() : null;
      found = new Found(List.of(InetAddress.getAllByName(target.host())), tls, null);
    } catch (IOException | RuntimeException | Error e) {
      found = new Found(List.of(), null, e);
    }
    Found known = found;
    try {
      loop.execute(() -> lookedUp(target, known));
    } catch (RejectedExecutionException e) {
      // The server has stopped.
    }
  }

  /// The certificates that the system trusts.
  private static SSLContext trust() throws IOException {
    try {
      SSLContext context = SSLContext.getDefault();
      // Loads the classes of a handshake here, where nobody else waits for it.
      SSLEngine rehearsal = context.createSSLEngine();
      rehearsal.setUseClientMode(true);
      int bytes = rehearsal.getSession().getPacketBufferSize();
      var _ = rehearsal.wrap(ByteBuffer.allocate(0), ByteBuffer.allocate(bytes));
      return context;
    } catch (NoSuchAlgorithmException e) {
      throw new SSLException(e.getMessage(), e);
    }
  }

  private void lookedUp(HttpTarget target, Found found) {
    List<HttpConnection> waiters = lookups.remove(target);
    if (waiters == null) {
      throw new IllegalStateException("nobody asked for " + target);
    }
    long deadline = System.nanoTime() + connectTimeout.toNanos();
    for (HttpConnection connection : waiters) {
      if (found.failure != null) {
        connection.fail(found.failure);
      } else {
        connect(connection, found, 0, deadline);
      }
    }
  }

  /// Tries one address after the other.
  private void connect(HttpConnection connection, Found found, int index, long deadline) {
    if (connection.isClosed()) {
      return;
    }
    InetAddress address = found.addresses.get(index);
    // This very address is what it connects to, whatever the name means a moment later.
    if (connection.target().guarded() && !PublicAddresses.contain(address)) {
      tryNext(connection, found, index, deadline, new PrivateAddressException());
      return;
    }
    long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
    ChannelFuture opening =
        network
            .clients(address)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(Integer.MAX_VALUE, millis))
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {}
                })
            .connect(new InetSocketAddress(address, connection.target().port()));
    connection.opening(opening.channel());
    opening.addListener(
        (ChannelFuture done) -> {
          Throwable failure = done.cause();
          if (failure == null) {
            opened(connection, done.channel(), found.tls);
          } else {
            tryNext(connection, found, index, deadline, failure);
          }
        });
  }

  private void tryNext(
      HttpConnection connection, Found found, int index, long deadline, Throwable failure) {
    if (index + 1 < found.addresses.size() && System.nanoTime() - deadline < 0) {
      connect(connection, found, index + 1, deadline);
    } else {
      connection.fail(failure);
    }
  }

  /// The target may not be called where it is.
  static final class PrivateAddressException extends IOException {}

  private void opened(HttpConnection connection, Channel channel, @Nullable SSLContext tls) {
    if (connection.isClosed()) {
      var _ = channel.close();
      return;
    }
    ChannelPipeline pipeline = channel.pipeline();
    if (tls != null) {
      SSLEngine engine;
      try {
        engine = engine(tls, connection.target());
      } catch (IllegalArgumentException e) {
        connection.fail(new UnknownHostException(connection.target().host()));
        return;
      }
      var handler = new SslHandler(engine, network.tlsThreads());
      // The run has a limit of its own.
      handler.setHandshakeTimeoutMillis(0);
      pipeline.addLast(handler);
    }
    connection.opened(pipeline);
  }

  /// The certificate must be trusted by the system and made out to the host.
  ///
  /// @throws IllegalArgumentException when the host is no name that TLS can ask for
  private static SSLEngine engine(SSLContext tls, HttpTarget target) {
    SSLEngine engine = tls.createSSLEngine(target.host(), target.port());
    engine.setUseClientMode(true);
    var parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    if (!NetUtil.isValidIpV4Address(target.host()) && target.host().indexOf(':') < 0) {
      parameters.setServerNames(List.of(new SNIHostName(target.host())));
    }
    engine.setSSLParameters(parameters);
    return engine;
  }
}
