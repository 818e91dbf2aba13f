package io.ztick.client;

/// Numbers in answers.
final class Numbers {
  private Numbers() {}

  /// @throws ProtocolException when the word is none
  static long parse(String word) {
    try {
      return Long.parseLong(word);
    } catch (NumberFormatException e) {
      throw new ProtocolException("a number is expected", e);
    }
  }
}
