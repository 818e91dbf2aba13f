package io.ztick.server;

/// Foreign text made safe for one line of a log: what a client sent can neither begin a line of its
/// own nor steer a terminal.
final class LogText {
  private LogText() {}

  /// The text with quotes, backslashes and everything invisible escaped: `\"`, `\\`, `\n`, `\r`,
  /// `\t`, and any other code point in hexadecimal, like `&#92;u{1b}`.
  static String escaped(String text) {
    var escaped = new StringBuilder(text.length());
    text.codePoints().forEach(codePoint -> append(escaped, codePoint));
    return escaped.toString();
  }

  /// Where the end of the text begins that has at most so many characters when it is escaped.
  static int startOfEnd(String text, int maxChars) {
    var escaped = new StringBuilder();
    int start = text.length();
    while (start > 0) {
      int codePoint = text.codePointBefore(start);
      append(escaped, codePoint);
      if (escaped.length() > maxChars) {
        return start;
      }
      start -= Character.charCount(codePoint);
    }
    return start;
  }

  private static void append(StringBuilder escaped, int codePoint) {
    switch (codePoint) {
      case '\n' -> escaped.append("\\n");
      case '\r' -> escaped.append("\\r");
      case '\t' -> escaped.append("\\t");
      case '"', '\\' -> escaped.append('\\').appendCodePoint(codePoint);
      default -> {
        if (isVisible(codePoint)) {
          escaped.appendCodePoint(codePoint);
        } else {
          escaped.append("\\u{").append(Integer.toHexString(codePoint)).append('}');
        }
      }
    }
  }

  private static boolean isVisible(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          // Among them the marks that reverse the direction of what follows.
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
