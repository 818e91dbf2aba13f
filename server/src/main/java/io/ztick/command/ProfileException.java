package io.ztick.command;

import java.util.List;

/// What is wrong with the profiles, or with what else says which server is meant: sentences for a
/// person, none of which holds a secret.
final class ProfileException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient List<String> problems;

  ProfileException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  ProfileException(String problem) {
    this(List.of(problem));
  }

  /// At least one.
  List<String> problems() {
    return problems;
  }
}
