package io.ztick.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;

/// Takes what a journal kept, in an order in which it can be applied. Called on one thread.
@FunctionalInterface
public interface Replay {
  /// Takes a change.
  void apply(Change change);

  /// Takes a {@link Change.JobPlanned}. For whoever needs no object of it: a start reads millions.
  ///
  /// @param bytes hold the id, in well-formed UTF-8; they are the caller's, who changes them later
  /// @param from where the id begins
  /// @param to where the id ends
  /// @param executionNanos nanoseconds since the epoch
  default void planned(byte[] bytes, int from, int to, long executionNanos, long plan) {
    apply(new Change.JobPlanned(new String(bytes, from, to - from, UTF_8), executionNanos, plan));
  }
}
