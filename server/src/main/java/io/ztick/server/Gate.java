package io.ztick.server;

import io.ztick.auth.Identity;
import io.ztick.auth.Rights;
import io.ztick.auth.Vocabulary;
import io.ztick.protocol.Command;
import io.ztick.protocol.PlainLine;
import io.ztick.scheduler.Runner;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Who may do what: the table of the auth page, in one place. Nothing reaches the scheduler around
/// it. A command needs the right to it, then to what it names, and of `RULE SET` to the runner.
final class Gate {

  /// What a token may list: every {@link Right}, every runner.
  static final Vocabulary VOCABULARY =
      new Vocabulary(
          Stream.of(Right.values()).map(Right::name).collect(Collectors.toSet()), Runner.NAMES);

  private final Set<String> allowedRunners;

  /// @param allowedRunners what `[runs] allow` lets anybody use
  Gate(Set<String> allowedRunners) {
    this.allowedRunners = allowedRunners;
  }

  /// Why a client may not do this; null when it may. Whether the thing exists plays no part.
  @Nullable String refusal(Identity who, Command command) {
    Right right = right(command);
    String missing = right == null ? null : right.missing(who.rights(), identifier(command));
    return missing == null && command instanceof Command.RuleSet ruleSet
        ? refusalOfContent(who.rights(), ruleSet)
        : missing;
  }

  /// Why a client would be refused a command that names this; null when it would not. Of `RULE SET`
  /// it knows neither pattern nor runner.
  ///
  /// @param identifier null where the command names nothing
  @Nullable String refusal(Identity who, String command, @Nullable String identifier) {
    return VOCABULARY.commands().contains(command)
        ? Right.valueOf(command).missing(who.rights(), identifier)
        : null;
  }

  /// The right that a command needs; null when it is everybody's.
  static @Nullable Right right(Command command) {
    return switch (command) {
      case Command.Set _ -> Right.SET;
      case Command.Get _ -> Right.GET;
      case Command.Show _ -> Right.SHOW;
      case Command.Query _ -> Right.QUERY;
      case Command.Due _ -> Right.DUE;
      case Command.Remove _ -> Right.REMOVE;
      case Command.RuleSet _ -> Right.RULE;
      case Command.RemoveRule _ -> Right.REMOVERULE;
      case Command.ListRules _ -> Right.LISTRULES;
      case Command.Stat _ -> Right.STAT;
      case Command.Backup _ -> Right.BACKUP;
      case Command.Reload _ -> Right.RELOAD;
      case Command.OfTokens _ -> Right.TOKEN;
      case Command.WhoAmI _, Command.Can _ -> null;
      case Command.Auth _, Command.Ping _, Command.Help _, Command.Quit _ -> null;
    };
  }

  /// The job or rule that a command names; null when it names nothing of a namespace.
  private static @Nullable String identifier(Command command) {
    return switch (command) {
      case Command.Set(var job, _) -> job;
      case Command.Get(var job) -> job;
      case Command.Show(var job) -> job;
      case Command.Remove(var job) -> job;
      case Command.RuleSet(var rule, _, _) -> rule;
      case Command.RemoveRule(var rule) -> rule;
      case Command.Query _, Command.Due _, Command.ListRules _, Command.Stat _ -> null;
      case Command.Backup _, Command.Reload _, Command.OfTokens _ -> null;
      case Command.WhoAmI _, Command.Can _ -> null;
      case Command.Auth _, Command.Ping _, Command.Help _, Command.Quit _ -> null;
    };
  }

  private @Nullable String refusalOfContent(Rights rights, Command.RuleSet ruleSet) {
    String missing = rights.missingForPattern(ruleSet.pattern());
    return missing == null ? refusalOfRunner(rights, ruleSet.clause().getFirst()) : missing;
  }

  private @Nullable String refusalOfRunner(Rights rights, String runner) {
    String missing = rights.missingForRunner(runner);
    if (missing != null) {
      return missing;
    }
    return allowedRunners.contains(runner)
        ? null
        : "the server does not allow the runner " + runner;
  }

  /// Whether a client may do this; when it may not, {@link #refusal} of the same says why.
  boolean admits(Identity who, PlainLine line) {
    Right right = line.isSet() ? Right.SET : Right.GET;
    return who.namespace().containsAscii(line.bytes(), line.jobFrom(), line.jobTo())
        && who.rights().missingForCommand(right.name()) == null;
  }
}
