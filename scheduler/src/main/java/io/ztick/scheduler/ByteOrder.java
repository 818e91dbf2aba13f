package io.ztick.scheduler;

import java.util.Comparator;

/// The order of strings by the bytes of their UTF-8, which is the order of their code points.
enum ByteOrder implements Comparator<String> {
  INSTANCE;

  /// `String.compareTo` is wrong only where a high surrogate meets a character from U+E000 on, and
  /// these are further apart than this.
  private static final int SURE = 0x400;

  @Override
  public int compare(String left, String right) {
    int byUnits = left.compareTo(right);
    return byUnits > -SURE && byUnits < SURE ? byUnits : byCodePoints(left, right);
  }

  private static int byCodePoints(String left, String right) {
    int common = Math.min(left.length(), right.length());
    for (int i = 0; i < common; i++) {
      if (left.charAt(i) != right.charAt(i)) {
        return Integer.compare(left.codePointAt(i), right.codePointAt(i));
      }
    }
    return Integer.compare(left.length(), right.length());
  }
}
