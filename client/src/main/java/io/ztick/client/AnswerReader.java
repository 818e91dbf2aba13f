package io.ztick.client;

import io.ztick.protocol.LineDecoder;
import io.ztick.protocol.Words;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Gives the answers of one connection after the other to their calls, in order. Belongs to the
/// reader of its {@link Pipeline}.
final class AnswerReader {
  private final Pipeline pipeline;
  private final ClientOptions options;

  /// Calls that were sent and are not answered.
  private final ArrayDeque<Call<?>> taken = new ArrayDeque<>();

  /// Calls before them that were answered `unavailable` and are to be sent again.
  private final List<Call<?>> unavailable = new ArrayList<>();

  private final Words words = new Words();

  AnswerReader(Pipeline pipeline) {
    this.pipeline = pipeline;
    this.options = pipeline.options();
  }

  /// Reads answers until there are no more; why.
  ZtickException read(Connection from) {
    try {
      pipeline.reading(true);
      while (from.fill()) {
        pipeline.reading(false);
        int answered = 0;
        LineDecoder lines = from.lines();
        LineDecoder.Found found = lines.next();
        for (; found == LineDecoder.Found.LINE; found = lines.next()) {
          if (answer(lines.bytes(), lines.from(), lines.to())) {
            answered++;
          }
        }
        if (found == LineDecoder.Found.TOO_LONG) {
          throw new ProtocolException("a line of an answer is too long", null);
        }
        pipeline.settle(answered, taken.peekFirst());
        pipeline.reading(true);
      }
      return new ConnectionException(options.endpoint() + " closed the connection", null);
    } catch (IOException e) {
      String why = e.getMessage();
      return new ConnectionException(
          "the connection to " + options.endpoint() + " was lost: " + why, e);
    } catch (ZtickException e) {
      return e;
    } catch (RuntimeException | Error e) {
      // An error, an exhausted heap say, must not leave callers waiting for a reader that is gone.
      return new ProtocolException("an answer cannot be read", e);
    } finally {
      pipeline.reading(false);
    }
  }

  /// Takes a line; whether a call has ended.
  private boolean answer(byte[] bytes, int from, int to) {
    Call<?> call = taken.peekFirst();
    if (call == null) {
      pipeline.takeSent(taken);
      call = taken.peekFirst();
    }
    int start = from;
    int id = 0;
    while (start < to && bytes[start] >= '0' && bytes[start] <= '9') {
      id = id * 10 + bytes[start++] - '0';
    }
    boolean matches = start > from && start < to && bytes[start] == ' ';
    if (call == null || !matches || id != call.id) {
      stray(bytes, from, to, call);
      return false;
    }
    start++;
    if (isOk(bytes, start, to)) {
      taken.removeFirst();
      call.ok(to - start == 2 ? List.of() : texts(bytes, start + 3, to));
      return true;
    }
    if (!Refusal.isAt(bytes, start, to)) {
      call.row(texts(bytes, start, to));
      return false;
    }
    taken.removeFirst();
    return refused(call, Refusal.parse(bytes, start, to));
  }

  private boolean refused(Call<?> call, Refusal refusal) {
    ZtickException failure = ZtickException.of(refusal);
    if (failure instanceof UnknownOutcomeException && options.repeatUnknown()) {
      unavailable.add(call);
      return false;
    }
    call.completeExceptionally(failure);
    return true;
  }

  /// A line that answers no call.
  private void stray(byte[] bytes, int from, int to, @Nullable Call<?> expected) {
    if (Refusal.isAt(bytes, from, to)) {
      throw ZtickException.of(Refusal.parse(bytes, from, to));
    }
    if (expected == null && isOk(bytes, from, to) && pipeline.wasDismissed()) {
      return;
    }
    throw new ProtocolException(
        expected == null
            ? "an answer that nobody asked for"
            : "an answer to request " + expected.id + " is expected",
        null);
  }

  private List<String> texts(byte[] bytes, int from, int to) {
    words.split(bytes, from, to);
    if (words.fault() != null) {
      throw new ProtocolException("an answer cannot be read: " + words.fault(), null);
    }
    return words.texts(0);
  }

  /// Removes the calls that no answer will come for any more, in order.
  List<Call<?>> removeUnanswered() {
    pipeline.takeSent(taken);
    List<Call<?>> unanswered = new ArrayList<>(unavailable);
    unanswered.addAll(taken);
    unavailable.clear();
    taken.clear();
    return unanswered;
  }

  /// Whether the bytes are `OK`, alone or followed by a space.
  static boolean isOk(byte[] bytes, int from, int to) {
    return to - from >= 2
        && bytes[from] == 'O'
        && bytes[from + 1] == 'K'
        && (to - from == 2 || bytes[from + 2] == ' ');
  }
}
