package io.ztick.scheduler;

import org.jspecify.annotations.Nullable;

/// The counts of a namespace. They may still be on their way through its jobs, in the order of
/// their ids: then they hold the jobs up to the one they got to, whatever becomes of these
/// meanwhile.
final class Tally {
  private final Counts counts = new Counts();
  private boolean complete;

  /// The last job that was looked at; null before the first.
  private @Nullable String last;

  /// Of a namespace that has no jobs yet.
  static Tally ofNothing() {
    var tally = new Tally();
    tally.complete = true;
    return tally;
  }

  Counts counts() {
    return counts;
  }

  /// Whether it holds every job.
  boolean isComplete() {
    return complete;
  }

  @Nullable String last() {
    return last;
  }

  /// It has got to this job, or to the end.
  void gotTo(@Nullable String job) {
    complete = job == null;
    last = job;
  }

  /// A job came, went or changed.
  void change(String job, Status status, int difference) {
    if (complete || (last != null && ByteOrder.INSTANCE.compare(job, last) <= 0)) {
      counts.add(status, difference);
    }
  }
}
