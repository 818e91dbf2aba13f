package io.ztick.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.ztick.protocol.Answers;
import io.ztick.protocol.ErrorCode;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// The answers of one connection on their way out: withheld until the journal is safe, unwritten
/// until the client has read enough. Confined to the loop.
///
/// The journal runs what it is given in the order in which it was given, so the first one withheld
/// is the next one to be released.
final class Outbox {
  private final ConnectionContext shared;
  private final Channel channel;
  private final Runnable drained;
  private final Runnable failed;

  private final Runnable flush = this::flush;
  private final ArrayDeque<Withheld> withheld = new ArrayDeque<>();

  /// The weight of all that is withheld.
  private long withheldBytes;

  /// What the channel has, and the socket has not taken.
  private long unwrittenBytes;

  /// What the socket has taken, of answers that it took whole.
  private long writtenBytes;

  /// Whether this pass ends with a flush.
  private boolean flushing;

  private @Nullable Runnable whenEmpty;

  /// The byte that the socket had taken when it was last seen to take one, and when that was, by
  /// the monotonic clock.
  private long progressMark;

  private long progressNanos = System.nanoTime();

  /// Answers that wait for the journal.
  private static final class Withheld {
    final ByteBuf bytes;

    /// As {@link Answers#marks} gives them.
    final int[] marks;

    /// Of the answers, and of the changes that they wait for.
    final long weight;

    Withheld(ByteBuf bytes, int[] marks, long weight) {
      this.bytes = bytes;
      this.marks = marks;
      this.weight = weight;
    }
  }

  /// @param drained called whenever answers have been written
  /// @param failed called when answers could not be written: what follows them would be
  ///   misunderstood
  Outbox(ConnectionContext shared, Channel channel, Runnable drained, Runnable failed) {
    this.shared = shared;
    this.channel = channel;
    this.drained = drained;
    this.failed = failed;
  }

  /// Takes what has been composed, and sends it as soon as the journal allows it.
  ///
  /// @param changeBytes what the changes weigh that were made on the way
  void send(Answers answers, long changeBytes) {
    int length = answers.length();
    // Withholding takes four objects a turn, and most turns need none of them: nobody's with
    // persistence `memory`.
    if (length == 0 || shared.journal().isSafe()) {
      sendAtOnce(answers);
      return;
    }
    ByteBuf bytes = channel.alloc().buffer(length).writeBytes(answers.bytes(), 0, length);
    int[] marks = answers.marks();
    answers.clear();
    long weight = length + (long) marks.length * Integer.BYTES + changeBytes;
    withheld.addLast(new Withheld(bytes, marks, weight));
    withheldBytes += weight;
    shared.connections().unsent(length);
    shared.journal().whenDurable(this::release);
  }

  private void release() {
    Withheld next = withheld.removeFirst();
    withheldBytes -= next.weight;
    write(next.bytes);
  }

  /// Answers everything withheld with an error instead: nobody knows whether it will be true.
  ///
  /// @param answers empty, and empty again behind it
  void revoke(Answers answers, ErrorCode code, String sentence) {
    while (!withheld.isEmpty()) {
      Withheld next = withheld.removeFirst();
      withheldBytes -= next.weight;
      shared.connections().unsent(-next.bytes.readableBytes());
      byte[] composed = new byte[next.bytes.readableBytes()];
      next.bytes.readBytes(composed).release();
      answers.instead(composed, next.marks, code, sentence);
    }
    sendAtOnce(answers);
  }

  /// Sends what has been composed, whatever the journal does.
  void sendAtOnce(Answers answers) {
    int length = answers.length();
    if (length > 0) {
      ByteBuf bytes = channel.alloc().buffer(length).writeBytes(answers.bytes(), 0, length);
      answers.clear();
      shared.connections().unsent(length);
      write(bytes);
    }
  }

  /// Whether the client must read, or the journal write, before more is answered. While all clients
  /// together have too much to read, each must have read everything first.
  boolean isBackedUp() {
    return !channel.isWritable()
        || withheldBytes >= shared.limits().maxPendingBytes()
        || shared.journal().isBehind()
        || (!isEmpty() && shared.connections().areCrowded());
  }

  /// Does something once everything sent so far has been written, or can no longer be.
  void whenEmpty(Runnable action) {
    if (isEmpty()) {
      action.run();
    } else {
      whenEmpty = action;
    }
  }

  /// Whether answers have waited for the client all this time without a byte being taken. To be
  /// asked about once a second.
  boolean isStuck(long nanoTime, long timeoutNanos) {
    var unsent = channel.unsafe().outboundBuffer();
    // What is queued behind says nothing about what the client takes.
    long mark = writtenBytes + (unsent == null ? 0 : unsent.currentProgress());
    if (unwrittenBytes == 0 || mark != progressMark) {
      progressMark = mark;
      progressNanos = nanoTime;
      return false;
    }
    return nanoTime - progressNanos >= timeoutNanos;
  }

  /// Whether the client has got all that was sent.
  boolean isEmpty() {
    return withheldBytes == 0 && unwrittenBytes == 0;
  }

  private void write(ByteBuf bytes) {
    int length = bytes.readableBytes();
    unwrittenBytes += length;
    channel.write(bytes).addListener(done -> written(length, done.isSuccess()));
    if (!flushing) {
      flushing = true;
      shared.loop().atEndOfPass(flush);
    }
  }

  /// Everybody is answered once everybody has been read: a client that gets its answer at once
  /// wakes up, and sleeps again, for each single one.
  private void flush() {
    flushing = false;
    channel.flush();
    // Everybody's flushes together take as long as everybody's lines.
    shared.firing().fireDue();
  }

  private void written(int length, boolean successfully) {
    unwrittenBytes -= length;
    shared.connections().unsent(-length);
    writtenBytes += length;
    if (!successfully) {
      failed.run();
    }
    Runnable action = whenEmpty;
    if (action != null && isEmpty()) {
      whenEmpty = null;
      action.run();
    }
    drained.run();
  }
}
