package io.ztick.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.ztick.protocol.Answers;
import org.jspecify.annotations.Nullable;

/// The answers of one connection on their way out: withheld until the journal is safe, unwritten
/// until the client has read enough. Confined to the loop.
final class Outbox {
  private final ConnectionContext shared;
  private final Channel channel;
  private final Runnable drained;
  private final Runnable failed;

  private final Runnable flush = this::flush;

  private boolean flushing;
  private long withheldBytes;
  private long unwrittenBytes;
  private @Nullable Runnable whenEmpty;

  private long writtenBytes;
  private long progressMark;
  private long progressAt;

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
  void send(Answers answers) {
    int length = answers.length();
    if (length == 0) {
      return;
    }
    ByteBuf bytes = channel.alloc().buffer(length).writeBytes(answers.bytes(), 0, length);
    answers.clear();
    withheldBytes += length;
    shared
        .journal()
        .whenDurable(
            () -> {
              withheldBytes -= length;
              write(bytes, length);
            });
  }

  /// Whether the client must read, or the journal write, before more is answered. While all clients
  /// together leave too much unread, each must read everything first.
  boolean isBackedUp() {
    return !channel.isWritable()
        || withheldBytes >= shared.limits().maxPendingBytes()
        || (unwrittenBytes > 0 && shared.connections().areCrowded());
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
      progressAt = nanoTime;
      return false;
    }
    return nanoTime - progressAt >= timeoutNanos;
  }

  private boolean isEmpty() {
    return withheldBytes == 0 && unwrittenBytes == 0;
  }

  private void write(ByteBuf bytes, int length) {
    count(length);
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
  }

  private void written(int length, boolean successfully) {
    count(-length);
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

  private void count(int difference) {
    unwrittenBytes += difference;
    shared.connections().unwritten(difference);
  }
}
