package io.ztick.client;

import java.util.concurrent.ThreadLocalRandom;

/// The pauses between attempts to connect: twice as long each time, up to a longest one, each
/// shortened by up to a half at random. Confined to its caller's thread.
final class BackOff {
  private final long minNanos;
  private final long maxNanos;
  private long nanos;
  private int attempts;

  BackOff(ClientOptions options) {
    minNanos = options.minBackOff().toNanos();
    maxNanos = options.maxBackOff().toNanos();
    nanos = minNanos;
  }

  /// How many attempts have failed since the last answer.
  int attempts() {
    return attempts;
  }

  /// The pause behind one more attempt that has failed.
  long nextNanos() {
    attempts++;
    long pause = nanos - ThreadLocalRandom.current().nextLong(nanos / 2 + 1);
    nanos = nanos > maxNanos / 2 ? maxNanos : nanos * 2;
    return pause;
  }

  /// All is well again.
  void reset() {
    attempts = 0;
    nanos = minNanos;
  }
}
