package io.ztick.server;

import io.netty.util.concurrent.Future;
import io.ztick.scheduler.Journal;
import io.ztick.scheduler.Outcome;
import io.ztick.scheduler.Run;
import io.ztick.scheduler.Scheduler;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Wakes the scheduler when the next job is due and starts the runs it hands out. Sleeps exactly
/// until then; once a second it looks at the wall clock again, which may have been set. Confined to
/// the loop.
final class Firing {
  private static final Logger log = LoggerFactory.getLogger(Firing.class);

  /// The most jobs that are triggered, triggered again after a crash, or removed after their
  /// retention, before others have their turn.
  private static final int JOBS_PER_TURN = 256;

  private static final long LOOK_NANOS = 1_000_000_000;

  /// What is further away is left to a later look at the clock: between two looks it cannot become
  /// due.
  private static final long HORIZON_NANOS = 2 * LOOK_NANOS;

  /// A look at the clock this late means that something held up the loop.
  private static final long LATE_NANOS = 500_000_000;

  /// A difference between the two clocks that is worth a line of the log.
  private static final long STEP_NANOS = 250_000_000;

  private final Loop loop;
  private final Scheduler scheduler;
  private final Journal journal;
  private final WallClock clock;
  private final Lateness lateness;
  private final DueTimer timer;
  private @Nullable Executions executions;
  private @Nullable Future<?> looks;
  private boolean turnRequested;

  /// More is due than the last turn did. Turns of clients do not help with it: they would take as
  /// long, each.
  private boolean backlogged;

  private boolean awaitingJournal;
  private boolean stopped;

  /// By both clocks, in nanoseconds: the last look at them.
  private long lastWall;

  private long lastMonotonic;

  Firing(Loop loop, Scheduler scheduler, Journal journal, WallClock clock, Lateness lateness) {
    this.loop = loop;
    this.scheduler = scheduler;
    this.journal = journal;
    this.clock = clock;
    this.lateness = lateness;
    this.timer = new DueTimer(loop, clock, HORIZON_NANOS, this::turn);
  }

  /// Begins: from now on due jobs are triggered and their runs started.
  void start(Executions performer) {
    executions = performer;
    lastWall = clock.nanos();
    lastMonotonic = System.nanoTime();
    looks = loop.repeat(this::look, LOOK_NANOS);
    // What became due while the server was down is not late by that.
    scheduler.begin(lastWall);
    turn(lastWall);
  }

  /// Triggers nothing and starts nothing any more.
  void stop() {
    stopped = true;
    timer.cancel();
    if (looks != null) {
      looks.cancel(false);
    }
  }

  /// Does what is due, if anything is. Called throughout what the loop does for clients, because
  /// under load the timer waits for the end of it.
  void fireDue(long now) {
    if (!backlogged && scheduler.isDue(now)) {
      turn(now);
    }
  }

  /// The same now.
  void fireDue() {
    fireDue(clock.nanos());
  }

  private void turn(long now) {
    if (executions == null || stopped) {
      return;
    }
    int recovered = scheduler.recover(JOBS_PER_TURN);
    int fired = scheduler.fire(now, JOBS_PER_TURN);
    int expired = scheduler.expire(now, JOBS_PER_TURN);
    if (recovered + fired > 0) {
      // What was triggered may start when a crash can no longer undo it.
      journal.whenDurable(() -> startRuns(clock.nanos()));
    } else {
      startRuns(now);
    }
    boolean limited = Math.max(Math.max(recovered, fired), expired) == JOBS_PER_TURN;
    backlogged = limited || journal.isBusy();
    if (journal.isBusy()) {
      awaitJournal();
    } else if (limited) {
      requestTurn();
    } else {
      sleep(now);
    }
  }

  /// Looks whether the timer must go off earlier, after jobs were planned.
  void planned(long now) {
    if (!stopped && timer.isTooLateFor(scheduler.nextDue())) {
      sleep(now);
    }
  }

  /// Takes the outcome of a run.
  void ended(Run run, Outcome outcome) {
    long now = clock.nanos();
    // If nothing is, a job that waits for the end of this run becomes due by it.
    var _ = scheduler.isDue(now);
    scheduler.ended(run, outcome, now);
    // Not at once: a burst of outcomes shares one turn.
    requestTurn();
  }

  private void startRuns(long now) {
    if (executions == null || stopped) {
      return;
    }
    List<Run> runs = scheduler.start(now);
    for (Run run : runs) {
      lateness.started(clock.nanos() - run.dueNanos(), System.nanoTime());
      executions.start(run);
    }
    if (runs.size() == Scheduler.MAX_STARTS) {
      requestTurn();
    }
  }

  /// While it is busy nothing becomes due, so that neither memory nor the time that clients wait
  /// grows with what is overdue.
  private void awaitJournal() {
    if (!awaitingJournal) {
      awaitingJournal = true;
      journal.whenDurable(
          () -> {
            awaitingJournal = false;
            requestTurn();
          });
    }
  }

  private void requestTurn() {
    if (!turnRequested) {
      turnRequested = true;
      loop.afterOthers(
          () -> {
            turnRequested = false;
            turn(clock.nanos());
          });
    }
  }

  private void sleep(long now) {
    timer.set(Math.min(scheduler.nextDue(), scheduler.nextExpiry()), now);
  }

  private void look() {
    long now = clock.nanos();
    long monotonic = System.nanoTime();
    long held = monotonic - lastMonotonic - LOOK_NANOS;
    if (held >= LATE_NANOS) {
      log.warn("the loop was held up for {} ms", TimeUnit.NANOSECONDS.toMillis(held));
    }
    long step = (now - lastWall) - (monotonic - lastMonotonic);
    if (Math.abs(step) >= STEP_NANOS) {
      log.warn(
          "the wall clock was set {} by {} ms; due times follow it",
          step > 0 ? "forward" : "back",
          TimeUnit.NANOSECONDS.toMillis(Math.abs(step)));
      // The timer was set by the clock as it was.
      timer.cancel();
    }
    lastWall = now;
    lastMonotonic = monotonic;
    turn(now);
  }
}
