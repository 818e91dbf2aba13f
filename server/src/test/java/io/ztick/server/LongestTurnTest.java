package io.ztick.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LongestTurnTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private final LongestTurn turns = new LongestTurn(0);

  @Test
  void longest_turn_counts_for_a_minute_and_for_ever() {
    turns.ended(7, 1);
    turns.ended(9, 5 * SECOND);
    turns.ended(8, 15 * SECOND);

    assertThat(turns.lastMinute(60 * SECOND)).isEqualTo(9);
    assertThat(turns.lastMinute(70 * SECOND)).isEqualTo(8);
    assertThat(turns.lastMinute(80 * SECOND)).isZero();
    assertThat(turns.sinceStart()).isEqualTo(9);
  }
}
