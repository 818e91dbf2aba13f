package io.ztick.scheduler;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Looks for the unfinished jobs of a prefix that are due first, in steps, between which jobs may
/// change. Usually they are among the first jobs that are due at all, and one step finds them; when
/// those belong to others, all jobs of the prefix are looked through. Belongs to the thread of the
/// {@link Scheduler}.
public final class DueSearch {
  private final Jobs jobs;
  private final String prefix;
  private final int limit;
  private boolean begun;

  /// The first ones of those that were looked through.
  private final TreeSet<Found> first = new TreeSet<>(Found.DUE_ORDER);

  private @Nullable String after;

  /// An unfinished job, as it was when it was looked at.
  ///
  /// @param status planned or triggered
  /// @param executionNanos the planned time in nanoseconds since the epoch
  /// @param plan the number of the `SET` that the job has its time from
  public record Found(String job, Status status, long executionNanos, long plan) {
    private static final Comparator<Found> DUE_ORDER =
        Comparator.comparingLong(Found::executionNanos).thenComparingLong(Found::plan);

    private static Found of(Job job) {
      return new Found(job.id(), job.status(), job.executionNanos(), job.plan());
    }
  }

  DueSearch(Jobs jobs, String prefix, int limit) {
    this.jobs = jobs;
    this.prefix = prefix;
    this.limit = limit;
  }

  /// Looks at some jobs more.
  ///
  /// @param looks how many to look at, at most
  /// @return what was found, in due order, jobs of the same time in the order of their `SET`s;
  ///   nothing when the search has to go on
  public @Nullable List<Found> step(int looks) {
    if (!begun) {
      begun = true;
      List<Job> due = jobs.listDue(prefix, limit, looks);
      return due == null ? null : due.stream().map(Found::of).toList();
    }
    List<Job> piece = jobs.list(prefix, after, looks);
    for (Job job : piece) {
      after = job.id();
      if (job.status() == Status.PLANNED || job.status() == Status.TRIGGERED) {
        first.add(Found.of(job));
        if (first.size() > limit) {
          first.removeLast();
        }
      }
    }
    return piece.size() == looks ? null : new ArrayList<>(first);
  }
}
