package io.ztick.protocol;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The forms of a time in a line, by the wire page (section Times), as nanoseconds since the epoch.
/// All of the signed 64 bits are legal: 1677-09-21T00:12:43.145224192Z to
/// 2262-04-11T23:47:16.854775807Z.
final class Times {
  private static final long SECOND = 1_000_000_000;

  private static final Pattern INTEGER = Pattern.compile("-?[0-9]+");

  private static final Pattern DATE_TIME =
      Pattern.compile(
          "([0-9]{4})-([0-9]{2})-([0-9]{2})" // date
              + "(?:([ T])([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\\.([0-9]{1,9}))?" // time
              + "(Z|[+-][0-9]{2}:[0-9]{2})?)?"); // zone

  private static final Pattern FROM_NOW =
      Pattern.compile(
          "\\+(?=.)(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m(?!s))?(?:([0-9]+)s)?"
              + "(?:([0-9]+)ms)?(?:([0-9]+)us)?(?:([0-9]+)ns)?");

  /// Nanoseconds of the units of {@link #FROM_NOW}, in the order of its groups.
  private static final long[] UNITS = {
    86_400 * SECOND, 3_600 * SECOND, 60 * SECOND, SECOND, 1_000_000, 1_000, 1
  };

  private Times() {}

  static long parse(String text, long nowNanos) throws Fault {
    try {
      Long nanos = parseOrNull(text, nowNanos);
      if (nanos != null) {
        return nanos;
      }
    } catch (ArithmeticException | NumberFormatException e) {
      throw new Fault("the time " + Answers.shown(text) + " is outside 1677-09-21 to 2262-04-11");
    } catch (DateTimeException e) {
      throw new Fault("the time " + Answers.shown(text) + " does not exist");
    }
    throw new Fault(
        Answers.shown(text)
            + " is no time: nanoseconds, 2026-04-01, 2026-04-01 12:00:00, 2026-04-01T12:00:00Z,"
            + " +90s or now are expected");
  }

  private static @Nullable Long parseOrNull(String text, long nowNanos) {
    if (text.equals("now")) {
      return nowNanos;
    }
    if (INTEGER.matcher(text).matches()) {
      return Long.parseLong(text);
    }
    Matcher fromNow = FROM_NOW.matcher(text);
    if (fromNow.matches()) {
      return Math.addExact(nowNanos, offset(fromNow));
    }
    Matcher dateTime = DATE_TIME.matcher(text);
    if (dateTime.matches()) {
      return dateTime(dateTime);
    }
    return null;
  }

  /// Reads what stands behind the `+` of a time from now: `24h`, `1h30m`, `0s`.
  static long length(String text) throws Fault {
    Matcher parts = FROM_NOW.matcher("+" + text);
    try {
      if (parts.matches()) {
        return offset(parts);
      }
    } catch (ArithmeticException | NumberFormatException e) {
      throw new Fault("the time " + Answers.shown(text) + " is too long");
    }
    throw new Fault(Answers.shown(text) + " is no length of time: 24h, 1h30m or 90s are expected");
  }

  private static long offset(Matcher parts) {
    long nanos = 0;
    for (int unit = 0; unit < UNITS.length; unit++) {
      String count = parts.group(unit + 1);
      if (count != null) {
        long more = Math.multiplyExact(Long.parseLong(count), UNITS[unit]);
        nanos = Math.addExact(nanos, more);
      }
    }
    return nanos;
  }

  /// The zone is required behind `T` and not allowed behind a space: then null, as for any other
  /// text.
  private static @Nullable Long dateTime(Matcher parts) {
    String separator = parts.group(4);
    String zone = parts.group(9);
    if (separator != null && separator.equals("T") != (zone != null)) {
      return null;
    }
    long day = LocalDate.of(number(parts, 1), number(parts, 2), number(parts, 3)).toEpochDay();
    long nanoOfDay = 0;
    if (separator != null) {
      LocalTime time = LocalTime.of(number(parts, 5), number(parts, 6), number(parts, 7));
      nanoOfDay = time.toNanoOfDay() + fraction(parts.group(8));
    }
    long second = day * 86_400 + nanoOfDay / SECOND - zoneSeconds(zone);
    return nanos(second, nanoOfDay % SECOND);
  }

  private static int number(Matcher parts, int group) {
    return Integer.parseInt(parts.group(group));
  }

  private static long fraction(@Nullable String digits) {
    return digits == null ? 0 : Long.parseLong((digits + "00000000").substring(0, 9));
  }

  private static int zoneSeconds(@Nullable String zone) {
    if (zone == null || zone.equals("Z")) {
      return 0;
    }
    int hours = Integer.parseInt(zone.substring(1, 3));
    int minutes = Integer.parseInt(zone.substring(4));
    if (minutes > 59 || hours * 60 + minutes > 18 * 60) {
      throw new DateTimeException("zone");
    }
    int seconds = (hours * 60 + minutes) * 60;
    return zone.startsWith("-") ? -seconds : seconds;
  }

  private static long nanos(long second, long nano) {
    // Towards zero, because the first second of the range begins before the range does.
    return second < 0
        ? Math.addExact(Math.multiplyExact(second + 1, SECOND), nano - SECOND)
        : Math.addExact(Math.multiplyExact(second, SECOND), nano);
  }
}
