package io.ztick.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ztick.client.ScriptedServer.Peer;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What calls say on the wire, and what they make of the answers.
class CallsTest {
  private ScriptedServer server;
  private ZtickClient client;
  private Peer peer;

  @BeforeEach
  void connect() throws Exception {
    server = new ScriptedServer();
    client = ZtickClient.connect(server.options().build());
    peer = server.peer();
  }

  @AfterEach
  void close() throws Exception {
    peer.close();
    client.close();
    server.close();
  }

  @Test
  void set_sends_nanoseconds_since_the_epoch() throws Exception {
    var answer = client.setAsync("deploy.a", Instant.parse("2099-04-01T00:00:00.000000001Z"));
    assertThat(peer.line()).isEqualTo("1 SET deploy.a 4078684800000000001");
    peer.say("1 OK");
    assertThat(done(answer)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "2262-04-11T23:47:16.854775807Z, 9223372036854775807",
    "1677-09-21T00:12:43.145224192Z, -9223372036854775808",
    "1969-12-31T23:59:59.999999999Z, -1"
  })
  void times_reach_to_both_ends_of_the_wires_range(Instant time, String nanos) throws Exception {
    var set = client.setAsync("a", time);
    var get = client.getAsync("a");
    assertThat(peer.line()).isEqualTo("1 SET a " + nanos);
    peer.take(1);
    peer.say("1 OK", "2 OK planned " + nanos);
    done(set);
    assertThat(done(get).execution()).isEqualTo(time);
  }

  @Test
  void times_that_the_wire_cannot_say_are_refused_without_a_line() throws Exception {
    Instant late = Instant.parse("2262-04-11T23:47:16.854775808Z");
    assertThatThrownBy(() -> client.set("a", late))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2262-04-11");
    assertThatThrownBy(() -> client.set("a", Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("negative");
    assertThatThrownBy(() -> client.set("a", Duration.ofDays(300 * 365)))
        .isInstanceOf(IllegalArgumentException.class);
    var ping = client.pingAsync();
    assertThat(peer.line()).isEqualTo("1 PING");
    peer.say("1 OK");
    done(ping);
  }

  @Test
  void a_word_that_is_no_text_is_refused_and_leaves_nothing_in_the_buffer() throws Exception {
    assertThatThrownBy(() -> client.remove("a\ud800"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("half a character");
    var ping = client.pingAsync();
    assertThat(peer.line()).isEqualTo("1 PING");
    peer.say("1 OK");
    done(ping);
  }

  @Test
  void a_time_from_now_is_left_to_the_servers_clock() throws Exception {
    var answer = client.setAsync("a", Duration.ofMillis(1500));
    assertThat(peer.line()).isEqualTo("1 SET a +1500000000ns");
    peer.say("1 OK");
    done(answer);
  }

  @Test
  void words_are_quoted_and_answers_are_read_back() throws Exception {
    var get = client.getAsync("a \"b\"");
    assertThat(peer.line()).isEqualTo("1 GET \"a \\\"b\\\"\"");
    peer.say("1 OK failed -5");
    assertThat(done(get)).isEqualTo(new Job("a \"b\"", Status.FAILED, Instant.EPOCH.minusNanos(5)));
  }

  @Test
  void show_tells_what_is_known() throws Exception {
    var show = client.showAsync("a");
    assertThat(peer.line()).isEqualTo("1 SHOW a");
    peer.say("1 status executed", "1 execution_ns 5", "1 run_id 7-5", "1 rule \"my rule\"");
    peer.say("1 attempt 2", "1 started_ns 6", "1 outcome \"exit 3\"", "1 news later", "1 OK");
    JobDetails details = done(show);
    assertThat(details.status()).isEqualTo(Status.EXECUTED);
    assertThat(details.runId()).contains("7-5");
    assertThat(details.rule()).contains("my rule");
    assertThat(details.attempt()).isEqualTo(OptionalInt.of(2));
    assertThat(details.started()).contains(Instant.ofEpochSecond(0, 6));
    assertThat(details.ended()).isEmpty();
    assertThat(details.outcome()).contains("exit 3");
    assertThat(details.values()).containsEntry("news", "later");
  }

  @Test
  void due_reads_jobs_in_their_order() throws Exception {
    var due = client.dueAsync(10, "b ");
    assertThat(peer.line()).isEqualTo("1 DUE 10 \"b \"");
    peer.say("1 \"b 2\" planned 1", "1 \"b 1\" planned 2", "1 OK");
    assertThat(done(due)).extracting(Job::id).containsExactly("b 2", "b 1");
    var _ = client.dueAsync(5, "");
    assertThat(peer.line()).isEqualTo("2 DUE 5");
  }

  @Test
  void rules_of_every_kind_are_sent_as_their_words() throws Exception {
    var _ = client.setRuleAsync(Rule.shell("r", "a.", "echo \"$X\" && true"));
    var _ = client.setRuleAsync(Rule.direct("r", "a.", "/bin/echo", "", "x y"));
    var _ = client.setRuleAsync(Rule.http("r", "*", "POST", URI.create("http://h/p?q=1")));
    var _ = client.removeRuleAsync("r");
    assertThat(peer.line()).isEqualTo("1 RULE SET r a. shell \"echo \\\"$X\\\" && true\"");
    assertThat(peer.line()).isEqualTo("2 RULE SET r a. direct /bin/echo \"\" \"x y\"");
    assertThat(peer.line()).isEqualTo("3 RULE SET r * http POST http://h/p?q=1");
    assertThat(peer.line()).isEqualTo("4 REMOVERULE r");
  }

  @Test
  void stat_has_a_method_for_each_key_of_the_wire() throws Exception {
    var stat = client.statAsync();
    assertThat(peer.line()).isEqualTo("1 STAT");
    peer.say("1 uptime_ns 1000000000", "1 connections 2", "1 jobs_total 21", "1 jobs_planned 6");
    peer.say("1 jobs_triggered 5", "1 jobs_executed 3", "1 jobs_failed 7", "1 rules_total 8");
    peer.say("1 executions_pending 9", "1 executions_inflight 10", "1 persistence journal");
    peer.say("1 compression idle", "1 auth_enabled 1", "1 tls_enabled 0", "1 framerate 0", "1 OK");
    Statistics statistics = done(stat);
    assertThat(statistics.uptime()).isEqualTo(Duration.ofSeconds(1));
    assertThat(
            List.of(
                statistics.connections(),
                statistics.jobsTotal(),
                statistics.jobsPlanned(),
                statistics.jobsTriggered(),
                statistics.jobsExecuted(),
                statistics.jobsFailed(),
                statistics.rulesTotal(),
                statistics.executionsPending(),
                statistics.executionsInFlight()))
        .containsExactly(2L, 21L, 6L, 5L, 3L, 7L, 8L, 9L, 10L);
    assertThat(statistics.persistence()).isEqualTo("journal");
    assertThat(statistics.compression()).isEqualTo("idle");
    assertThat(statistics.authEnabled()).isTrue();
    assertThat(statistics.tlsEnabled()).isFalse();
    assertThat(statistics.values()).hasSize(15).containsEntry("framerate", "0");
  }

  @Test
  void any_command_can_be_sent_as_words() throws Exception {
    var reply = client.sendAsync(List.of("LOG", "a b"));
    assertThat(peer.line()).isEqualTo("1 LOG \"a b\"");
    peer.say("1 \"OK\" x", "1 ERRORS y", "1 OK two words");
    assertThat(done(reply))
        .isEqualTo(
            new Reply(
                List.of("two", "words"), List.of(List.of("OK", "x"), List.of("ERRORS", "y"))));
  }

  @Test
  void login_and_end_are_not_to_be_sent() {
    for (List<String> words : List.of(List.of("AUTH", "x"), List.of("QUIT"), List.<String>of())) {
      assertThatThrownBy(() -> client.send(words)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> client.stream(words)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void each_error_code_has_its_exception() throws Exception {
    Map<String, Class<? extends ZtickException>> exceptions =
        Map.of(
            "auth_denied", AccessDeniedException.class,
            "not_found", NotFoundException.class,
            "bad_request", BadRequestException.class,
            "unknown_command", BadRequestException.class,
            "line_too_long", BadRequestException.class,
            "overloaded", OverloadedException.class,
            "rate_limited", RateLimitedException.class,
            "unavailable", UnknownOutcomeException.class,
            "stopping", StoppingException.class,
            "from_the_future", ProtocolException.class);
    int id = 0;
    for (var entry : exceptions.entrySet()) {
      var call = client.removeAsync("a");
      String line = peer.line();
      assertThat(line).isEqualTo(++id + " REMOVE a");
      peer.say(id + " ERROR " + entry.getKey() + " a \"sentence\"");
      ZtickException failure = Failures.of(call);
      assertThat(failure).isInstanceOf(entry.getValue());
      assertThat(failure.code()).contains(entry.getKey());
      assertThat(failure.sentence()).contains("a \"sentence\"");
    }
  }

  @Test
  void an_error_without_a_sentence_has_none() throws Exception {
    var call = client.pingAsync();
    peer.line();
    peer.say("1 ERROR auth_denied");
    assertThat(Failures.of(call).sentence()).isEqualTo(Optional.empty());
  }

  @Test
  void an_answer_that_says_something_else_is_a_protocol_error_of_its_call_only() throws Exception {
    var get = client.getAsync("a");
    var stat = client.showAsync("a");
    var ping = client.pingAsync();
    peer.take(3).say("1 OK sleeping 5", "2 status", "2 OK", "3 OK");
    assertThat(Failures.of(get)).isInstanceOf(ProtocolException.class);
    assertThat(Failures.of(stat)).isInstanceOf(ProtocolException.class);
    done(ping);
  }

  @Test
  void answers_may_come_in_any_pieces() throws Exception {
    List<CompletableFuture<Job>> calls = new ArrayList<>();
    StringBuilder answers = new StringBuilder();
    for (int i = 1; i <= 40; i++) {
      calls.add(client.getAsync("job." + i));
      answers.append(i).append(" OK planned ").append(i).append('\n');
    }
    peer.take(40);
    for (int from = 0, size = 1; from < answers.length(); from += size, size = size % 7 + 1) {
      peer.write(answers.substring(from, Math.min(answers.length(), from + size)));
    }
    for (int i = 1; i <= 40; i++) {
      assertThat(done(calls.get(i - 1)).execution()).isEqualTo(Instant.ofEpochSecond(0, i));
    }
  }

  @Test
  void a_blocking_call_throws_with_the_callers_stack() throws Exception {
    var caller = Failures.later(() -> client.get("a"));
    assertThat(peer.line()).isEqualTo("1 GET a");
    peer.say("1 ERROR not_found no such job");
    ZtickException failure = (ZtickException) caller.get(30, TimeUnit.SECONDS);
    assertThat(failure).isInstanceOf(NotFoundException.class).hasMessage("not_found: no such job");
    assertThat(failure.getStackTrace())
        .extracting(StackTraceElement::getMethodName)
        .contains("get");
  }

  @Test
  void a_blocking_call_in_a_callback_is_refused_and_an_asynchronous_one_is_not() throws Exception {
    var refused = new CompletableFuture<Throwable>();
    var nested = new CompletableFuture<CompletableFuture<Void>>();
    var _ =
        client
            .pingAsync()
            .thenRun(
                () -> {
                  refused.complete(Failures.thrownBy(client::ping));
                  nested.complete(client.pingAsync());
                });
    assertThat(peer.line()).isEqualTo("1 PING");
    peer.say("1 OK");
    assertThat(done(refused)).isInstanceOf(IllegalStateException.class).hasMessageContaining("own");
    assertThat(peer.line()).isEqualTo("2 PING");
    peer.say("2 OK");
    done(done(nested));
  }

  @Test
  void an_interrupted_caller_stops_waiting_and_stays_interrupted() throws Exception {
    var stillInterrupted = new CompletableFuture<Boolean>();
    var failure = new CompletableFuture<Throwable>();
    Thread caller =
        Thread.ofVirtual()
            .start(
                () -> {
                  failure.complete(Failures.thrownBy(() -> client.remove("a")));
                  stillInterrupted.complete(Thread.currentThread().isInterrupted());
                });
    assertThat(peer.line()).isEqualTo("1 REMOVE a");
    caller.interrupt();
    assertThat(done(failure)).isInstanceOf(UnknownOutcomeException.class);
    assertThat(done(stillInterrupted)).isTrue();
    var ping = client.pingAsync();
    peer.take(1).say("1 OK", "2 OK");
    done(ping);
  }

  private static <T> T done(CompletableFuture<T> future) throws Exception {
    return future.get(ScriptedServer.BOUND.toSeconds(), TimeUnit.SECONDS);
  }
}
