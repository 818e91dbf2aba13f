package io.ztick.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {

  /// The time of `SET j <time>`, or the answer that refuses it.
  private static String time(String time) {
    String read = Lines.read("r1 SET j " + time);
    String set = "r1 Set[job=j, executionNanos=";
    return read.startsWith(set) ? read.substring(set.length(), read.length() - 1) : read;
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0, 0",
    "-5, -5",
    "1775044800000000000, 1775044800000000000",
    "000000000000000000000000000001, 1",
    "8999999999999999999, 8999999999999999999",
    "9000000000000000000, 9000000000000000000",
    "9223372036854775807, 9223372036854775807",
    "-9223372036854775808, -9223372036854775808",
    "\"5\", 5",
    "\"\\5\", 5",
  })
  void an_integer_is_nanoseconds_since_the_epoch(String time, long nanos) {
    assertThat(time(time)).isEqualTo(Long.toString(nanos));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-04-01, 1775001600000000000",
    "2026-04-01 12:00:00, 1775044800000000000",
    "2026-04-01    12:00:00, 1775044800000000000",
    "\"2026-04-01 12:00:00\", 1775044800000000000",
    "\"2026-04-01 12:00:00.250\", 1775044800250000000",
    "2026-04-01 12:00:00.123456789, 1775044800123456789",
    "2026-04-01 23:59:59, 1775087999000000000",
    "2026-04-01T12:00:00Z, 1775044800000000000",
    "2026-04-01T12:00:00.5+02:00, 1775037600500000000",
    "2026-04-01T12:00:00-00:30, 1775046600000000000",
    "2026-04-01T12:00:00+18:00, 1774980000000000000",
    "2026-04-01T12:00:00-18:00, 1775109600000000000",
    "1969-12-31 23:59:59.999999999, -1",
    "1970-01-01, 0",
    "2024-02-29, 1709164800000000000",
    "2000-02-29, 951782400000000000",
    "1677-09-22, -9223286400000000000",
    "2262-04-11, 9223286400000000000",
    "1677-09-21T00:12:43.145224192Z, -9223372036854775808",
    "1677-09-21 00:12:44, -9223372036000000000",
    "1677-09-20T06:12:43.145224192-18:00, -9223372036854775808",
    "2262-04-11T23:47:16.854775807Z, 9223372036854775807",
    "2262-04-12T17:47:16.854775807+18:00, 9223372036854775807",
  })
  void dates_are_UTC_unless_a_zone_follows(String time, long nanos) {
    assertThat(time(time)).isEqualTo(Long.toString(nanos));
  }

  @ParameterizedTest
  @CsvSource({
    "now, 0",
    "+0s, 0",
    "+1d, 86400000000000",
    "+1h, 3600000000000",
    "+1m, 60000000000",
    "+90s, 90000000000",
    "+250ms, 250000000",
    "+1us, 1000",
    "+1ns, 1",
    "+1h30m, 5400000000000",
    "+1m5ms, 60005000000",
    "+1d2h3m4s5ms6us7ns, 93784005006007",
    "+0000000000000000000000001ns, 1",
    "+8223372036854775807ns, 8223372036854775807",
  })
  void from_now_counts_from_when_the_line_was_read(String time, long offset) {
    assertThat(time(time)).isEqualTo(Long.toString(Lines.NOW + offset));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9223372036854775808",
        "-9223372036854775809",
        "99999999999999999999999999",
        "1677-09-21",
        "2262-04-12",
        "0000-01-01",
        "9999-12-31",
        "1677-09-21T00:12:43.145224191Z",
        "1677-09-21 00:12:43",
        "1677-09-20T06:12:43.145224191-18:00",
        "2262-04-11T23:47:16.854775808Z",
        "2262-04-12T17:47:16.854775808+18:00",
        "2262-04-11 23:47:17",
        "+8223372036854775808ns",
        "+9223372036854775808ns",
        "+106752d",
        "+9223372036s9223372036854775807ns",
      })
  void instants_outside_the_range_are_refused(String time) {
    assertThat(time(time)).isEqualTo(refusal(time, "is outside 1677-09-21 to 2262-04-11"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-02-29",
        "2026-02-30",
        "1900-02-29",
        "2100-02-29",
        "2026-04-31",
        "2026-00-01",
        "2026-13-01",
        "2026-04-00",
        "2026-04-01 24:00:00",
        "2026-04-01 23:60:00",
        "2026-04-01 23:59:60",
        "2026-04-01T12:00:00+18:01",
        "2026-04-01T12:00:00-18:01",
        "2026-04-01T12:00:00+17:60",
      })
  void times_that_do_not_exist_are_refused(String time) {
    assertThat(time(time)).isEqualTo(refusal(time, "does not exist"));
  }

  private static String refusal(String time, String why) {
    return "r1 ERROR bad_request the time \"%s\" %s".formatted(time, why);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\"",
        "x",
        "-",
        "--5",
        "5.0",
        "1e9",
        "0x5",
        "５",
        "NOW",
        "\" now\"",
        "\"5 \"",
        "now now",
        "2026-4-1",
        "26-04-01",
        "+2026-04-01",
        "12026-04-01",
        "２０２６-04-01",
        "2026-04-01Z",
        "2026/04/01",
        "12:00:00",
        "2026-04-01 12:00",
        "2026-04-01 1:00:00",
        "2026-04-01 12:00:00.",
        "2026-04-01 12:00:00,5",
        "2026-04-01 12:00:00.1234567890",
        "2026-04-01 12:00:00Z",
        "\"2026-04-01  12:00:00\"",
        "\"2026-04-01%0912:00:00\"",
        "\"2026-04-01%0a\"",
        "2026-04-01T12:00:00",
        "2026-04-01t12:00:00Z",
        "2026-04-01T12:00:00z",
        "2026-04-01T12:00:00 Z",
        "2026-04-01T12:00:00+02",
        "2026-04-01T12:00:00+0200",
        "2026-04-01T12:00:00+2:00",
        "2026-04-01T12:00:00+02:00:00",
        "2026-04-01T12:00:00[UTC]",
        "+",
        "+5",
        "+s",
        "5s",
        "-5s",
        "+-5s",
        "+5S",
        "+5w",
        "+5µs",
        "+５s",
        "+1.5h",
        "+5 s",
        "+1h 30m",
        "+1h+30m",
        "+30m1h",
        "+5ms1s",
        "+1m1m",
        "+1s1s",
        "+1ms1ms",
        "+1h5",
      })
  void every_other_text_is_refused(String time) {
    assertThat(time(time)).startsWith("r1 ERROR bad_request \"").contains(" is no time: ");
  }

  @Test
  void every_nanosecond_can_be_written_in_every_form() {
    var date = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSSSSS");
    for (long seed = 0; seed < 5_000; seed++) {
      var random = new Random(seed);
      long nanos = random.nextLong() >> random.nextInt(64);
      String expected = Long.toString(nanos);
      var instant = Instant.ofEpochSecond(0, nanos);
      var zone = ZoneOffset.ofTotalSeconds(60 * random.nextInt(-18 * 60, 18 * 60 + 1));
      var zoned = DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(instant.atOffset(zone));
      assertThat(time(expected)).as("seed %d", seed).isEqualTo(expected);
      assertThat(time(instant.toString())).as("seed %d: %s", seed, instant).isEqualTo(expected);
      assertThat(time(zoned)).as("seed %d: %s", seed, zoned).isEqualTo(expected);
      assertThat(time(date.format(instant.atOffset(ZoneOffset.UTC))))
          .as("seed %d: %s", seed, instant)
          .isEqualTo(expected);
    }
  }
}
