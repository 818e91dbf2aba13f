package io.ztick.server;

import io.ztick.protocol.Answers;
import io.ztick.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/// The answer to a `RELOAD`, known when the files have been read. Confined to the loop.
final class ReloadResult implements Next.Longer {
  private final @Nullable String requestId;
  private Reloads.@Nullable Outcome outcome;
  private Runnable whenReady = () -> {};

  private ReloadResult(@Nullable String requestId) {
    this.requestId = requestId;
  }

  /// Begins a reload.
  ///
  /// @param name whose wish it is, for the log
  static ReloadResult of(Reloads reloads, @Nullable String requestId, String name) {
    var result = new ReloadResult(requestId);
    reloads.request("RELOAD of token " + name, result::become);
    return result;
  }

  private void become(Reloads.Outcome became) {
    outcome = became;
    whenReady.run();
  }

  @Override
  public @Nullable String requestId() {
    return requestId;
  }

  @Override
  public boolean dependsOnRights() {
    return false;
  }

  @Override
  public boolean isReady() {
    return outcome != null;
  }

  @Override
  public void whenReady(Runnable action) {
    whenReady = action;
  }

  @Override
  public boolean compose(Answers answers, int maxBytes) {
    if (outcome == null) {
      return false;
    }
    outcome.problems().forEach(problem -> answers.row(requestId, "problem", problem));
    outcome.warnings().forEach(warning -> answers.row(requestId, "warning", warning));
    int problems = outcome.problems().size();
    if (problems == 0) {
      answers.ok(requestId);
    } else {
      String sentence = "nothing was changed, problems: " + problems;
      answers.error(requestId, ErrorCode.BAD_REQUEST, sentence);
    }
    return true;
  }
}
