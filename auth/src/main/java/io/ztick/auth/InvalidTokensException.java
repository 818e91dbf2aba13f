package io.ztick.auth;

import java.util.List;

/// An auth file that no server may start with.
public final class InvalidTokensException extends Exception {

  private final List<String> problems;

  InvalidTokensException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /// Everything that is wrong, one line each such as `auth.toml:4: token.deploy: secret is
  /// missing`, in the order of the file. None holds a secret.
  public List<String> problems() {
    return problems;
  }
}
