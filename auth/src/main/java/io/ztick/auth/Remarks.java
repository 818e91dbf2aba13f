package io.ztick.auth;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What one reading of an auth file found wrong or doubtful, each with its line. None tells a
/// secret.
final class Remarks {

  /// The line of what no line is to blame for.
  static final int WHOLE_FILE = 0;

  /// A word as long as a secret may be one in the wrong place, and is not shown.
  static final int MIN_SECRET_CHARACTERS = 16;

  private final Path file;
  private final List<Remark> problems = new ArrayList<>();
  private final List<Remark> warnings = new ArrayList<>();

  /// @param line counted from 1, or {@link #WHOLE_FILE}
  private record Remark(int line, String text) {}

  Remarks(Path file) {
    this.file = file;
  }

  void problem(int line, String text) {
    problems.add(new Remark(line, text));
  }

  void warning(int line, String text) {
    warnings.add(new Remark(line, text));
  }

  boolean holdProblems() {
    return !problems.isEmpty();
  }

  /// In the order of the file.
  List<String> problems() {
    return lines(problems);
  }

  /// In the order of the file.
  List<String> warnings() {
    return lines(warnings);
  }

  private List<String> lines(List<Remark> remarks) {
    return remarks.stream()
        .sorted(Comparator.comparingInt(Remark::line))
        .map(remark -> place(remark.line()) + ": " + remark.text())
        .toList();
  }

  /// A place in the file, such as `auth.toml:4`.
  String place(int line) {
    Path name = file.getFileName();
    String fileName = EscapedText.of(name == null ? file.toString() : name.toString());
    return line == WHOLE_FILE ? fileName : fileName + ":" + line;
  }

  /// A word that has no meaning here, to be appended, unless it may be a secret.
  static String shown(String word) {
    return word.codePointCount(0, word.length()) < MIN_SECRET_CHARACTERS
        ? " \"" + EscapedText.of(word) + "\""
        : "";
  }
}
