package io.ztick.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HumanTimeTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "2030-01-01T03:12:40Z, in 3h 12m",
    "2029-12-31T23:59:55Z, 5s ago",
    "2030-01-01T00:00:00.999Z, now",
    "2030-01-01T00:02:00Z, in 2m",
    "2030-01-03T05:00:00Z, in 2d 5h",
    "2032-01-02T00:00:00Z, in 2y 1d"
  })
  void a_distance_has_two_units(String time, String distance) {
    Instant then = Instant.parse(time);
    long nanos = then.getEpochSecond() * 1_000_000_000 + then.getNano();
    assertThat(HumanTime.relative(nanos, NOW)).isEqualTo(distance);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1970-01-01T00:00:00Z",
    "-5, 1969-12-31T23:59:59.999Z",
    "-9223372036854775808, 1677-09-21T00:12:43.145Z",
    "9223372036854775807, 2262-04-11T23:47:16.854Z"
  })
  void every_time_of_the_wire_has_a_date(long nanos, String date) {
    assertThat(HumanTime.instant(nanos)).isEqualTo(date);
  }

  @Test
  void durations_are_read_as_in_the_configuration() {
    assertThat(HumanTime.parseDuration("1h30m")).isEqualTo(Duration.ofMinutes(90));
    assertThat(HumanTime.parseDuration("250ms")).isEqualTo(Duration.ofMillis(250));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.0us",
    "18249, 18.2us",
    "1500000, 1.5ms",
    "2000000000, 2s",
    "90000000000, 1m 30s"
  })
  void a_length_has_the_units_that_fit(long nanos, String length) {
    assertThat(HumanTime.length(Duration.ofNanos(nanos))).isEqualTo(length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "s", "-5s", "5s1h", "5 s"})
  void what_is_no_duration_is_none(String text) {
    assertThat(HumanTime.parseDuration(text)).isNull();
  }
}
