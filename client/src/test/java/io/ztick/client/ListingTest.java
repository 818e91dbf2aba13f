package io.ztick.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ztick.client.ScriptedServer.Peer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Listings that are read while they are consumed.
class ListingTest {
  private ScriptedServer server;
  private ZtickClient client;

  @BeforeEach
  void connect() throws Exception {
    server = new ScriptedServer();
    client = connect(server.options());
  }

  @AfterEach
  void close() throws Exception {
    client.close();
    server.close();
  }

  @Test
  void jobs_are_read_from_a_connection_of_their_own() throws Exception {
    var jobs = consumed(client.query("a b"));
    Peer peer = server.peer();
    assertThat(peer.line()).isEqualTo("1 QUERY \"a b\"");
    assertThat(peer.line()).isEqualTo("QUIT");
    peer.say("1 \"a b\" planned 1", "1 \"OK\" executed 2", "1 OK", "OK");
    assertThat(done(jobs))
        .containsExactly(
            new Job("a b", Status.PLANNED, Instant.ofEpochSecond(0, 1)),
            new Job("OK", Status.EXECUTED, Instant.ofEpochSecond(0, 2)));
    assertThat(peer.line()).isEqualTo("<end>");
  }

  @Test
  void rules_are_read_with_their_arguments() throws Exception {
    var rules = consumed(client.rules());
    Peer peer = server.peer();
    assertThat(peer.line()).isEqualTo("1 LISTRULES");
    peer.say("1 r p shell \"a && b\"", "1 s q direct /bin/x \"\" y", "1 OK");
    assertThat(done(rules))
        .containsExactly(Rule.shell("r", "p", "a && b"), Rule.direct("s", "q", "/bin/x", "", "y"));
  }

  @Test
  void any_listing_is_read_as_words() throws Exception {
    var rows = consumed(client.stream(List.of("HELP")));
    Peer peer = server.peer();
    assertThat(peer.line()).isEqualTo("1 HELP");
    peer.say("1 SET <job> <time>", "1 PING", "1 OK");
    assertThat(done(rows)).containsExactly(List.of("SET", "<job>", "<time>"), List.of("PING"));
  }

  @Test
  void nothing_is_opened_for_a_stream_that_nobody_consumes() throws Exception {
    Stream<Job> unused = client.query("");
    Stream<Job> closed = client.query("");
    closed.close();
    var used = consumed(client.query("used"));
    assertThat(server.peer().say("1 OK").line()).isEqualTo("1 QUERY used");
    assertThat(done(used)).isEmpty();
    assertThat(server.hasPeer()).isFalse();
    unused.close();
  }

  @Test
  void a_stream_that_is_left_in_the_middle_is_ended_by_close() throws Exception {
    Stream<Job> jobs = client.query("");
    Iterator<Job> first = jobs.iterator();
    var job = new CompletableFuture<Job>();
    Thread.ofVirtual().start(() -> job.complete(first.next()));
    Peer peer = server.peer();
    peer.line();
    peer.line();
    peer.say("1 a planned 1", "1 b planned 2");
    assertThat(done(job).id()).isEqualTo("a");
    jobs.close();
    assertThat(peer.line()).isEqualTo("<end>");
  }

  @Test
  void an_error_in_the_middle_is_thrown_behind_the_rows_before_it() throws Exception {
    List<String> seen = new ArrayList<>();
    var failure = Failures.later(() -> client.query("").forEach(job -> seen.add(job.id())));
    server.peer().say("1 a planned 1", "1 ERROR unavailable the journal failed");
    assertThat(done(failure)).isInstanceOf(UnknownOutcomeException.class);
    assertThat(seen).containsExactly("a");
  }

  @Test
  void an_error_without_request_id_is_thrown_too() throws Exception {
    var failure = Failures.later(() -> client.query("").forEach(job -> {}));
    server.peer().say("ERROR overloaded lines without a line feed");
    assertThat(done(failure)).isInstanceOf(OverloadedException.class);
  }

  @Test
  void a_listing_that_ends_too_early_is_an_error() throws Exception {
    var failure = Failures.later(() -> client.query("").forEach(job -> {}));
    Peer peer = server.peer();
    peer.line();
    peer.line();
    peer.say("1 a planned 1").close();
    assertThat(done(failure))
        .isInstanceOf(ConnectionException.class)
        .hasMessageContaining("before the end of the listing");
  }

  @Test
  void a_listing_that_does_not_go_on_is_an_error() throws Exception {
    try (ZtickClient hasty = connect(server.options().answerTimeout(Duration.ofMillis(200)))) {
      var failure = Failures.later(() -> hasty.query("").forEach(job -> {}));
      server.peer().say("1 a planned 1");
      assertThat(done(failure))
          .isInstanceOf(ConnectionException.class)
          .hasMessageContaining("did not go on within 200 ms");
    }
  }

  @Test
  void a_row_that_answers_something_else_is_an_error() throws Exception {
    var failure = Failures.later(() -> client.query("").forEach(job -> {}));
    server.peer().say("2 a planned 1");
    assertThat(done(failure)).isInstanceOf(ProtocolException.class);
  }

  @Test
  void a_client_that_is_closed_ends_its_streams() throws Exception {
    var failure = Failures.later(() -> client.query("").forEach(job -> {}));
    Peer peer = server.peer();
    peer.line();
    client.close();
    assertThat(done(failure))
        .isInstanceOf(ConnectionException.class)
        .hasMessageContaining("client was closed");
    assertThatThrownBy(() -> client.query("").count()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void a_consumer_that_throws_ends_the_connection() throws Exception {
    var failure =
        Failures.later(
            () ->
                client
                    .query("")
                    .forEach(
                        job -> {
                          throw new IllegalStateException(job.id());
                        }));
    Peer peer = server.peer();
    peer.take(2).say("1 a planned 1");
    assertThat(done(failure)).isInstanceOf(IllegalStateException.class).hasMessage("a");
    assertThat(peer.line()).isEqualTo("<end>");
  }

  @Test
  void a_row_that_trickles_is_no_progress() throws Exception {
    try (ZtickClient hasty = connect(server.options().answerTimeout(Duration.ofMillis(300)))) {
      var failure = Failures.later(() -> hasty.query("").forEach(job -> {}));
      Peer peer = server.peer().take(2);
      try (var trickle = Executors.newSingleThreadScheduledExecutor()) {
        var _ = trickle.scheduleAtFixedRate(() -> trickle(peer), 0, 20, TimeUnit.MILLISECONDS);
        assertThat(done(failure)).hasMessageContaining("did not go on within 300 ms");
        trickle.shutdownNow();
      }
    }
  }

  private static void trickle(Peer peer) {
    try {
      peer.write("1");
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// A client whose first connection is ready.
  private ZtickClient connect(ClientOptions.Builder options) throws Exception {
    ZtickClient connected = ZtickClient.connect(options.build());
    Peer peer = server.peer();
    Thread.ofVirtual()
        .start(
            () -> {
              try (peer) {
                var _ = peer.line();
              } catch (java.io.IOException e) {
                throw new AssertionError(e);
              }
            });
    return connected;
  }

  private static <T> CompletableFuture<List<T>> consumed(Stream<T> stream) {
    var list = new CompletableFuture<List<T>>();
    Thread.ofVirtual().start(() -> list.complete(stream.toList()));
    return list;
  }

  private static <T> T done(CompletableFuture<T> future) throws Exception {
    return future.get(ScriptedServer.BOUND.toSeconds(), TimeUnit.SECONDS);
  }
}
