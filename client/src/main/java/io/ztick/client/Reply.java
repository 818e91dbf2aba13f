package io.ztick.client;

import java.util.List;

/// The answer to a command that was sent as words.
///
/// @param words what stands behind `OK`; often nothing
/// @param rows the rows before it, each as its words
public record Reply(List<String> words, List<List<String>> rows) {
  public Reply {
    words = List.copyOf(words);
    rows = List.copyOf(rows);
  }
}
