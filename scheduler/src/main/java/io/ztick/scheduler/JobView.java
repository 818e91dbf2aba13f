package io.ztick.scheduler;

/// What {@link Scheduler#read} found of a job, as it was then: filled anew each time, so that
/// looking a job up makes no garbage.
public final class JobView {
  private Status status = Status.PLANNED;
  private long executionNanos;

  /// Where the job is in its life.
  public Status status() {
    return status;
  }

  /// The planned time in nanoseconds since the epoch.
  public long executionNanos() {
    return executionNanos;
  }

  void set(Status newStatus, long newExecutionNanos) {
    status = newStatus;
    executionNanos = newExecutionNanos;
  }
}
