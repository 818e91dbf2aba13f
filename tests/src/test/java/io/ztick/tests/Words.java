package io.ztick.tests;

import java.util.ArrayList;
import java.util.List;

/// Splits a line of the server by the rules of the wire: the test's own reading of them.
final class Words {
  private final String line;
  private int at;

  private Words(String line) {
    this.line = line;
  }

  static List<String> of(String line) {
    Words words = new Words(line);
    List<String> found = new ArrayList<>();
    while (words.skipSpaces()) {
      found.add(words.next());
    }
    return found;
  }

  /// The word as it has to be written when it is needed quoted.
  static String quoted(String word) {
    return "\"" + word.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private boolean skipSpaces() {
    while (at < line.length() && line.charAt(at) == ' ') {
      at++;
    }
    return at < line.length();
  }

  private String next() {
    StringBuilder word = new StringBuilder();
    if (line.charAt(at) != '"') {
      while (at < line.length() && line.charAt(at) != ' ' && line.charAt(at) != '"') {
        word.append(line.charAt(at++));
      }
      return word.toString();
    }
    for (at++; line.charAt(at) != '"'; ) {
      if (line.charAt(at) == '\\') {
        at++;
        word.append(escaped());
      } else {
        word.append(line.charAt(at++));
      }
    }
    at++;
    return word.toString();
  }

  private String escaped() {
    char kind = line.charAt(at++);
    return switch (kind) {
      case 'n' -> "\n";
      case 'r' -> "\r";
      case 't' -> "\t";
      case 'u' -> {
        int end = line.indexOf('}', at);
        String hex = line.substring(at + 1, end);
        at = end + 1;
        yield Character.toString(Integer.parseInt(hex, 16));
      }
      default -> String.valueOf(kind);
    };
  }
}
