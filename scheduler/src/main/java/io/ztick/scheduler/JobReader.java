package io.ztick.scheduler;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Puts the changes of a journal, as {@link JournalDirectory#read} hands them over, back together
/// into jobs, one at a time: to look at them all, they need not all be in memory.
public final class JobReader implements Consumer<Change> {
  private final Consumer<Job> jobs;

  /// The job whose changes are being read.
  private @Nullable Job job;

  /// @param jobs takes each job when its changes have been read
  public JobReader(Consumer<Job> jobs) {
    this.jobs = jobs;
  }

  @Override
  public void accept(Change change) {
    switch (change) {
      case Change.JobPlanned planned -> {
        end();
        job = Job.planned(planned.job(), planned.executionNanos(), planned.plan());
      }
      case Change.JobTriggered triggered ->
          job = existing(triggered.job()).triggered(triggered.attempt(), triggered.rule());
      case Change.JobFinished finished ->
          job =
              existing(finished.job())
                  .finished(
                      finished.attempt(),
                      finished.rule(),
                      finished.startedNanos(),
                      finished.endedNanos(),
                      finished.outcome());
      case Change.RuleSet _, Change.TokenStored _ -> {}
      case Change.JobRemoved _, Change.RuleRemoved _, Change.TokenRemoved _ ->
          throw new IllegalArgumentException("a journal holds nothing that was removed");
    }
  }

  /// Hands over the last job, when there are no more changes.
  public void end() {
    if (job != null) {
      jobs.accept(job);
      job = null;
    }
  }

  private Job existing(String id) {
    if (job == null || !job.id().equals(id)) {
      throw new IllegalArgumentException("a change of a job that was not read: " + id);
    }
    return job;
  }
}
