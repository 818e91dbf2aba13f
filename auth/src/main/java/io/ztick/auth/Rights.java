package io.ztick.auth;

import org.jspecify.annotations.Nullable;

/// What a token may do. A right that is missing is answered by the sentence for the client.
///
/// @param namespace what it may name
/// @param commands the commands it may give, beside those that everybody may
/// @param runners the runners it may name in `RULE SET`
/// @param addresses where its clients may connect from
public record Rights(Namespace namespace, Names commands, Names runners, Addresses addresses) {

  /// Everything, from everywhere.
  public static final Rights ALL =
      new Rights(Namespace.ALL, Names.all(), Names.all(), Addresses.ALL);

  /// The command that makes tokens. It goes without saying only for namespace `*`.
  static final String TOKEN = "TOKEN";

  /// The command that says what a rule does.
  static final String RULE = "RULE";

  /// The sentence of the seed, exactly.
  static final String SCOPE = "insufficient namespace scope";

  /// Why a command may not be given; null when it may.
  public @Nullable String missingForCommand(String command) {
    return mayGive(command) ? null : "the token may not use the command " + command;
  }

  /// Why a rule may not name a runner; null when it may. What the server allows is another
  /// question.
  public @Nullable String missingForRunner(String runner) {
    return runners.contains(runner) ? null : "the token may not use the runner " + runner;
  }

  /// Why a job may not be named; null when it may.
  public @Nullable String missingForJob(String job) {
    return namespace.contains(job) ? null : SCOPE;
  }

  /// Why a rule may not be named; null when it may.
  public @Nullable String missingForRule(String rule) {
    return namespace.containsRule(rule) ? null : SCOPE;
  }

  /// Why a rule may not have a pattern; null when it may.
  public @Nullable String missingForPattern(String pattern) {
    return namespace.containsPattern(pattern) ? null : SCOPE;
  }

  private boolean mayGive(String command) {
    return commands.contains(command)
        && (!command.equals(TOKEN) || !commands.equals(Names.all()) || hasEverything());
  }

  private boolean hasEverything() {
    return namespace.equals(Namespace.ALL);
  }

  /// Whether the other rights are none that these are not.
  public boolean contains(Rights other) {
    return missingForHandingOut(other) == null;
  }

  /// Why these rights do not suffice to hand out others; null when they do.
  @Nullable String missingForHandingOut(Rights other) {
    String command = firstOutside(commands, other.commands, "commands");
    if (command == null && other.mayGive(TOKEN) && !mayGive(TOKEN)) {
      command = TOKEN;
    }
    if (command != null) {
      return "the token may not hand out the command " + command;
    }
    String runner = firstOutside(runners, other.runners, "runners");
    if (runner != null) {
      return "the token may not hand out the runner " + runner;
    }
    if (!addresses.containsAll(other.addresses)) {
      return "the token may not be used from all of " + other.addresses;
    }
    return namespace.contains(other.namespace) ? null : SCOPE;
  }

  private static @Nullable String firstOutside(Names own, Names others, String what) {
    if (own.containsAll(others)) {
      return null;
    }
    return switch (others) {
      case Names.All _ -> "* (all " + what + ")";
      case Names.Listed(var names) ->
          names.stream().filter(name -> !own.contains(name)).sorted().findFirst().orElseThrow();
    };
  }

  /// The rights that both have; null when no namespace lies in both.
  @Nullable Rights intersection(Rights other) {
    Namespace common;
    if (namespace.contains(other.namespace)) {
      common = other.namespace;
    } else if (other.namespace.contains(namespace)) {
      common = namespace;
    } else {
      return null;
    }
    Names both = commands.intersection(other.commands);
    if (!mayGive(TOKEN) || !other.mayGive(TOKEN)) {
      both = both.without(TOKEN);
    }
    return new Rights(
        common, both, runners.intersection(other.runners), addresses.intersection(other.addresses));
  }

  /// The commands that these rights hand out where a client names none: `TOKEN` must be said.
  Names commandsToInherit() {
    return commands.without(TOKEN);
  }
}
