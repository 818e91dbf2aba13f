package io.ztick.server;

import java.time.Duration;

/// The windows of a ring that holds the last minute, to ten seconds: the six before, and the one
/// that is filled. Confined to one thread.
final class LastMinute {
  /// How many windows the ring has.
  static final int WINDOWS = 7;

  private static final long WINDOW_NANOS = Duration.ofMinutes(1).toNanos() / (WINDOWS - 1);

  private int window;

  /// When the window is full, by the monotonic clock.
  private long endNanos;

  /// @param nanoTime of now, as {@link System#nanoTime} gives it
  LastMinute(long nanoTime) {
    endNanos = nanoTime + WINDOW_NANOS;
  }

  /// The window to fill, from 0 to `WINDOWS` - 1.
  int window() {
    return window;
  }

  /// Goes on to the next window if it is time. The caller forgets what that held, and asks again.
  boolean advance(long nanoTime) {
    long late = nanoTime - endNanos;
    if (late < 0) {
      return false;
    }
    window = (window + 1) % WINDOWS;
    // Behind a long pause the whole ring is forgotten, and once around is enough.
    long skipped = Math.max(0, late / WINDOW_NANOS - WINDOWS);
    endNanos += (1 + skipped) * WINDOW_NANOS;
    return true;
  }
}
