package io.ztick.command;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Times and durations as people read and write them.
final class HumanTime {
  private static final long SECOND = 1_000_000_000;
  private static final Pattern DURATION =
      Pattern.compile(
          "(?=.)(?:(\\d{1,9})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?(?:(\\d{1,9})ms)?");
  private static final List<ChronoUnit> UNITS =
      List.of(
          ChronoUnit.DAYS,
          ChronoUnit.HOURS,
          ChronoUnit.MINUTES,
          ChronoUnit.SECONDS,
          ChronoUnit.MILLIS);

  private HumanTime() {}

  /// Reads `250ms`, `5s` or `1h30m`; null when it is none of these.
  static @Nullable Duration parseDuration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      return null;
    }
    Duration length = Duration.ZERO;
    for (int i = 0; i < UNITS.size(); i++) {
      String amount = matcher.group(i + 1);
      if (amount != null) {
        length = length.plus(Long.parseLong(amount), UNITS.get(i));
      }
    }
    return length;
  }

  /// Nanoseconds since the epoch as an instant in UTC, to the millisecond.
  static String instant(long nanos) {
    return of(nanos).truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private static Instant of(long nanos) {
    return Instant.ofEpochSecond(Math.floorDiv(nanos, SECOND), Math.floorMod(nanos, SECOND));
  }

  /// `in 3h 12m`, `now` or `5s ago`.
  static String relative(long nanos, Instant now) {
    Duration left = Duration.between(now, of(nanos));
    if (left.abs().compareTo(Duration.ofSeconds(1)) < 0) {
      return "now";
    }
    return left.isNegative() ? length(left.negated()) + " ago" : "in " + length(left);
  }

  /// The two largest units of a duration, `3h 12m`; below a second one of them, `18.2us`.
  static String length(Duration duration) {
    long seconds = duration.toSeconds();
    if (duration.toMillis() == 0) {
      return String.format(Locale.ROOT, "%.1fus", duration.toNanos() / 1e3);
    }
    if (seconds == 0) {
      return String.format(Locale.ROOT, "%.1fms", duration.toNanos() / 1e6);
    }
    long days = seconds / 86_400;
    long hours = seconds / 3_600 % 24;
    long minutes = seconds / 60 % 60;
    if (days >= 365) {
      return two(days / 365, "y", days % 365, "d");
    }
    if (days > 0) {
      return two(days, "d", hours, "h");
    }
    if (hours > 0) {
      return two(hours, "h", minutes, "m");
    }
    return minutes > 0 ? two(minutes, "m", seconds % 60, "s") : seconds + "s";
  }

  private static String two(long large, String largeUnit, long small, String smallUnit) {
    return small == 0 ? large + largeUnit : large + largeUnit + " " + small + smallUnit;
  }
}
