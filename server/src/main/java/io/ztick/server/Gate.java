package io.ztick.server;

import io.ztick.auth.Identity;
import io.ztick.auth.Namespace;
import io.ztick.protocol.Command;
import io.ztick.protocol.PlainLine;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who may do what: the table of the auth page, in one place. Nothing reaches the scheduler around
/// it.
final class Gate {

  /// The seed's sentence, exactly.
  private static final String SCOPE = "insufficient namespace scope";

  private final Set<String> allowedRunners;

  /// @param allowedRunners what `[runs] allow` lets anybody use
  Gate(Set<String> allowedRunners) {
    this.allowedRunners = allowedRunners;
  }

  /// Why a client may not do this; null when it may. Whether the thing exists plays no part.
  @Nullable String refusal(Identity who, Command command) {
    Namespace namespace = who.namespace();
    return switch (command) {
      case Command.Set(var job, _) -> scope(namespace.contains(job));
      case Command.Get(var job) -> scope(namespace.contains(job));
      case Command.Show(var job) -> scope(namespace.contains(job));
      case Command.Remove(var job) -> scope(namespace.contains(job));
      case Command.RemoveRule(var rule) -> scope(namespace.containsRule(rule));
      case Command.RuleSet(var rule, var pattern, var clause) ->
          namespace.containsRule(rule) && namespace.containsPattern(pattern)
              ? runnerRefusal(who, clause.getFirst())
              : SCOPE;
      case Command.Backup _ ->
          namespace.equals(Namespace.ALL) ? null : "BACKUP needs a token of the namespace *";
      case Command.Query _, Command.Due _, Command.ListRules _, Command.Stat _ -> null;
      case Command.Auth _, Command.Ping _, Command.Help _, Command.Quit _ -> null;
    };
  }

  /// Whether a client may do this; when it may not, {@link #refusal} of the same says why.
  boolean admits(Identity who, PlainLine line) {
    return who.namespace().containsAscii(line.bytes(), line.jobFrom(), line.jobTo());
  }

  private @Nullable String runnerRefusal(Identity who, String runner) {
    if (!who.mayUse(runner)) {
      return "the token may not use the runner " + runner;
    }
    return allowedRunners.contains(runner)
        ? null
        : "the server does not allow the runner " + runner;
  }

  private static @Nullable String scope(boolean inside) {
    return inside ? null : SCOPE;
  }
}
