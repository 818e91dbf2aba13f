package io.ztick.server;

import io.ztick.auth.Namespace;
import io.ztick.protocol.Answers;
import io.ztick.scheduler.Rule;
import io.ztick.scheduler.Scheduler;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The rows of `LISTRULES`, in byte order of the rule ids. Between pieces it holds only the id it
/// got to.
final class RuleListing implements Next.Longer {
  private final Scheduler scheduler;
  private final @Nullable String requestId;
  private final Namespace namespace;
  private @Nullable String after;

  RuleListing(Scheduler scheduler, @Nullable String requestId, Namespace namespace) {
    this.scheduler = scheduler;
    this.requestId = requestId;
    this.namespace = namespace;
  }

  /// Whether a namespace may see a rule: its id is the namespace's, or its pattern is.
  static boolean shows(Namespace namespace, Rule rule) {
    return namespace.containsRule(rule.id()) || namespace.containsPattern(rule.pattern());
  }

  @Override
  public @Nullable String requestId() {
    return requestId;
  }

  @Override
  public boolean compose(Answers answers, int maxBytes) {
    List<Rule> rules = scheduler.rules(after, ROWS);
    for (Rule rule : rules) {
      if (answers.length() >= maxBytes) {
        return false;
      }
      if (shows(namespace, rule)) {
        row(rule, answers);
      }
      after = rule.id();
    }
    if (rules.size() == ROWS) {
      return false;
    }
    answers.ok(requestId);
    return true;
  }

  private void row(Rule rule, Answers answers) {
    answers.begin(requestId).first(rule.id()).word(rule.pattern()).word(rule.runner().name());
    rule.runner().shownArguments().forEach(answers::word);
    answers.end();
  }
}
