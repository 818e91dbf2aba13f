package io.ztick.server;

import io.ztick.protocol.Answers;
import io.ztick.protocol.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The answer to a `RELOAD`, known when the files have been read. Confined to the loop.
final class ReloadResult extends AwaitedResult {
  private Reloads.Outcome outcome = new Reloads.Outcome(List.of(), List.of());

  private ReloadResult(@Nullable String requestId) {
    super(requestId);
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
    becomeReady();
  }

  @Override
  void compose(@Nullable String requestId, Answers answers) {
    outcome.problems().forEach(problem -> answers.row(requestId, "problem", problem));
    outcome.warnings().forEach(warning -> answers.row(requestId, "warning", warning));
    int problems = outcome.problems().size();
    if (problems == 0) {
      answers.ok(requestId);
    } else {
      String sentence = "nothing was changed, problems: " + problems;
      answers.error(requestId, ErrorCode.BAD_REQUEST, sentence);
    }
  }
}
