package io.ztick.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A line that is to be answered: its future, and what becomes of its answer. What is not final
/// belongs to the lock of its {@link Pipeline} until the line is sent, and then to the reader.
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

  /// The request id.
  int id;

  int lineBytes;

  /// The line itself, if it may have to be sent again.
  byte @Nullable [] line;

  /// By `System.nanoTime`: since when it waits, for a connection or, once it is sent, for its
  /// answer.
  long since;

  /// Whether it was sent on a connection that was lost, and is sent again.
  boolean repeated;

  /// By `System.nanoTime`: when that connection was lost.
  private long lostAt;

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
    } catch (RuntimeException e) {
      completeExceptionally(new ProtocolException("the answer is not understood", e));
      return;
    }
    complete(value);
  }

  /// Forgets what was read of an answer that will not be completed.
  void again(long now) {
    rows = List.of();
    if (!repeated) {
      repeated = true;
      lostAt = now;
    }
  }

  /// How long it has been waiting for a connection, since it was made or its first one was lost.
  long waitingNanos(long now) {
    return now - (repeated ? lostAt : since);
  }

  /// Fails it for want of an answer.
  ///
  /// @param what happened to the connection
  void lost(String what, @Nullable ZtickException cause) {
    String sentence = change ? what + "; whether the change is kept is not known" : what;
    completeExceptionally(
        change
            ? new UnknownOutcomeException(sentence, cause)
            : new ConnectionException(sentence, cause));
  }
}
