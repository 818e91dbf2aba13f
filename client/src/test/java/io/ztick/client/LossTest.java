package io.ztick.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ztick.client.ScriptedServer.Peer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What becomes of calls when the connection does not do what it should.
class LossTest {
  private static final Duration SHORT = Duration.ofMillis(300);

  private ScriptedServer server;

  @BeforeEach
  void start() throws Exception {
    server = new ScriptedServer();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void a_lost_change_has_an_unknown_outcome_and_a_lost_question_none() throws Exception {
    try (ZtickClient client = ZtickClient.connect(server.options().build());
        Peer peer = server.peer()) {
      var answered = client.setAsync("a", Instant.EPOCH);
      var change = client.removeAsync("a");
      var question = client.getAsync("a");
      peer.line();
      peer.line();
      peer.line();
      peer.say("1 OK").close();
      done(answered);
      assertThat(Failures.of(change))
          .isInstanceOf(UnknownOutcomeException.class)
          .hasMessageContaining("whether the change is kept is not known");
      assertThat(Failures.of(question)).isInstanceOf(ConnectionException.class);
    }
  }

  @Test
  void the_next_call_connects_again() throws Exception {
    try (ZtickClient client = ZtickClient.connect(server.options().build())) {
      lose(client);
      var ping = client.pingAsync();
      Peer second = server.peer();
      assertThat(second.line()).isEqualTo("2 PING");
      second.say("2 OK");
      done(ping);
      second.close();
    }
  }

  @Test
  void calls_wait_for_a_server_that_comes_back_and_reach_it_in_order() throws Exception {
    int port = server.port();
    try (ZtickClient client = ZtickClient.connect(server.options().build())) {
      lose(client);
      server.close();
      List<CompletableFuture<Void>> calls = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        calls.add(client.removeAsync("job." + i));
      }
      try (ScriptedServer back = new ScriptedServer(port)) {
        Peer peer = back.peer();
        for (int i = 0; i < 100; i++) {
          String line = peer.line();
          assertThat(line).endsWith(" REMOVE job." + i);
          peer.say(line.substring(0, line.indexOf(' ')) + " OK");
          done(calls.get(i));
        }
        peer.close();
      }
    }
  }

  @Test
  void calls_that_find_no_server_in_time_have_sent_nothing() throws Exception {
    try (ZtickClient client = ZtickClient.connect(server.options().answerTimeout(SHORT).build())) {
      lose(client);
      server.close();
      assertThat(Failures.of(client.removeAsync("a")))
          .isInstanceOf(ConnectionException.class)
          .hasMessageContaining("nothing was sent")
          .hasRootCauseInstanceOf(java.net.ConnectException.class);
    }
  }

  @Test
  void a_server_that_stays_silent_is_given_up() throws Exception {
    try (ZtickClient client = ZtickClient.connect(server.options().answerTimeout(SHORT).build())) {
      Peer deaf = server.peer();
      assertThat(Failures.of(client.setAsync("a", Instant.EPOCH)))
          .isInstanceOf(UnknownOutcomeException.class)
          .hasMessageContaining("did not answer within 300 ms");
      assertThat(deaf.line()).isEqualTo("1 SET a 0");
      assertThat(deaf.line()).isEqualTo("<end>");
    }
  }

  @Test
  void a_server_that_stops_reading_is_given_up() throws Exception {
    String job = "x".repeat(200);
    try (ZtickClient client =
        ZtickClient.connect(
            server.options().answerTimeout(Duration.ofSeconds(2)).maxInFlight(1000_000).build())) {
      server.peer();
      List<CompletableFuture<Void>> calls = new ArrayList<>();
      for (int i = 0; i < 100_000; i++) {
        calls.add(client.removeAsync(job));
      }
      assertThat(Failures.of(calls.getFirst())).isInstanceOf(UnknownOutcomeException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"2 OK", "OK", "1", "HTTP/1.1 400 Bad Request", "11 OK", "x1 OK"})
  void an_answer_to_something_else_ends_the_connection(String answer) throws Exception {
    try (ZtickClient client = ZtickClient.connect(server.options().build());
        Peer peer = server.peer()) {
      var call = client.removeAsync("a");
      peer.line();
      peer.say(answer);
      assertThat(Failures.of(call))
          .isInstanceOf(UnknownOutcomeException.class)
          .hasCauseInstanceOf(ProtocolException.class);
      assertThat(peer.line()).isEqualTo("<end>");
    }
  }

  @Test
  void a_lost_login_fails_what_waits_without_a_change() throws Exception {
    try (ZtickClient client = ZtickClient.connect(server.options().build());
        Peer peer = server.peer()) {
      var first = client.removeAsync("a");
      var second = client.getAsync("a");
      peer.line();
      peer.say("ERROR auth_required").close();
      assertThat(Failures.of(first)).isInstanceOf(AuthenticationException.class);
      assertThat(Failures.of(second)).isInstanceOf(AuthenticationException.class);
    }
  }

  @Test
  void a_token_that_is_no_longer_known_fails_what_waits_at_once() throws Exception {
    try (ZtickClient client = ZtickClient.connect(server.options().token(Token.of("s")).build())) {
      Peer peer = server.peer();
      assertThat(peer.login()).isEqualTo("AUTH \"s\"");
      server.greetingWith("ERROR auth_failed\n");
      var lost = client.removeAsync("a");
      peer.line();
      peer.close();
      assertThat(Failures.of(lost)).isInstanceOf(UnknownOutcomeException.class);
      ZtickException failure = Failures.of(client.removeAsync("a"));
      assertThat(failure).isInstanceOf(AuthenticationException.class);
      assertThat(failure.code()).contains("auth_failed");
    }
  }

  @Test
  void what_is_sent_again_comes_in_order_before_what_was_not_sent() throws Exception {
    try (ZtickClient client = ZtickClient.connect(server.options().repeatUnknown(true).build())) {
      Peer peer = server.peer();
      List<CompletableFuture<Void>> calls = new ArrayList<>();
      for (int i = 1; i <= 50; i++) {
        calls.add(client.removeAsync("job." + i));
      }
      for (int i = 1; i <= 50; i++) {
        assertThat(peer.line()).isEqualTo(i + " REMOVE job." + i);
      }
      for (int i = 1; i <= 20; i++) {
        peer.say(i + " OK");
      }
      done(calls.get(19));
      peer.close();
      calls.add(client.removeAsync("job.51"));
      Peer next = server.peer();
      for (int i = 21; i <= 51; i++) {
        assertThat(next.line()).isEqualTo(i + " REMOVE job." + i);
        next.say(i + " OK");
      }
      for (var call : calls) {
        done(call);
      }
      next.close();
    }
  }

  @Test
  void half_an_answer_is_forgotten_when_its_call_is_sent_again() throws Exception {
    try (ZtickClient client = ZtickClient.connect(server.options().repeatUnknown(true).build())) {
      Peer peer = server.peer();
      var show = client.showAsync("a");
      peer.line();
      peer.say("1 status executed", "1 outcome ok").write("1 ende");
      peer.close();
      Peer next = server.peer();
      assertThat(next.line()).isEqualTo("1 SHOW a");
      next.say("1 status planned", "1 execution_ns 1", "1 OK");
      assertThat(done(show).values()).containsOnlyKeys("status", "execution_ns");
      next.close();
    }
  }

  @Test
  void unavailable_is_sent_again_where_that_is_allowed() throws Exception {
    try (ZtickClient client = ZtickClient.connect(server.options().repeatUnknown(true).build());
        Peer peer = server.peer()) {
      var first = client.removeAsync("a");
      var second = client.removeAsync("b");
      peer.line();
      peer.line();
      peer.say("1 ERROR unavailable the journal failed").close();
      Peer next = server.peer();
      assertThat(next.line()).isEqualTo("1 REMOVE a");
      assertThat(next.line()).isEqualTo("2 REMOVE b");
      next.say("1 OK", "2 OK");
      done(first);
      done(second);
      next.close();
    }
  }

  @Test
  void what_is_sent_again_without_end_fails_in_the_end() throws Exception {
    try (ZtickClient client =
        ZtickClient.connect(server.options().repeatUnknown(true).answerTimeout(SHORT).build())) {
      var call = client.removeAsync("a");
      int connections = 0;
      while (!call.isDone()) {
        if (server.hasPeer()) {
          Peer peer = server.peer();
          peer.line();
          peer.close();
          connections++;
        }
        Thread.onSpinWait();
      }
      assertThat(Failures.of(call)).isInstanceOf(UnknownOutcomeException.class);
      assertThat(connections).as("with pauses in between").isBetween(2, 60);
    }
  }

  @Test
  void pauses_between_attempts_double_up_to_the_longest() {
    Duration min = Duration.ofMillis(10);
    BackOff backOff = new BackOff(server.options().backOff(min, Duration.ofMillis(70)).build());
    for (long millis : new long[] {10, 20, 40, 70, 70}) {
      assertThat(backOff.nextNanos()).isBetween(millis * 500_000, millis * 1_000_000);
    }
    backOff.reset();
    assertThat(backOff.nextNanos()).isLessThanOrEqualTo(min.toNanos());
  }

  @Test
  void calls_beyond_the_limit_wait_for_room() throws Exception {
    try (ZtickClient client = ZtickClient.connect(server.options().maxInFlight(2).build());
        Peer peer = server.peer()) {
      var first = client.pingAsync();
      var second = client.pingAsync();
      var third = new CompletableFuture<CompletableFuture<Void>>();
      Thread caller = Thread.ofPlatform().start(() -> third.complete(client.pingAsync()));
      await().atMost(ScriptedServer.BOUND).until(() -> caller.getState() == Thread.State.WAITING);
      assertThat(third).isNotDone();
      peer.take(2).say("1 OK");
      done(first);
      var last = done(third);
      peer.take(1).say("2 OK", "3 OK");
      done(second);
      done(last);
    }
  }

  @Test
  void a_call_that_cannot_be_written_leaves_its_room_to_the_next() throws Exception {
    try (ZtickClient client = ZtickClient.connect(server.options().maxInFlight(1).build());
        Peer peer = server.peer()) {
      var first = client.pingAsync();
      var failure = new CompletableFuture<Throwable>();
      Thread halfCharacter =
          Thread.ofPlatform()
              .uncaughtExceptionHandler((_, thrown) -> failure.complete(thrown))
              .start(() -> client.remove("\ud800"));
      awaitWaiting(halfCharacter);
      var second = new CompletableFuture<CompletableFuture<Void>>();
      awaitWaiting(Thread.ofPlatform().start(() -> second.complete(client.pingAsync())));
      peer.take(1).say("1 OK");
      done(first);
      assertThat(done(failure)).isInstanceOf(IllegalArgumentException.class);
      var last = done(second);
      peer.take(1).say("2 OK");
      done(last);
    }
  }

  private static void awaitWaiting(Thread thread) {
    await().atMost(ScriptedServer.BOUND).until(() -> thread.getState() == Thread.State.WAITING);
  }

  @Test
  void an_unused_connection_is_ended_and_opened_anew_by_the_next_call() throws Exception {
    try (ZtickClient client =
            ZtickClient.connect(
                server
                    .options()
                    .idleTimeout(Duration.ofMillis(50))
                    .backOff(Duration.ofHours(1), Duration.ofHours(1))
                    .build());
        Peer peer = server.peer()) {
      assertThat(peer.line()).isEqualTo("QUIT");
      var ping = client.pingAsync();
      peer.say("OK").close();
      Peer next = server.peer();
      String line = next.line();
      assertThat(line).endsWith(" PING");
      next.say(line.substring(0, line.indexOf(' ')) + " OK");
      done(ping);
      next.close();
    }
  }

  @Test
  void a_server_that_does_not_let_an_unused_connection_go_is_left() throws Exception {
    try (ZtickClient client =
            ZtickClient.connect(server.options().idleTimeout(Duration.ofMillis(50)).build());
        Peer peer = server.peer()) {
      assertThat(peer.line()).isEqualTo("QUIT");
      assertThat(peer.line()).isEqualTo("<end>");
      var _ = client.pingAsync();
      Peer next = server.peer();
      assertThat(next.line()).isEqualTo("1 PING");
      next.say("1 OK");
      next.close();
    }
  }

  @Test
  void a_callback_that_fails_harms_nobody_else() throws Exception {
    try (ZtickClient client = ZtickClient.connect(server.options().build());
        Peer peer = server.peer()) {
      var failing =
          client
              .pingAsync()
              .thenRun(
                  () -> {
                    throw new IllegalStateException("mine");
                  });
      var ping = client.pingAsync();
      peer.take(2).say("1 OK", "2 OK");
      done(ping);
      assertThat(failing).isCompletedExceptionally();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1 a row", "0000000000000001 OK", "4294967297 OK", "1 OK \""})
  void what_is_no_answer_to_a_change_fails_every_call(String line) throws Exception {
    try (ZtickClient client = ZtickClient.connect(server.options().build());
        Peer peer = server.peer()) {
      var change = client.removeAsync("a");
      var question = client.pingAsync();
      peer.take(2).say(line);
      assertThat(Failures.of(change))
          .isInstanceOf(UnknownOutcomeException.class)
          .hasCauseInstanceOf(ProtocolException.class);
      assertThat(Failures.of(question)).isInstanceOf(ConnectionException.class);
    }
  }

  @Test
  void a_line_without_end_fails_its_call_before_it_fills_the_memory() throws Exception {
    try (ZtickClient client = ZtickClient.connect(server.options().build());
        Peer peer = server.peer()) {
      var change = client.removeAsync("a");
      peer.take(1).write("1 OK " + "x".repeat(Connection.MAX_SHORT_LINE_BYTES));
      assertThat(Failures.of(change)).hasMessageContaining("too long");
    }
  }

  @Test
  void a_long_row_is_read_where_rules_may_come() throws Exception {
    String arguments = "x".repeat(2 * Connection.MAX_SHORT_LINE_BYTES);
    try (ZtickClient client = ZtickClient.connect(server.options().build());
        Peer peer = server.peer()) {
      var reply = client.sendAsync(List.of("LISTRULES"));
      peer.take(1).say("1 r p shell " + arguments, "1 OK");
      assertThat(done(reply).rows()).containsExactly(List.of("r", "p", "shell", arguments));
    }
  }

  @Test
  void a_callback_that_waits_for_a_call_is_freed_by_the_calls_timeout() throws Exception {
    try (ZtickClient client =
            ZtickClient.connect(server.options().answerTimeout(Duration.ofSeconds(1)).build());
        Peer peer = server.peer()) {
      var inner = new CompletableFuture<CompletableFuture<Void>>();
      var blocking =
          client
              .pingAsync()
              .thenRun(
                  () -> {
                    var nested = client.pingAsync();
                    inner.complete(nested);
                    nested.join();
                  });
      peer.take(1).say("1 OK").take(1).say("2 OK");
      assertThat(Failures.of(done(inner)))
          .isInstanceOf(ConnectionException.class)
          .hasMessageContaining("a callback has blocked the client for 1000 ms");
      await().atMost(ScriptedServer.BOUND).until(blocking::isCompletedExceptionally);
      var ping = client.pingAsync();
      peer.take(1).say("3 OK");
      done(ping);
    }
  }

  @Test
  void a_full_client_whose_callback_blocks_takes_no_calls() throws Exception {
    var release = new CompletableFuture<Void>();
    try (ZtickClient client =
            ZtickClient.connect(
                server.options().answerTimeout(Duration.ofSeconds(1)).maxInFlight(1).build());
        Peer peer = server.peer()) {
      var blocking = client.pingAsync().thenRun(release::join);
      peer.take(1).say("1 OK");
      var failure = Failures.later(() -> client.remove("a"));
      assertThat(done(failure))
          .isInstanceOf(ConnectionException.class)
          .hasMessageContaining("nothing was sent");
      release.complete(null);
      done(blocking);
    } finally {
      release.complete(null);
    }
  }

  @Test
  void unavailable_on_a_connection_that_stays_is_sent_again_on_another() throws Exception {
    try (ZtickClient client =
            ZtickClient.connect(
                server.options().repeatUnknown(true).answerTimeout(Duration.ofSeconds(2)).build());
        Peer peer = server.peer()) {
      var call = client.removeAsync("a");
      peer.take(1).say("1 ERROR unavailable the journal failed");
      Peer next = server.peer();
      assertThat(next.line()).isEqualTo("1 REMOVE a");
      next.say("1 OK");
      done(call);
      assertThat(peer.line()).isEqualTo("<end>");
      next.close();
    }
  }

  @Test
  void what_was_unavailable_stays_unknown_when_the_server_stops() throws Exception {
    try (ZtickClient client = ZtickClient.connect(server.options().repeatUnknown(true).build())) {
      Peer peer = server.peer();
      var first = client.removeAsync("a");
      var second = client.removeAsync("b");
      peer.take(2).say("1 ERROR unavailable the journal failed", "ERROR stopping").close();
      assertThat(Failures.of(first)).isInstanceOf(UnknownOutcomeException.class);
      assertThat(Failures.of(second)).isInstanceOf(StoppingException.class);
    }
  }

  /// Ends the first connection, and waits until the client knows.
  private void lose(ZtickClient client) throws Exception {
    Peer peer = server.peer();
    var call = client.pingAsync();
    peer.line();
    peer.close();
    assertThat(Failures.of(call)).isInstanceOf(ConnectionException.class);
  }

  private static <T> T done(CompletableFuture<T> future) throws Exception {
    return future.get(ScriptedServer.BOUND.toSeconds(), TimeUnit.SECONDS);
  }
}
