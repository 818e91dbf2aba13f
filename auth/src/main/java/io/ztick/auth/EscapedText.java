package io.ztick.auth;

import java.util.stream.Collectors;

/// Foreign text in one line of a log.
final class EscapedText {
  private EscapedText() {}

  /// The text with control characters escaped. A backslash is escaped too, so that different texts
  /// stay different.
  static String of(String text) {
    return text.codePoints().mapToObj(EscapedText::of).collect(Collectors.joining());
  }

  private static String of(int character) {
    return switch (character) {
      case '\\' -> "\\\\";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default ->
          Character.isISOControl(character)
              ? "\\u{" + Integer.toHexString(character) + "}"
              : Character.toString(character);
    };
  }
}
