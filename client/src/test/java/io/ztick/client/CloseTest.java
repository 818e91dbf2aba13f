package io.ztick.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ztick.client.ScriptedServer.Peer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The end of a client.
class CloseTest {
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
  void close_waits_for_the_answers_and_says_goodbye() throws Exception {
    ZtickClient client = ZtickClient.connect(server.options().build());
    Peer peer = server.peer();
    var ping = client.pingAsync();
    peer.line();
    var closed = Failures.later(client::close);
    assertThat(closed).isNotDone();
    peer.say("1 OK");
    assertThat(peer.line()).isEqualTo("QUIT");
    peer.say("OK").close();
    assertThat(closed.get(30, TimeUnit.SECONDS)).isNull();
    assertThat(ping).isCompleted();
  }

  @Test
  void a_closed_client_takes_no_calls_and_closes_twice() throws Exception {
    ZtickClient client = ZtickClient.connect(server.options().build());
    server.peer().close();
    client.close();
    client.close();
    assertThatThrownBy(client::ping).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> client.pingAsync()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void calls_without_an_answer_fail_when_close_has_waited_long_enough() throws Exception {
    ZtickClient client =
        ZtickClient.connect(server.options().answerTimeout(Duration.ofMillis(200)).build());
    Peer peer = server.peer();
    var change = client.removeAsync("a");
    var question = client.getAsync("a");
    client.close();
    assertThat(Failures.of(change)).isInstanceOf(UnknownOutcomeException.class);
    assertThat(Failures.of(question)).isInstanceOf(ConnectionException.class);
    peer.close();
  }

  @Test
  void an_interrupted_close_fails_what_is_in_flight_at_once() throws Exception {
    ZtickClient client = ZtickClient.connect(server.options().build());
    Peer peer = server.peer();
    var change = client.removeAsync("a");
    peer.line();
    var closed = new CompletableFuture<Boolean>();
    Thread closer =
        Thread.ofPlatform()
            .start(
                () -> {
                  client.close();
                  closed.complete(Thread.currentThread().isInterrupted());
                });
    closer.interrupt();
    assertThat(closed.get(30, TimeUnit.SECONDS)).isTrue();
    assertThat(Failures.of(change))
        .isInstanceOf(UnknownOutcomeException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void calls_that_wait_for_a_connection_fail_without_a_change() throws Exception {
    ZtickClient client =
        ZtickClient.connect(server.options().answerTimeout(Duration.ofSeconds(1)).build());
    Peer peer = server.peer();
    server.close();
    var lost = client.pingAsync();
    peer.line();
    peer.close();
    assertThat(Failures.of(lost)).isInstanceOf(ConnectionException.class);
    var waiting = client.removeAsync("a");
    client.close();
    assertThat(Failures.of(waiting))
        .isInstanceOf(ConnectionException.class)
        .hasMessageContaining("nothing was sent");
  }

  @Test
  void close_completes_every_call_although_a_callback_blocks() throws Exception {
    var release = new CompletableFuture<Void>();
    try {
      ZtickClient client =
          ZtickClient.connect(server.options().answerTimeout(Duration.ofMillis(200)).build());
      Peer peer = server.peer();
      var entered = new CompletableFuture<Void>();
      var _ =
          client
              .pingAsync()
              .thenRun(
                  () -> {
                    entered.complete(null);
                    release.join();
                  });
      var change = client.removeAsync("a");
      var question = client.getAsync("a");
      peer.take(3).say("1 OK");
      entered.get(30, TimeUnit.SECONDS);
      client.close();
      assertThat(change).isCompletedExceptionally();
      assertThat(question).isCompletedExceptionally();
      assertThat(Failures.of(change)).isInstanceOf(UnknownOutcomeException.class);
      peer.close();
    } finally {
      release.complete(null);
    }
  }

  @Test
  void no_thread_is_left_behind() throws Exception {
    ZtickClient client = ZtickClient.connect(server.options().build());
    server.peer().close();
    assertThat(clientThreads()).isPositive();
    client.close();
    server.greetingWith("ERROR auth_failed\n");
    assertThatThrownBy(() -> ZtickClient.connect(server.options().build()))
        .isInstanceOf(AuthenticationException.class);
    await().atMost(ScriptedServer.BOUND).until(() -> clientThreads() == 0);
  }

  private static long clientThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("ztick-client-"))
        .count();
  }
}
