package io.ztick.server;

import java.util.List;

/// Everything that is wrong with the configuration, each problem one sentence for the operator.
final class InvalidConfigurationException extends Exception {
  private final List<String> problems;

  InvalidConfigurationException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /// At least one, in the order of the lines they are about.
  List<String> problems() {
    return problems;
  }
}
