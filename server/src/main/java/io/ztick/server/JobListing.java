package io.ztick.server;

import io.ztick.protocol.Answers;
import io.ztick.scheduler.Job;
import io.ztick.scheduler.Scheduler;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The rows of a `QUERY`, in byte order of the ids. Between pieces it holds only the id it got to.
final class JobListing implements Next.Longer {
  private final Scheduler scheduler;
  private final @Nullable String requestId;
  private final @Nullable String prefix;
  private @Nullable String after;

  /// @param prefix null for an empty listing
  JobListing(Scheduler scheduler, @Nullable String requestId, @Nullable String prefix) {
    this.scheduler = scheduler;
    this.requestId = requestId;
    this.prefix = prefix;
  }

  @Override
  public @Nullable String requestId() {
    return requestId;
  }

  @Override
  public boolean compose(Answers answers, int maxBytes) {
    List<Job> jobs = prefix == null ? List.of() : scheduler.jobs(prefix, after, ROWS);
    for (Job job : jobs) {
      if (answers.length() >= maxBytes) {
        return false;
      }
      answers
          .begin(requestId)
          .first(job.id())
          .word(job.status().word())
          .number(job.executionNanos())
          .end();
      after = job.id();
    }
    if (jobs.size() == ROWS) {
      return false;
    }
    answers.ok(requestId);
    return true;
  }
}
