package io.ztick.client;

import java.time.Duration;
import java.time.Instant;

/// Points in time and durations as the wire has them: nanoseconds in a signed 64 bit number.
final class Times {
  private static final long SECOND = 1_000_000_000;

  private Times() {}

  static Instant instant(long nanos) {
    return Instant.ofEpochSecond(Math.floorDiv(nanos, SECOND), Math.floorMod(nanos, SECOND));
  }

  /// Nanoseconds since the epoch.
  ///
  /// @throws IllegalArgumentException outside 1677-09-21 to 2262-04-11
  static long nanos(Instant instant) {
    try {
      // Towards zero, because the first second of the range begins before the range does.
      long second = instant.getEpochSecond();
      long nano = instant.getNano();
      return second < 0
          ? Math.addExact(Math.multiplyExact(second + 1, SECOND), nano - SECOND)
          : Math.addExact(Math.multiplyExact(second, SECOND), nano);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "the time " + instant + " is outside 1677-09-21 to 2262-04-11", e);
    }
  }

  /// @throws IllegalArgumentException when it is negative or longer than 292 years
  static long nanos(Duration fromNow) {
    if (fromNow.isNegative()) {
      throw new IllegalArgumentException("the duration " + fromNow + " is negative");
    }
    try {
      return fromNow.toNanos();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "the duration " + fromNow + " is longer than 292 years", e);
    }
  }
}
