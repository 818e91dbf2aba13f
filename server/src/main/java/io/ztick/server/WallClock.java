package io.ztick.server;

import java.time.Instant;
import java.time.InstantSource;

/// The wall clock as nanoseconds since the epoch: what due times are measured against.
final class WallClock {
  private static final long SECOND = 1_000_000_000;

  private final InstantSource source;

  WallClock(InstantSource source) {
    this.source = source;
  }

  long nanos() {
    return nanos(instant());
  }

  Instant instant() {
    return source.instant();
  }

  /// An instant as nanoseconds since the epoch; one that is too far away is as far as can be.
  static long nanos(Instant instant) {
    long seconds = instant.getEpochSecond();
    if (Math.abs(seconds) > Long.MAX_VALUE / SECOND - 1) {
      return seconds < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    return seconds * SECOND + instant.getNano();
  }
}
