package io.ztick.client;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// An answer `ERROR <code> <sentence>`.
///
/// @param rows what the server said before it; hardly ever anything
record Refusal(String code, String sentence, List<List<String>> rows) {
  private static final byte[] ERROR = "ERROR".getBytes(StandardCharsets.US_ASCII);

  /// Whether the bytes are `ERROR`, alone or followed by a space.
  static boolean isAt(byte[] bytes, int from, int to) {
    int end = from + ERROR.length;
    if (end > to || (end < to && bytes[end] != ' ')) {
      return false;
    }
    for (int i = 0; i < ERROR.length; i++) {
      if (bytes[from + i] != ERROR[i]) {
        return false;
      }
    }
    return true;
  }

  /// Reads bytes for which {@link #isAt} holds.
  static Refusal parse(byte[] bytes, int from, int to) {
    int start = Math.min(to, from + ERROR.length + 1);
    String text = new String(bytes, start, to - start, StandardCharsets.UTF_8);
    int space = text.indexOf(' ');
    return space < 0
        ? new Refusal(text, "", List.of())
        : new Refusal(text.substring(0, space), text.substring(space + 1), List.of());
  }

  /// The same, behind rows.
  Refusal behind(List<List<String>> before) {
    return new Refusal(code, sentence, List.copyOf(before));
  }

  @Override
  public String toString() {
    return sentence.isEmpty() ? code : code + ": " + sentence;
  }
}
