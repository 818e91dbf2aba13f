package io.ztick.auth;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.ztick.auth.GuessLimit.After;
import io.ztick.auth.GuessLimit.TooMany;
import io.ztick.auth.GuessLimit.Verdict;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuessLimitTest {

  private static final Verdict AT_ONCE = new After(0);
  private static final InetAddress GUESSER = InetAddress.ofLiteral("192.0.2.1");

  private final GuessLimit limit = new GuessLimit();

  /// Near its end, where the monotonic clock may be as well as anywhere.
  private long now = Long.MAX_VALUE - SECONDS.toNanos(20);

  private Verdict fail(InetAddress address) {
    return limit.failed(address, now);
  }

  private static Verdict after(long seconds) {
    return new After(SECONDS.toNanos(seconds));
  }

  private void fail(InetAddress address, int times) {
    for (int i = 0; i < times; i++) {
      assertThat(fail(address)).isEqualTo(AT_ONCE);
    }
  }

  private static InetAddress other(int number) {
    return InetAddress.ofLiteral(
        "10.%d.%d.%d".formatted(number >> 16, number >> 8 & 255, number & 255));
  }

  @Test
  void ten_failures_in_a_minute_are_answered_at_once_and_the_next_after_a_second() {
    fail(GUESSER, 10);
    now += SECONDS.toNanos(60) - 1;

    assertThat(fail(GUESSER)).isEqualTo(after(1));
  }

  @Test
  void ten_failures_in_more_than_a_minute_are_no_guessing() {
    fail(GUESSER, 1);
    now += SECONDS.toNanos(1);
    fail(GUESSER, 9);
    now += SECONDS.toNanos(59);

    assertThat(fail(GUESSER)).isEqualTo(AT_ONCE);
    assertThat(fail(GUESSER)).isEqualTo(after(1));
  }

  @Test
  void whoever_fails_every_seven_seconds_never_waits() {
    for (int i = 0; i < 1000; i++) {
      assertThat(fail(GUESSER)).isEqualTo(AT_ONCE);
      now += SECONDS.toNanos(7);
    }
  }

  @Test
  void the_delay_doubles_to_thirty_seconds() {
    fail(GUESSER, 10);
    List<Verdict> verdicts = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      Verdict verdict = fail(GUESSER);
      verdicts.add(verdict);
      now += ((After) verdict).nanos();
    }

    assertThat(verdicts)
        .containsExactly(after(1), after(2), after(4), after(8), after(16), after(30), after(30));
  }

  @Test
  void four_answers_wait_and_a_fifth_is_too_many_until_one_has_gone() {
    fail(GUESSER, 10);
    for (long seconds : new long[] {1, 2, 4, 8}) {
      assertThat(fail(GUESSER)).isEqualTo(after(seconds));
    }
    assertThat(fail(GUESSER)).isEqualTo(new TooMany());
    now += SECONDS.toNanos(1) - 1;
    assertThat(fail(GUESSER)).isEqualTo(new TooMany());
    now += 1;
    assertThat(fail(GUESSER)).isEqualTo(after(16));
    assertThat(fail(GUESSER)).isEqualTo(new TooMany());
  }

  @Test
  void a_minute_of_quiet_is_forgiven_and_a_moment_less_is_not() {
    fail(GUESSER, 10);
    assertThat(fail(GUESSER)).isEqualTo(after(1));
    now += SECONDS.toNanos(60) - 1;
    assertThat(fail(GUESSER)).isEqualTo(after(2));
    now += SECONDS.toNanos(60);
    fail(GUESSER, 10);
    assertThat(fail(GUESSER)).isEqualTo(after(1));
  }

  @Test
  void whoever_hammers_hears_auth_failed_a_few_times_a_minute() {
    int answered = 0;
    for (int i = 0; i < 60_000; i++) {
      answered += fail(GUESSER) instanceof After ? 1 : 0;
      now += MILLISECONDS.toNanos(10);
    }

    // The first minute has the free ones and the short delays.
    assertThat(answered).isBetween(70, 10 + 9 + 10 * 8);
  }

  @Test
  void another_address_does_not_wait() {
    fail(GUESSER, 10);
    assertThat(fail(GUESSER)).isEqualTo(after(1));

    fail(InetAddress.ofLiteral("192.0.2.2"), 10);
  }

  @Test
  void the_addresses_of_an_ipv6_network_are_one_source() {
    for (int i = 0; i < 10; i++) {
      fail(InetAddress.ofLiteral("2001:db8::" + i), 1);
    }

    assertThat(fail(InetAddress.ofLiteral("2001:db8::ffff:ffff:ffff:ffff"))).isEqualTo(after(1));
    fail(InetAddress.ofLiteral("2001:db8:0:1::1"), 10);
  }

  @Test
  void the_table_is_bounded_and_empties_itself() {
    for (int i = 0; i < 3 * GuessLimit.MAX_SOURCES; i++) {
      fail(other(i), 1);
    }
    assertThat(limit.size()).isEqualTo(GuessLimit.MAX_SOURCES);

    now += SECONDS.toNanos(60);
    fail(GUESSER, 1);
    assertThat(limit.size()).isEqualTo(1);
  }

  @Test
  void many_addresses_do_not_make_the_table_forget_a_guesser() {
    GuessLimit small = new GuessLimit(8);
    for (int i = 0; i < 10; i++) {
      assertThat(small.failed(GUESSER, now)).isEqualTo(AT_ONCE);
    }
    assertThat(small.failed(GUESSER, now)).isEqualTo(after(1));

    for (int address = 0; address < 100; address++) {
      for (int i = 0; i < 11; i++) {
        var _ = small.failed(other(address), now);
      }
    }

    assertThat(small.failed(GUESSER, now)).isEqualTo(after(2));
    assertThat(small.size()).isEqualTo(16);
  }

  @Test
  void guessers_that_there_is_no_room_for_wait_like_one() {
    GuessLimit small = new GuessLimit(2);
    List<Verdict> verdicts = new ArrayList<>();
    for (int address = 0; address < 8; address++) {
      for (int i = 0; i < 10; i++) {
        assertThat(small.failed(other(address), now)).isEqualTo(AT_ONCE);
      }
      verdicts.add(small.failed(other(address), now));
    }

    assertThat(verdicts)
        .containsExactly(
            after(1),
            after(1),
            after(1),
            after(2),
            after(4),
            after(8),
            new TooMany(),
            new TooMany());
  }
}
