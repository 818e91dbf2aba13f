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
    Instant now = source.instant();
    return now.getEpochSecond() * SECOND + now.getNano();
  }
}
