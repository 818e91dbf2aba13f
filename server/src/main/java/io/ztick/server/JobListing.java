package io.ztick.server;

import io.ztick.protocol.Answers;
import io.ztick.scheduler.Scheduler;
import io.ztick.scheduler.Status;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The rows of a `QUERY`, in byte order of the ids. Between pieces it holds only the id it got to.
final class JobListing implements Next.Longer {
  private final Scheduler scheduler;
  private final @Nullable String requestId;
  private final @Nullable String prefix;
  private byte @Nullable [] after;

  /// @param prefix null for an empty listing
  JobListing(Scheduler scheduler, @Nullable String requestId, @Nullable String prefix) {
    this.scheduler = scheduler;
    this.requestId = requestId;
    this.prefix = prefix;
  }

  @Override
  public @Nullable String requestId() {
    return requestId;
  }

  @Override
  public boolean compose(Answers answers, int maxBytes) {
    if (prefix != null) {
      var piece = new Piece(answers, maxBytes);
      scheduler.read(prefix, after, piece::row);
      if (piece.last != null) {
        after = piece.last;
        return false;
      }
    }
    answers.ok(requestId);
    return true;
  }

  private final class Piece {
    private final Answers answers;
    private final int maxBytes;
    private int rows;

    /// The id that the piece ends with, when others may follow.
    private byte @Nullable [] last;

    Piece(Answers answers, int maxBytes) {
      this.answers = answers;
      this.maxBytes = maxBytes;
    }

    boolean row(byte[] bytes, int from, int to, Status status, long executionNanos) {
      answers
          .begin(requestId)
          .first(bytes, from, to)
          .word(status.word())
          .number(executionNanos)
          .end();
      if (++rows < ROWS && answers.length() < maxBytes) {
        return true;
      }
      last = Arrays.copyOfRange(bytes, from, to);
      return false;
    }
  }
}
