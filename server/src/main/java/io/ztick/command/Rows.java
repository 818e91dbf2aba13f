package io.ztick.command;

import java.io.IOException;
import java.util.List;

/// Prints rows one after the other, in memory that does not grow with them.
interface Rows {
  /// Prints a row, maybe later.
  void print(List<String> words) throws IOException;

  /// Prints what is left.
  default void end() throws IOException {}
}
