package io.ztick.auth;

import java.util.Set;

/// Who a connection is.
///
/// @param name the token's name as logs show it, control characters escaped
/// @param namespace what it may name
/// @param runners the runners it may name in `RULE SET`; {@link #ALL_RUNNERS} for all that the
///   server allows
public record Identity(String name, Namespace namespace, Set<String> runners) {

  /// Stands for every runner, as namespace `*` does for every identifier.
  public static final Set<String> ALL_RUNNERS = Set.of("*");

  /// Everybody, while authentication is off.
  public static final Identity ANYONE = new Identity("anyone", Namespace.ALL, ALL_RUNNERS);

  public Identity {
    runners = Set.copyOf(runners);
  }

  /// Whether the token itself lets a rule name this runner; what the server allows is another
  /// question.
  public boolean mayUse(String runner) {
    return runners.equals(ALL_RUNNERS) || runners.contains(runner);
  }
}
