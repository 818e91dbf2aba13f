package io.ztick.server;

/// The longest turns of the loop: how long it kept whoever was ready from being looked at. Confined
/// to the loop.
final class LongestTurn {
  /// The longest turn of each window, in nanoseconds.
  private final long[] windows = new long[LastMinute.WINDOWS];

  private final LastMinute time;
  private long longest;

  /// @param nanoTime of now, as {@link System#nanoTime} gives it
  LongestTurn(long nanoTime) {
    time = new LastMinute(nanoTime);
  }

  /// Counts a turn that ends now.
  void ended(long nanos, long nanoTime) {
    forget(nanoTime);
    if (nanos > windows[time.window()]) {
      windows[time.window()] = nanos;
      longest = Math.max(longest, nanos);
    }
  }

  /// Of all turns since the server started, in nanoseconds.
  long sinceStart() {
    return longest;
  }

  /// Of the turns of the last minute, in nanoseconds.
  long lastMinute(long nanoTime) {
    forget(nanoTime);
    long most = 0;
    for (long each : windows) {
      most = Math.max(most, each);
    }
    return most;
  }

  private void forget(long nanoTime) {
    while (time.advance(nanoTime)) {
      windows[time.window()] = 0;
    }
  }
}
