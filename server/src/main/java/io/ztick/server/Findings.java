package io.ztick.server;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlPosition;

/// What one reading of a configuration file found, wrong or doubtful, each with its line.
final class Findings {
  private final Path file;
  private final List<Finding> problems = new ArrayList<>();
  private final List<Finding> warnings = new ArrayList<>();

  Findings(Path file) {
    this.file = file;
  }

  /// Something that keeps the server from starting. Without a position: no line says it.
  void problem(@Nullable TomlPosition position, String text) {
    problems.add(Finding.at(position, text));
  }

  /// Something an operator should know.
  void warning(@Nullable TomlPosition position, String text) {
    warnings.add(Finding.at(position, text));
  }

  List<String> problems() {
    return inOrder(problems);
  }

  List<String> warnings() {
    return inOrder(warnings);
  }

  private List<String> inOrder(List<Finding> findings) {
    return findings.stream()
        .sorted(Comparator.comparingInt(Finding::line))
        .map(finding -> finding.in(file))
        .toList();
  }

  /// @param line counted from 1; 0 when no line says it
  private record Finding(int line, String text) {
    static Finding at(@Nullable TomlPosition position, String text) {
      return new Finding(position == null ? 0 : position.line(), text);
    }

    String in(Path file) {
      return line == 0 ? file + ": " + text : file + ":" + line + ": " + text;
    }
  }
}
