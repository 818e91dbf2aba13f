package io.ztick.server;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoRegistration;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The threads that processes need: a few that start them, because `posix_spawn` holds up its
/// caller until the new program is loaded, and one, the reaper, that waits for all of them.
///
/// ```
/// loop ─► starter-… ─► reaper: output, time-outs, the end ─► loop
/// ```
final class Processes implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Processes.class);

  /// Four at once start as many processes a second as two cores can, nine tenths of what a loop in
  /// C does; one starts half as many, and eight no more.
  private static final int STARTERS = 4;

  private static final long STACK_BYTES = 256 * 1024;
  private static final long SPARE_THREAD_SECONDS = 10;
  private static final int BUFFER_BYTES = 16 * 1024;

  /// How often it is looked whether processes have obeyed TERM whose end the kernel does not
  /// report: those of a group but for its leader.
  private static final Duration GROUP_LOOK = Duration.ofMillis(50);

  private final Starter starter;
  private final Executor waiting;
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(
          1,
          Thread.ofPlatform().name("reaper").daemon().stackSize(STACK_BYTES).factory(),
          Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
  private final IoEventLoop reaper = group.next();
  private final ThreadPoolExecutor starters =
      new ThreadPoolExecutor(
          STARTERS,
          STARTERS,
          SPARE_THREAD_SECONDS,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          Thread.ofPlatform().name("starter-", 1).daemon().stackSize(STACK_BYTES).factory());

  /// What is read from a pipe, for a moment. Confined to the reaper, as are the next two.
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

  /// Those whose leader has ended while the group may still run.
  private final List<Predicate<ProcessGroups>> leaderless = new ArrayList<>();

  private boolean lookRequested;

  /// How a process comes to be.
  interface Starter {
    Child start(List<byte[]> command, List<byte[]> environment, Path directory) throws IOException;
  }

  /// With the best way to start processes that this system has.
  ///
  /// @param waiting has a thread for each task that waits for the outside world
  Processes(Executor waiting) {
    this(waiting, Processes::startSupported);
  }

  Processes(Executor waiting, Starter starter) {
    this.waiting = waiting;
    this.starter = starter;
    starters.allowCoreThreadTimeOut(true);
  }

  private static Child startSupported(
      List<byte[]> command, List<byte[]> environment, Path directory) throws IOException {
    return SpawnedChild.isSupported()
        ? SpawnedChild.start(command, environment, directory)
        : JdkChild.start(command, environment, directory);
  }

  /// Prepares what the first process would wait for otherwise. Takes some tens of milliseconds.
  static void prepare() {
    if (!SpawnedChild.isSupported()) {
      log.warn(
          "processes get no session of their own: that needs Linux 5.3 and glibc 2.34, or newer");
    }
  }

  /// Starts a process, on the thread that calls this: one of [#start].
  Child spawn(List<byte[]> command, List<byte[]> environment, Path directory) throws IOException {
    return starter.start(command, environment, directory);
  }

  /// Has a task run on one of the threads that start processes.
  void start(Runnable task) {
    starters.execute(task);
  }

  /// Has a task run that waits for the outside world.
  void await(Runnable task) {
    waiting.execute(task);
  }

  /// Has a task run on the reaper; when it is gone, so is the server, and nobody wants to know.
  void execute(Runnable task) {
    try {
      reaper.execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("the reaper is gone", e);
    }
  }

  /// Has a task run on the reaper later. On the reaper.
  Future<?> schedule(Runnable task, Duration delay) {
    return reaper.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  /// Has the reaper listen to a descriptor. On the reaper.
  IoRegistration register(IoHandle handle) throws IOException {
    Future<IoRegistration> registered = reaper.register(handle);
    if (!registered.isSuccess()) {
      throw new IOException("cannot wait for a descriptor", registered.cause());
    }
    return registered.getNow();
  }

  /// Room for what is read at once. On the reaper.
  ByteBuffer buffer() {
    return buffer;
  }

  /// Asks now and then whether a group still has to be waited for, until it has not. All that wait
  /// share one look. On the reaper.
  void awaitGroup(Predicate<ProcessGroups> isAwaited) {
    leaderless.add(isAwaited);
    if (!lookRequested) {
      lookRequested = true;
      execute(this::look);
    }
  }

  private void look() {
    var groups = new ProcessGroups();
    leaderless.removeIf(isAwaited -> !isAwaited.test(groups));
    lookRequested = !leaderless.isEmpty();
    if (lookRequested) {
      var _ = schedule(this::look, GROUP_LOOK);
    }
  }

  /// Ends the threads. Processes that still run are left alone.
  @Override
  public void close() {
    starters.shutdown();
    var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
