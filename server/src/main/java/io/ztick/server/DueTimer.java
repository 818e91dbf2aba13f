package io.ztick.server;

import io.netty.util.concurrent.Future;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// The timer for what is due next, as exact as the machine lets it be. Confined to the loop.
final class DueTimer {
  private static final long NEVER = Long.MAX_VALUE;

  /// Linux lets a wait for sockets end late by a thousandth of its length, by 2 µs here. A longer
  /// wait ends early by a part of it, and a shorter one follows.
  private static final long EXACT_NANOS = 2_000_000;

  private static final int EARLY_PART = 64;

  /// A wait ends as late as the machine takes to wake up: 15 to 50 µs on a virtual one, and more
  /// now and then. So the last one ends as early as that usually is, at most by this much, and the
  /// rest is spent looking at the sockets again and again.
  private static final long MAX_LAG_NANOS = 100_000;

  private final Loop loop;
  private final WallClock clock;
  private final long horizonNanos;
  private final LongConsumer wake;

  private @Nullable Future<?> timer;

  /// When the timer goes off by the wall clock, if that is just before something is due.
  private long timerAt = NEVER;

  /// How late nine of ten timers go off, at most, in nanoseconds.
  private long lag;

  /// The wall-clock time of what comes next, armed or beyond the horizon.
  private long wakeAt = NEVER;

  /// @param horizonNanos what is further away is remembered, and no timer set for it
  /// @param wake called with the wall-clock time now, at what comes next or before it; the timer is
  ///   not set any more then
  DueTimer(Loop loop, WallClock clock, long horizonNanos, LongConsumer wake) {
    this.loop = loop;
    this.clock = clock;
    this.horizonNanos = horizonNanos;
    this.wake = wake;
  }

  /// Whether it would go off too late for what is due at a wall-clock time.
  boolean isTooLateFor(long due) {
    return due < wakeAt;
  }

  /// Sets it for what comes next, by the wall clock, and for nothing else any more.
  void set(long next, long now) {
    if (next == wakeAt && timer != null) {
      return;
    }
    cancel();
    wakeAt = next;
    if (next <= now + horizonNanos) {
      arm(now, Math.max(next, now) - now);
    }
  }

  void cancel() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private void arm(long now, long left) {
    timerAt = NEVER;
    if (left > EXACT_NANOS) {
      timer = loop.schedule(this::goOff, left - left / EARLY_PART);
    } else if (left > lag) {
      timerAt = now + left - lag;
      timer = loop.schedule(this::goOff, left - lag);
    } else {
      timer = loop.schedule(this::goOff, 0);
    }
  }

  private void goOff() {
    timer = null;
    long now = clock.nanos();
    if (timerAt != NEVER) {
      learn(now - timerAt);
      timerAt = NEVER;
    }
    wake.accept(now);
  }

  /// One timer that is later than expected weighs as much as nine that are earlier.
  private void learn(long late) {
    long change = Math.clamp(late, 0, MAX_LAG_NANOS) - lag;
    lag += change > 0 ? change / 4 : change / 36;
  }
}
