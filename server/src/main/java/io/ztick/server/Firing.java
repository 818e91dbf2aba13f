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

  private static final long NEVER = Long.MAX_VALUE;

  private static final long LOOK_NANOS = 1_000_000_000;

  /// What is further away is left to a later look at the clock: between two looks it cannot become
  /// due.
  private static final long HORIZON_NANOS = 2 * LOOK_NANOS;

  /// Linux lets a wait for sockets end late by a thousandth of its length, by 2 µs here. A longer
  /// wait ends early by a part of it, and a shorter one follows.
  private static final long EXACT_NANOS = 2_000_000;

  private static final int EARLY_PART = 64;

  /// A wait ends as late as the machine takes to wake up: 15 to 50 µs on a virtual one, and more
  /// now and then. So the last one ends as early as that usually is, at most by this much, and the
  /// rest is spent looking at the sockets again and again.
  private static final long MAX_LAG_NANOS = 100_000;

  /// A look at the clock this late means that something held up the loop.
  private static final long LATE_NANOS = 500_000_000;

  /// A difference between the two clocks that is worth a line of the log.
  private static final long STEP_NANOS = 250_000_000;

  private final Loop loop;
  private final Scheduler scheduler;
  private final Journal journal;
  private final WallClock clock;
  private final Lateness lateness;
  private @Nullable Executions executions;

  private @Nullable Future<?> timer;
  private @Nullable Future<?> looks;

  /// When the timer goes off by the wall clock, if that is just before something is due.
  private long timerAt = NEVER;

  /// How late nine of ten timers go off, at most.
  private long lag;

  /// The wall-clock time of what comes next, armed or beyond the horizon.
  private long wakeAt = NEVER;

  private boolean turnRequested;

  /// More is due than the last turn did. Turns of clients do not help with it: they would take as
  /// long, each.
  private boolean backlogged;

  private boolean awaitingJournal;
  private boolean stopped;
  private long lastWall;
  private long lastMonotonic;

  Firing(Loop loop, Scheduler scheduler, Journal journal, WallClock clock, Lateness lateness) {
    this.loop = loop;
    this.scheduler = scheduler;
    this.journal = journal;
    this.clock = clock;
    this.lateness = lateness;
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
    disarm();
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
    if (!stopped && scheduler.nextDue() < wakeAt) {
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
    long next = Math.min(scheduler.nextDue(), scheduler.nextExpiry());
    if (next == wakeAt && timer != null) {
      return;
    }
    disarm();
    wakeAt = next;
    if (next <= now + HORIZON_NANOS) {
      arm(now, Math.max(next, now) - now);
    }
  }

  private void arm(long now, long left) {
    timerAt = NEVER;
    if (left > EXACT_NANOS) {
      timer = loop.schedule(this::wake, left - left / EARLY_PART);
    } else if (left > lag) {
      timerAt = now + left - lag;
      timer = loop.schedule(this::wake, left - lag);
    } else {
      timer = loop.schedule(this::wake, 0);
    }
  }

  private void disarm() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private void wake() {
    timer = null;
    long now = clock.nanos();
    if (timerAt != NEVER) {
      learn(now - timerAt);
      timerAt = NEVER;
    }
    turn(now);
  }

  /// One timer that is later than expected weighs as much as nine that are earlier.
  private void learn(long late) {
    long change = Math.clamp(late, 0, MAX_LAG_NANOS) - lag;
    lag += change > 0 ? change / 4 : change / 36;
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
      disarm();
    }
    lastWall = now;
    lastMonotonic = monotonic;
    turn(now);
  }
}
