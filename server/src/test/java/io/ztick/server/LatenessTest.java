package io.ztick.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LatenessTest {
  private static final long START = -5;
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private final Lateness lateness = new Lateness(START);

  @Test
  void figures_are_right_to_a_hundredth() {
    for (int micros = 1; micros <= 10_000; micros++) {
      lateness.started(micros * 1000L, START);
    }
    Lateness.Figures figures = lateness.sinceStart();

    assertThat(figures.runs()).isEqualTo(10_000);
    assertThat(figures.p50()).isCloseTo(5_000_000, within(50_000L));
    assertThat(figures.p99()).isCloseTo(9_900_000, within(99_000L));
    assertThat(figures.p999()).isCloseTo(9_990_000, within(99_900L));
    assertThat(figures.max()).isCloseTo(10_000_000, within(100_000L));
    assertThat(lateness.lastMinute(START)).isEqualTo(figures);
  }

  @Test
  void without_runs_every_figure_is_zero() {
    assertThat(lateness.sinceStart()).isEqualTo(new Lateness.Figures(0, 0, 0, 0, 0));
    assertThat(lateness.lastMinute(START)).isEqualTo(new Lateness.Figures(0, 0, 0, 0, 0));
  }

  @Test
  void last_minute_forgets_what_is_older_and_nothing_that_is_not() {
    lateness.started(1_000_000, START);
    lateness.started(1000, START + 30 * SECOND);

    assertThat(lateness.lastMinute(START + 60 * SECOND).runs()).isEqualTo(2);
    Lateness.Figures after = lateness.lastMinute(START + 70 * SECOND);
    assertThat(after.runs()).isEqualTo(1);
    assertThat(after.max()).isCloseTo(1000, within(64L));
    assertThat(lateness.lastMinute(START + 100 * SECOND).runs()).isZero();
    assertThat(lateness.sinceStart().runs()).isEqualTo(2);
  }

  @Test
  void a_long_silence_is_forgotten_at_once() {
    lateness.started(1000, START);
    long later = START + Duration.ofDays(10_000).toNanos();
    lateness.started(2000, later);

    assertThat(lateness.lastMinute(later).runs()).isEqualTo(1);
    assertThat(lateness.lastMinute(later + 59 * SECOND).runs()).isEqualTo(1);
  }

  @Test
  void beyond_the_bounds_the_bounds_count() {
    lateness.started(-1, START);
    lateness.started(Long.MAX_VALUE, START);

    assertThat(lateness.sinceStart().p50()).isLessThan(64);
    assertThat(Duration.ofNanos(lateness.sinceStart().max()))
        .isBetween(Duration.ofHours(24), Duration.ofHours(25));
  }
}
