package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a client that guesses secrets has of it.
class GuessIT {
  private static final String SECRET = "a secret that nobody guesses";
  private static final int FREE_FAILURES = 10;

  @TempDir Path directory;

  private ZtickServer start() throws Exception {
    return ZtickServer.in(directory)
        .auth("[token.some]\nnamespace = 'some.'\nsecret = '" + SECRET + "'\n")
        .start();
  }

  /// As many failures as are answered at once.
  private static void fail(ZtickServer server) throws Exception {
    for (int i = 0; i < FREE_FAILURES; i++) {
      try (Wire wire = server.connect()) {
        wire.send("AUTH guess" + i).expect("ERROR auth_failed").expectClosed();
      }
    }
  }

  @Test
  void each_further_failure_waits_longer_while_a_right_secret_is_answered_at_once()
      throws Exception {
    try (ZtickServer server = start()) {
      fail(server);
      for (int seconds = 1; seconds <= 2; seconds *= 2) {
        long begun = System.nanoTime();
        try (Wire guesser = server.connect()) {
          guesser.send("AUTH another guess");
          try (Wire client = server.connect(SECRET)) {
            client.send("PING").expect("OK");
          }
          guesser.expect("ERROR auth_failed").expectClosed();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
            .isGreaterThanOrEqualTo(Duration.ofSeconds(seconds));
      }
      server.stop();
      assertThat(server.log()).noneMatch(line -> line.contains("guess"));
    }
  }

  @Test
  void more_than_four_that_wait_are_turned_away() throws Exception {
    try (ZtickServer server = start()) {
      fail(server);
      List<Wire> guessers = new ArrayList<>();
      List<String> answers = new ArrayList<>();
      try {
        for (int i = 0; i < 8; i++) {
          Wire guesser = server.connect();
          guessers.add(guesser.send("AUTH guess"));
        }
        try (Wire client = server.connect(SECRET)) {
          client.send("PING").expect("OK");
        }
        for (Wire guesser : guessers.reversed()) {
          answers.add(guesser.line());
          guesser.expectClosed();
        }
      } finally {
        for (Wire guesser : guessers) {
          guesser.close();
        }
      }
      assertThat(answers)
          .contains("ERROR auth_failed")
          .contains(
              "ERROR rate_limited too many failed AUTHs of this address wait for their answer")
          .hasSize(8);
    }
  }

  @Test
  void what_a_guesser_sends_behind_its_guess_is_not_read() throws Exception {
    try (ZtickServer server = start()) {
      fail(server);
      try (Wire guesser = server.connect()) {
        guesser.send("AUTH guess\nAUTH " + SECRET + "\nPING");
        guesser.expect("ERROR auth_failed").expectClosed();
      }
    }
  }
}
