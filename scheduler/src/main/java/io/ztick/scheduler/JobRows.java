package io.ztick.scheduler;

/// Takes jobs one after the other, without an object for each.
@FunctionalInterface
public interface JobRows {
  /// Takes a job; nothing may be changed meanwhile.
  ///
  /// @param bytes those that hold the id, in UTF-8, and others: to be read, and not kept
  /// @param from where the id begins
  /// @param to where the id ends
  /// @param executionNanos the planned time in nanoseconds since the epoch
  /// @return whether to go on
  boolean row(byte[] bytes, int from, int to, Status status, long executionNanos);
}
