package io.ztick.scheduler;

/// Whether there was room for a job or a rule.
public enum Admission {
  /// There was, and it is there.
  ADMITTED,
  /// There are as many as there may be.
  TOO_MANY,
  /// Jobs and rules take as much heap as they may.
  HEAP_FULL
}
