package io.ztick.auth;

import java.time.Instant;

/// When a token may be used: from an instant on, and before another.
///
/// @param from the first instant; {@link Instant#MIN} when it was always good
/// @param until the first instant at which it has expired; {@link Instant#MAX} when it never does
public record Lifetime(Instant from, Instant until) {

  /// At any time.
  public static final Lifetime ALWAYS = new Lifetime(Instant.MIN, Instant.MAX);

  /// Whether it ends at all.
  public boolean ends() {
    return until.isBefore(Instant.MAX);
  }

  /// Whether it has not begun.
  boolean isAhead(Instant now) {
    return now.isBefore(from);
  }

  /// Whether it is over.
  boolean isOver(Instant now) {
    return !now.isBefore(until);
  }

  /// When both are good. May be over before it begins.
  Lifetime intersection(Lifetime other) {
    return new Lifetime(
        from.isAfter(other.from) ? from : other.from,
        until.isBefore(other.until) ? until : other.until);
  }
}
