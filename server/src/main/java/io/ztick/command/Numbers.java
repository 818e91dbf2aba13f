package io.ztick.command;

import org.jspecify.annotations.Nullable;

/// Words of answers that are numbers.
final class Numbers {
  private Numbers() {}

  /// The number, or null when the word is none of 64 bits.
  static @Nullable Long parse(String word) {
    try {
      return Long.valueOf(word);
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
