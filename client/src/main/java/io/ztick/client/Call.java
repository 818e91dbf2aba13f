package io.ztick.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A line that was asked for and is not answered yet: its future, and what becomes of its answer.
final class Call<T extends @Nullable Object> extends CompletableFuture<T> {

  /// Makes a value of an answer.
  interface Reading<T extends @Nullable Object> {
    /// Makes a value of the rows before the last line and of the words behind `OK`.
    T read(List<List<String>> rows, List<String> words);
  }

  /// For calls whose answer is `OK` and no more.
  static final Reading<Void> NOTHING = new Nothing();

  private static final class Nothing implements Reading<Void> {
    @Override
    @SuppressWarnings("NullAway") // The only value of Void.
    public Void read(List<List<String>> rows, List<String> words) {
      return null;
    }
  }

  /// Whether something may have changed when no answer comes.
  final boolean change;

  private final Reading<T> reading;
  private List<List<String>> rows = List.of();

  Call(boolean change, Reading<T> reading) {
    this.change = change;
    this.reading = reading;
  }

  /// Takes a row of the answer.
  void row(List<String> words) {
    if (rows.isEmpty()) {
      rows = new ArrayList<>();
    }
    rows.add(words);
  }

  /// Takes the end of the answer.
  void ok(List<String> words) {
    T value;
    try {
      value = reading.read(rows, words);
    } catch (ZtickException e) {
      completeExceptionally(e);
      return;
    }
    complete(value);
  }
}
