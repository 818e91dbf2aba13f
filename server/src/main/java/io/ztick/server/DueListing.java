package io.ztick.server;

import io.ztick.protocol.Answers;
import io.ztick.scheduler.DueSearch;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The rows of a `DUE`, in due order.
final class DueListing implements Next.Longer {
  /// How many jobs a turn looks at. Many clients may ask at once: with four times as many, 16 of
  /// them held up a PING by 11 ms.
  private static final int LOOKS = 1024;

  private final @Nullable String requestId;
  private final @Nullable DueSearch search;
  private @Nullable Iterator<DueSearch.Found> found;

  /// @param search null for an empty listing
  DueListing(@Nullable String requestId, @Nullable DueSearch search) {
    this.requestId = requestId;
    this.search = search;
  }

  @Override
  public @Nullable String requestId() {
    return requestId;
  }

  @Override
  public boolean compose(Answers answers, int maxBytes) {
    if (found == null) {
      List<DueSearch.Found> jobs = search == null ? List.of() : search.step(LOOKS);
      if (jobs == null) {
        return false;
      }
      found = jobs.iterator();
    }
    while (found.hasNext()) {
      if (answers.length() >= maxBytes) {
        return false;
      }
      DueSearch.Found job = found.next();
      answers
          .begin(requestId)
          .first(job.job())
          .word(job.status().word())
          .number(job.executionNanos())
          .end();
    }
    answers.ok(requestId);
    return true;
  }
}
