package io.ztick.client;

import io.ztick.protocol.LineDecoder;
import io.ztick.protocol.Words;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// Gives the answers of one connection after the other to their calls, in order. Belongs to the
/// reader of its {@link Pipeline}; others may only look at {@link #unanswered}.
final class AnswerReader {
  private static final int MAX_ID_DIGITS = String.valueOf(CallQueue.MAX_ID).length();

  private final Pipeline pipeline;
  private final ClientOptions options;

  /// Calls that were sent and are not answered.
  private final Queue<Call<?>> taken = new ConcurrentLinkedQueue<>();

  /// Calls before them that were answered `unavailable` and are to be sent again.
  private final Queue<Call<?>> unavailable = new ConcurrentLinkedQueue<>();

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
        LineDecoder.Found found = next(lines);
        for (; found == LineDecoder.Found.LINE; found = next(lines)) {
          if (answer(lines.bytes(), lines.from(), lines.to())) {
            answered++;
            pipeline.progress();
          }
        }
        if (found == LineDecoder.Found.TOO_LONG) {
          throw new ProtocolException("a line of an answer is too long", null);
        }
        pipeline.settle(answered, unavailable.isEmpty() ? taken.peek() : unavailable.peek());
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
      Call<?> call = taken.peek();
      if (call != null) {
        call.forgetRows();
      }
      return new ProtocolException("an answer cannot be read", e);
    } finally {
      pipeline.reading(false);
    }
  }

  /// The call that the next line is for; null when there is none.
  private @Nullable Call<?> expected() {
    Call<?> call = taken.peek();
    if (call == null) {
      pipeline.takeSent(taken);
      call = taken.peek();
    }
    return call;
  }

  private LineDecoder.Found next(LineDecoder lines) {
    Call<?> call = expected();
    lines.maxLineBytes(call == null ? Connection.MAX_SHORT_LINE_BYTES : call.maxLineBytes());
    return lines.next();
  }

  /// Takes a line; whether a call has ended.
  private boolean answer(byte[] bytes, int from, int to) {
    Call<?> call = expected();
    int start = from;
    int id = 0;
    int end = Math.min(to, from + MAX_ID_DIGITS);
    while (start < end && bytes[start] >= '0' && bytes[start] <= '9') {
      id = id * 10 + bytes[start++] - '0';
    }
    boolean matches = start > from && start < to && bytes[start] == ' ';
    if (call == null || !matches || id != call.id) {
      stray(bytes, from, to, call);
      return false;
    }
    start++;
    if (isOk(bytes, start, to)) {
      // What cannot be read must find the call where it is failed.
      List<String> rest = to - start == 2 ? List.of() : texts(bytes, start + 3, to);
      taken.remove();
      call.ok(rest);
      return true;
    }
    if (!Refusal.isAt(bytes, start, to)) {
      call.row(texts(bytes, start, to));
      return false;
    }
    return refused(call, ZtickException.of(Refusal.parse(bytes, start, to).behind(call.rows())));
  }

  private boolean refused(Call<?> call, ZtickException failure) {
    if (failure instanceof UnknownOutcomeException
        && options.repeatUnknown()
        && call.isRepeatable()) {
      call.unavailable = true;
      unavailable.add(call);
      taken.remove();
      return false;
    }
    taken.remove();
    call.release();
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
    List<Call<?>> unanswered = unanswered();
    unavailable.clear();
    taken.clear();
    return unanswered;
  }

  /// The calls that were taken and have no answer yet, in order, for any thread.
  List<Call<?>> unanswered() {
    List<Call<?>> unanswered = new ArrayList<>(unavailable);
    unanswered.addAll(taken);
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
