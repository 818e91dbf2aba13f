package io.ztick.command;

import org.jline.utils.WCWidth;

/// How many columns of a terminal a text takes.
final class Width {
  private Width() {}

  /// Wide characters count two, those that join the one before count none.
  static int of(String text) {
    return text.codePoints().map(Width::of).sum();
  }

  /// The beginning of a text that fits into so many columns.
  static String cut(String text, int columns) {
    int width = 0;
    int end = 0;
    while (end < text.length()) {
      int codePoint = text.codePointAt(end);
      width += of(codePoint);
      if (width > columns) {
        return text.substring(0, end);
      }
      end += Character.charCount(codePoint);
    }
    return text;
  }

  private static int of(int codePoint) {
    return Math.max(0, WCWidth.wcwidth(codePoint));
  }
}
