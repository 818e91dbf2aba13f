package io.ztick.server;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The one thread that owns every connection and the scheduler. A fault in a task of ours leaves
/// the state half changed, perhaps; so it is reported and ends the process, where Netty would log
/// it and go on.
final class Loop implements Executor {
  private final EventLoop loop;
  private final Consumer<Throwable> failed;
  private List<Runnable> atEndOfPass = new ArrayList<>();
  private List<Runnable> endingPass = new ArrayList<>();
  private boolean broken;

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

  /// Runs a task on the loop after every socket that is ready has had its turn. What goes on for
  /// many turns must do so by this: tasks of {@link #execute} follow each other for up to a second
  /// before Netty looks at a socket again.
  void afterOthers(Runnable task) {
    var _ = schedule(task, 0);
  }

  /// Runs an action of the loop's own once the sockets that are ready now have been read.
  void atEndOfPass(Runnable action) {
    if (atEndOfPass.isEmpty()) {
      execute(this::endPass);
    }
    atEndOfPass.add(action);
  }

  private void endPass() {
    List<Runnable> actions = atEndOfPass;
    atEndOfPass = endingPass;
    endingPass = actions;
    actions.forEach(Runnable::run);
    actions.clear();
  }

  /// Runs a task on the loop later.
  Future<?> schedule(Runnable task, long delayNanos) {
    return loop.schedule(guarded(task), delayNanos, TimeUnit.NANOSECONDS);
  }

  /// Runs a task on the loop again and again.
  Future<?> repeat(Runnable task, long periodNanos) {
    return loop.scheduleAtFixedRate(guarded(task), periodNanos, periodNanos, TimeUnit.NANOSECONDS);
  }

  /// Reports a fault of ours; from then on no task of ours runs.
  void failed(Throwable fault) {
    if (!broken) {
      broken = true;
      failed.accept(fault);
    }
  }

  /// Whether there was a fault of ours. What it left behind must not be touched.
  boolean isBroken() {
    return broken;
  }

  private Runnable guarded(Runnable task) {
    return () -> {
      if (broken) {
        return;
      }
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        failed(e);
      }
    };
  }
}
