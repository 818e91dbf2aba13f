package io.ztick.auth;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The names that a token may list.
///
/// @param commands every command that a token may be denied
/// @param runners every runner
public record Vocabulary(Set<String> commands, Set<String> runners) {

  public Vocabulary {
    commands = Set.copyOf(commands);
    runners = Set.copyOf(runners);
  }

  /// What is wrong with a list of commands, one sentence for each that is not known.
  List<String> faultsOfCommands(Set<String> names) {
    return faults("command", names, commands);
  }

  /// What is wrong with a list of runners, one sentence for each that is not known.
  List<String> faultsOfRunners(Set<String> names) {
    return faults("runner", names, runners);
  }

  private static List<String> faults(String kind, Set<String> names, Set<String> known) {
    String expected = "; known are " + String.join(", ", new TreeSet<>(known));
    return names.stream()
        .filter(name -> !known.contains(name))
        .map(name -> "unknown " + kind + Remarks.shown(name) + expected)
        .toList();
  }
}
