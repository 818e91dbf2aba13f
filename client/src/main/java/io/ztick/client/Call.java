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

  private final Effect effect;

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

  /// Whether it was answered `unavailable`, and waits to be sent again.
  boolean unavailable;

  private final Answer answer;

  /// Null when the call has ended.
  private @Nullable Reading<T> reading;

  private List<List<String>> rows = List.of();

  /// What rows may come before the last line of an answer.
  private enum Answer {
    NONE,
    SHORT,
    /// Rules may be as long as the longest line that the server is configured for.
    LONG
  }

  /// What a line does, and what it would do if it was sent again because its answer was lost.
  enum Effect {
    NONE,
    /// It changes something, and the second time nothing more.
    CHANGE,
    /// It changes something each time, and only its own answer can tell what.
    ONCE
  }

  private Call(Effect effect, Answer answer, Reading<T> reading) {
    this.effect = effect;
    this.answer = answer;
    this.reading = reading;
  }

  /// A change that is answered by `OK` alone.
  static Call<Void> change() {
    return change(NOTHING);
  }

  /// A change that is answered by one line.
  static <T extends @Nullable Object> Call<T> change(Reading<T> reading) {
    return new Call<>(Effect.CHANGE, Answer.NONE, reading);
  }

  /// A change that is answered by one line, and never sent twice.
  static <T extends @Nullable Object> Call<T> once(Reading<T> reading) {
    return new Call<>(Effect.ONCE, Answer.NONE, reading);
  }

  /// A change that is answered by rows.
  static <T extends @Nullable Object> Call<T> report(Reading<T> reading) {
    return new Call<>(Effect.CHANGE, Answer.SHORT, reading);
  }

  /// A question that is answered by one line.
  static <T extends @Nullable Object> Call<T> question(Reading<T> reading) {
    return new Call<>(Effect.NONE, Answer.NONE, reading);
  }

  /// A question that is answered by rows.
  static <T extends @Nullable Object> Call<T> listing(Reading<T> reading) {
    return new Call<>(Effect.NONE, Answer.SHORT, reading);
  }

  /// A call that may be answered by anything.
  static <T extends @Nullable Object> Call<T> any(Effect effect, Reading<T> reading) {
    return new Call<>(effect, Answer.LONG, reading);
  }

  /// The longest line of its answer, its line feed included.
  int maxLineBytes() {
    return answer == Answer.LONG ? Connection.MAX_LINE_BYTES : Connection.MAX_SHORT_LINE_BYTES;
  }

  /// Takes a row of the answer.
  ///
  /// @throws ProtocolException when the answer has none
  void row(List<String> words) {
    if (answer == Answer.NONE) {
      throw new ProtocolException(
          "a row in the answer to request " + id + ", which has none", null);
    }
    if (rows.isEmpty()) {
      rows = new ArrayList<>();
    }
    rows.add(words);
  }

  /// The rows of the answer so far.
  List<List<String>> rows() {
    return rows;
  }

  /// Whether it may be sent again when nobody knows what has become of it.
  boolean isRepeatable() {
    return effect != Effect.ONCE;
  }

  /// Takes the end of the answer.
  void ok(List<String> words) {
    Reading<T> ended = reading;
    List<List<String>> read = rows;
    release();
    if (ended == null) {
      return;
    }
    T value;
    try {
      value = ended.read(read, words);
    } catch (ZtickException e) {
      completeExceptionally(e);
      return;
    } catch (RuntimeException | Error e) {
      completeExceptionally(new ProtocolException("the answer is not understood", e));
      return;
    }
    complete(value);
  }

  /// Lets go of what an ended call does not need, since callers may keep its future.
  void release() {
    reading = null;
    line = null;
    forgetRows();
  }

  /// Forgets what was read of an answer that will not be completed.
  void forgetRows() {
    rows = List.of();
  }

  /// Makes it ready to be sent again.
  void again(long now) {
    forgetRows();
    unavailable = false;
    if (!repeated) {
      repeated = true;
      lostAt = now;
    }
  }

  /// How long it has been waiting for a connection, since it was made or its first one was lost.
  long waitingNanos(long now) {
    return now - (repeated ? lostAt : since);
  }

  /// Fails it for want of an answer, unless it has ended. Any thread may.
  ///
  /// @param what happened to the connection
  void lost(String what, @Nullable ZtickException cause) {
    boolean change = effect != Effect.NONE;
    String sentence = change ? what + "; whether the change is kept is not known" : what;
    completeExceptionally(
        change
            ? new UnknownOutcomeException(sentence, cause)
            : new ConnectionException(sentence, cause));
  }
}
