package io.ztick.client;

import io.ztick.protocol.LineWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Calls in their order, with the lines of those that have not been sent. The first ones have been
/// sent, and the reader has not taken them yet. Belongs to the lock of its {@link Pipeline}.
final class CallQueue {
  private static final int CAPACITY = 1 << 16;

  /// Buffers that grew beyond this in a burst are not kept.
  private static final int MAX_KEPT_CAPACITY = 1 << 20;

  /// More than may be in flight, so that an id stands for one call.
  static final int MAX_ID = (1 << 20) - 1;

  private final boolean keepLines;
  private ArrayDeque<Call<?>> calls = new ArrayDeque<>();
  private int sent;
  private LineWriter lines = new LineWriter(CAPACITY);
  private LineWriter spare = new LineWriter(CAPACITY);
  private int lastId;

  /// @param keepLines whether calls may have to be sent again
  CallQueue(boolean keepLines) {
    this.keepLines = keepLines;
  }

  /// Adds a call. When its line cannot be written, nothing is added.
  ///
  /// @param words writes what follows the request id
  void add(Call<?> call, Consumer<LineWriter> words, long now) {
    int start = lines.length();
    int id = lastId == MAX_ID ? 1 : lastId + 1;
    try {
      words.accept(lines.begin().number(id));
    } catch (RuntimeException e) {
      lines.truncate(start);
      throw e;
    }
    lines.end();
    lastId = id;
    call.id = id;
    call.lineBytes = lines.length() - start;
    call.since = now;
    if (keepLines && call.isRepeatable()) {
      call.line = Arrays.copyOfRange(lines.bytes(), start, lines.length());
    }
    calls.add(call);
  }

  int size() {
    return calls.size();
  }

  boolean hasUnsent() {
    return sent < calls.size();
  }

  /// Whether one of the calls that were not sent is chosen by a test.
  boolean hasUnsent(Predicate<Call<?>> chosen) {
    return calls.stream().skip(sent).anyMatch(chosen);
  }

  /// The first call that was sent and not taken; null when there is none.
  @Nullable Call<?> firstSent() {
    return sent == 0 ? null : calls.peekFirst();
  }

  /// The lines of all calls that were not sent, which now are. They are the caller's until {@link
  /// #giveBack}.
  LineWriter send() {
    LineWriter batch = lines;
    lines = spare;
    sent = calls.size();
    return batch;
  }

  void giveBack(LineWriter batch) {
    if (batch.bytes().length > MAX_KEPT_CAPACITY) {
      spare = new LineWriter(CAPACITY);
    } else {
      batch.truncate(0);
      spare = batch;
    }
  }

  /// Moves the calls that were sent behind others.
  void takeSent(Queue<Call<?>> to) {
    for (; sent > 0; sent--) {
      to.add(calls.removeFirst());
    }
  }

  /// The calls that were sent and not taken, in order.
  List<Call<?>> sent() {
    return calls.stream().limit(sent).toList();
  }

  /// Puts calls that are to be sent again before those that were never sent.
  void addFirst(List<Call<?>> repeated) {
    if (repeated.isEmpty()) {
      return;
    }
    LineWriter all = new LineWriter(CAPACITY);
    for (Call<?> call : repeated) {
      byte[] line = call.line;
      if (line == null) {
        throw new IllegalStateException("the line is not there any more");
      }
      all.copy(line, 0, line.length);
    }
    all.copy(lines.bytes(), 0, lines.length());
    lines = all;
    for (int i = repeated.size() - 1; i >= 0; i--) {
      calls.addFirst(repeated.get(i));
    }
  }

  /// Starts the time of all that wait anew.
  void renew(long now) {
    for (Call<?> call : calls) {
      call.since = now;
    }
  }

  /// Removes, of those that were not sent, the calls that a test chooses.
  List<Call<?>> removeUnsent(Predicate<Call<?>> chosen) {
    if (!hasUnsent(chosen)) {
      return List.of();
    }
    List<Call<?>> removed = new ArrayList<>();
    ArrayDeque<Call<?>> rest = new ArrayDeque<>();
    LineWriter restLines = new LineWriter(CAPACITY);
    int offset = 0;
    for (Call<?> call : calls) {
      boolean unsent = rest.size() >= sent;
      if (unsent && chosen.test(call)) {
        removed.add(call);
      } else {
        rest.addLast(call);
        restLines.copy(lines.bytes(), offset, unsent ? call.lineBytes : 0);
      }
      offset += unsent ? call.lineBytes : 0;
    }
    calls = rest;
    lines = restLines;
    return removed;
  }
}
