package io.ztick.server;

import io.ztick.auth.Identity;
import io.ztick.auth.Namespace;
import io.ztick.auth.Rights;
import io.ztick.protocol.Command;
import io.ztick.protocol.PlainLine;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who may do what: the table of the auth page, in one place. Nothing reaches the scheduler around
/// it. A command needs the right to it, then to what it names, and of `RULE SET` to the runner.
final class Gate {

  /// The commands that a token may be denied. Those that only tell a client about itself, or end
  /// it, are everybody's.
  static final Set<String> COMMANDS =
      Set.of(
          "SET",
          "GET",
          "SHOW",
          "QUERY",
          "DUE",
          "REMOVE",
          "RULE",
          "REMOVERULE",
          "LISTRULES",
          "STAT",
          "BACKUP",
          "RELOAD",
          Rights.TOKEN);

  private final Set<String> allowedRunners;

  /// @param allowedRunners what `[runs] allow` lets anybody use
  Gate(Set<String> allowedRunners) {
    this.allowedRunners = allowedRunners;
  }

  /// Why a client may not do this; null when it may. Whether the thing exists plays no part.
  @Nullable String refusal(Identity who, Command command) {
    String right = right(command);
    String missing = right == null ? null : who.rights().missingForCommand(right);
    if (missing == null) {
      missing = scopeRefusal(who, command);
    }
    return missing == null && command instanceof Command.RuleSet ruleSet
        ? runnerRefusal(who, ruleSet.clause().getFirst())
        : missing;
  }

  /// Why a client would be refused a command that names this; null when it would not. Of `RULE SET`
  /// it knows neither pattern nor runner.
  ///
  /// @param identifier null where the command names nothing
  @Nullable String refusal(Identity who, String command, @Nullable String identifier) {
    String missing = COMMANDS.contains(command) ? who.rights().missingForCommand(command) : null;
    if (missing != null) {
      return missing;
    }
    return switch (command) {
      case "BACKUP", "RELOAD" -> everything(who.rights(), command);
      case "SET", "GET", "SHOW", "REMOVE" ->
          identifier == null ? null : who.rights().missingForJob(identifier);
      case "RULE", "REMOVERULE" ->
          identifier == null ? null : who.rights().missingForRule(identifier);
      default -> null;
    };
  }

  /// The name of the right that a command needs; null when it is everybody's.
  static @Nullable String right(Command command) {
    return switch (command) {
      case Command.Set _ -> "SET";
      case Command.Get _ -> "GET";
      case Command.Show _ -> "SHOW";
      case Command.Query _ -> "QUERY";
      case Command.Due _ -> "DUE";
      case Command.Remove _ -> "REMOVE";
      case Command.RuleSet _ -> "RULE";
      case Command.RemoveRule _ -> "REMOVERULE";
      case Command.ListRules _ -> "LISTRULES";
      case Command.Stat _ -> "STAT";
      case Command.Backup _ -> "BACKUP";
      case Command.Reload _ -> "RELOAD";
      case Command.OfTokens _ -> Rights.TOKEN;
      case Command.WhoAmI _, Command.Can _ -> null;
      case Command.Auth _, Command.Ping _, Command.Help _, Command.Quit _ -> null;
    };
  }

  private @Nullable String runnerRefusal(Identity who, String runner) {
    String missing = who.rights().missingForRunner(runner);
    if (missing != null) {
      return missing;
    }
    return allowedRunners.contains(runner)
        ? null
        : "the server does not allow the runner " + runner;
  }

  private static @Nullable String scopeRefusal(Identity who, Command command) {
    Rights rights = who.rights();
    return switch (command) {
      case Command.Set(var job, _) -> rights.missingForJob(job);
      case Command.Get(var job) -> rights.missingForJob(job);
      case Command.Show(var job) -> rights.missingForJob(job);
      case Command.Remove(var job) -> rights.missingForJob(job);
      case Command.RemoveRule(var rule) -> rights.missingForRule(rule);
      case Command.RuleSet(var rule, var pattern, _) -> {
        String missing = rights.missingForRule(rule);
        yield missing == null ? rights.missingForPattern(pattern) : missing;
      }
      case Command.Backup _ -> everything(rights, "BACKUP");
      case Command.Reload _ -> everything(rights, "RELOAD");
      case Command.Query _, Command.Due _, Command.ListRules _, Command.Stat _ -> null;
      // What they may make and see depends on the token, and is looked at where it is known.
      case Command.OfTokens _ -> null;
      case Command.WhoAmI _, Command.Can _ -> null;
      case Command.Auth _, Command.Ping _, Command.Help _, Command.Quit _ -> null;
    };
  }

  private static @Nullable String everything(Rights rights, String command) {
    return rights.namespace().equals(Namespace.ALL)
        ? null
        : command + " needs a token of the namespace *";
  }

  /// Whether a client may do this; when it may not, {@link #refusal} of the same says why.
  boolean admits(Identity who, PlainLine line) {
    return who.namespace().containsAscii(line.bytes(), line.jobFrom(), line.jobTo())
        && who.rights().missingForCommand(line.isSet() ? "SET" : "GET") == null;
  }
}
