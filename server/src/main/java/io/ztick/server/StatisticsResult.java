package io.ztick.server;

import io.ztick.auth.Identity;
import io.ztick.protocol.Answers;
import org.jspecify.annotations.Nullable;

/// The answer to a `STAT`, complete when the jobs of the client's namespace are counted. Confined
/// to the loop.
final class StatisticsResult implements Next.Longer {
  private final Statistics statistics;
  private final Identity who;
  private final @Nullable String requestId;

  StatisticsResult(Statistics statistics, Identity who, @Nullable String requestId) {
    this.statistics = statistics;
    this.who = who;
    this.requestId = requestId;
  }

  @Override
  public @Nullable String requestId() {
    return requestId;
  }

  @Override
  public boolean compose(Answers answers, int maxBytes) {
    return statistics.compose(who, requestId, answers);
  }
}
