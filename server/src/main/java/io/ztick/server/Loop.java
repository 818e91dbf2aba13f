package io.ztick.server;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The one thread that owns every connection and the scheduler. A fault in a task of ours leaves
/// the state half changed, perhaps; so it is reported and ends the process, where Netty would log
/// it and go on.
final class Loop implements Executor {
  private final EventLoop loop;
  private final Consumer<Throwable> failed;

  /// @param failed called on the loop with a fault of ours
  Loop(EventLoop loop, Consumer<Throwable> failed) {
    this.loop = loop;
    this.failed = failed;
  }

  /// Runs a task on the loop, after what it is doing now. On any thread.
  @Override
  public void execute(Runnable task) {
    loop.execute(guarded(task));
  }

  /// Runs a task on the loop later.
  Future<?> schedule(Runnable task, long delayNanos) {
    return loop.schedule(guarded(task), delayNanos, TimeUnit.NANOSECONDS);
  }

  /// Runs a task on the loop again and again.
  Future<?> repeat(Runnable task, long periodNanos) {
    return loop.scheduleAtFixedRate(guarded(task), periodNanos, periodNanos, TimeUnit.NANOSECONDS);
  }

  /// Reports a fault of ours that was caught elsewhere.
  void failed(Throwable fault) {
    failed.accept(fault);
  }

  private Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        failed.accept(e);
      }
    };
  }
}
