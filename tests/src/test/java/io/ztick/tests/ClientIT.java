package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ztick.client.AccessDeniedException;
import io.ztick.client.AuthenticationException;
import io.ztick.client.BadRequestException;
import io.ztick.client.ClientOptions;
import io.ztick.client.ConnectionException;
import io.ztick.client.Endpoint;
import io.ztick.client.Job;
import io.ztick.client.NotFoundException;
import io.ztick.client.OverloadedException;
import io.ztick.client.ProtocolException;
import io.ztick.client.Rule;
import io.ztick.client.Status;
import io.ztick.client.Token;
import io.ztick.client.UnknownOutcomeException;
import io.ztick.client.ZtickClient;
import io.ztick.client.ZtickException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The Java client against the real server.
class ClientIT {
  private static final String SECRET = "sk_deploy \"a1b2\" \\c3";
  private static final String TOKENS =
      "[token.deploy]\nsecret = 'sk_deploy \"a1b2\" \\c3'\nnamespace = \"deploy.\"\n";
  private static final Instant FAR = Instant.parse("2099-04-01T12:00:00.123456789Z");

  @TempDir Path directory;

  @Test
  void every_call_does_what_it_says() throws Exception {
    try (ZtickServer server = ZtickServer.withJournal(directory).start();
        ZtickClient client = connect(server)) {
      client.ping();
      client.set("a.far", FAR);
      assertThat(client.get("a.far")).isEqualTo(new Job("a.far", Status.PLANNED, FAR));
      Instant before = Instant.now();
      client.set("a.soon", Duration.ofHours(1));
      assertThat(client.get("a.soon").execution())
          .isBetween(before.plusSeconds(3590), Instant.now().plusSeconds(3610));
      assertThat(client.due(10, "a.")).extracting(Job::id).containsExactly("a.soon", "a.far");
      assertThat(client.due(1, "")).extracting(Job::id).containsExactly("a.soon");

      List<Rule> rules =
          List.of(
              Rule.direct("rule.d", "d.", "/bin/true", "", "two words"),
              Rule.http("rule.h", "h.", "POST", URI.create("http://127.0.0.1:1/x")),
              Rule.shell("rule.s", "s \"quoted\"", "exit 3; echo \"$HOME\""));
      rules.forEach(client::setRule);
      assertThat(client.rules()).containsExactlyElementsOf(rules);

      client.set("s \"quoted\" 1", Instant.EPOCH);
      await()
          .atMost(ZtickServer.BOUND)
          .until(() -> client.show("s \"quoted\" 1").ended().isPresent());
      assertThat(client.show("s \"quoted\" 1"))
          .satisfies(
              job -> {
                assertThat(job.status()).isEqualTo(Status.FAILED);
                assertThat(job.outcome()).contains("exit 3");
                assertThat(job.rule()).contains("rule.s");
                assertThat(job.attempt()).hasValue(1);
                assertThat(job.runId()).isPresent();
                assertThat(job.execution()).isEqualTo(Instant.EPOCH);
                assertThat(job.started().orElseThrow())
                    .isBeforeOrEqualTo(job.ended().orElseThrow());
              });
    }
  }

  @Test
  void every_other_call_does_what_it_says() throws Exception {
    try (ZtickServer server = ZtickServer.withJournal(directory).start();
        ZtickClient client = connect(server)) {
      client.setRule(Rule.direct("rule.d", "d.", "/bin/true"));
      client.setRule(Rule.shell("rule.s", "s ", "true"));
      client.set("s \"quoted\" 1", FAR);
      client.set("a.far", FAR);
      client.set("a.soon", Duration.ofHours(1));
      try (Stream<Job> jobs = client.query("")) {
        assertThat(jobs.map(Job::id)).containsExactly("a.far", "a.soon", "s \"quoted\" 1");
      }
      assertThat(client.stat())
          .satisfies(
              stat -> {
                assertThat(stat.jobsTotal()).isEqualTo(3);
                assertThat(stat.jobsPlanned()).isEqualTo(3);
                assertThat(stat.rulesTotal()).isEqualTo(2);
                assertThat(stat.persistence()).isEqualTo("journal");
                assertThat(stat.uptime()).isPositive();
                assertThat(stat.tlsEnabled()).isFalse();
              });
      client.backup("first");
      assertThat(ZtickServer.state(directory).resolve("backups/first")).isDirectory();
      client.remove("a.far");
      client.removeRule("rule.d");
      assertThatThrownBy(() -> client.get("a.far"))
          .isInstanceOf(NotFoundException.class)
          .hasMessage("not_found: no such job");
      assertThatThrownBy(() -> client.removeRule("rule.d")).isInstanceOf(NotFoundException.class);
      assertThat(client.send(List.of("GET", "a.soon")).words()).startsWith("planned");
      assertThat(client.send(List.of("LISTRULES")).rows()).hasSize(1);
      assertThat(client.stream(List.of("HELP"))).contains(List.of("PING"));
      assertThatThrownBy(() -> client.send(List.of("NEXT", "x")))
          .isInstanceOf(BadRequestException.class)
          .extracting(e -> ((ZtickException) e).code().orElseThrow())
          .isEqualTo("unknown_command");
      assertThatThrownBy(() -> client.query("x".repeat(70_000)).toList())
          .isInstanceOf(BadRequestException.class);
    }
  }

  @Test
  void tls_and_a_token_let_in_and_keep_to_the_namespace() throws Exception {
    SelfSigned tls = SelfSigned.create(directory, "EC");
    Path secret = Files.writeString(directory.resolve("token"), SECRET + "\n");
    try (ZtickServer server = secured(tls).start();
        ZtickClient pem =
            ZtickClient.connect(
                options(server, true).token(Token.of(SECRET)).caFile(tls.certificate()).build());
        ZtickClient context =
            ZtickClient.connect(
                options(server, true)
                    .token(Token.ofFile(secret))
                    .sslContext(tls.trusting())
                    .build())) {
      pem.set("deploy.a", FAR);
      assertThat(context.query("deploy.").map(Job::id)).containsExactly("deploy.a");
      assertThat(context.stat().tlsEnabled()).isTrue();
      assertThatThrownBy(() -> context.set("backup.a", FAR))
          .isInstanceOf(AccessDeniedException.class);
      assertThat(pem.toString()).doesNotContain("sk_");
    }
  }

  @Test
  void who_is_not_let_in_is_told_why() throws Exception {
    SelfSigned tls = SelfSigned.create(directory, "EC");
    try (ZtickServer server = secured(tls).start()) {
      ClientOptions.Builder trusting = options(server, true).caFile(tls.certificate());
      assertThatThrownBy(() -> ZtickClient.connect(trusting.build()))
          .isInstanceOf(AuthenticationException.class);
      assertThatThrownBy(() -> ZtickClient.connect(trusting.token(Token.of("wrong")).build()))
          .isInstanceOf(AuthenticationException.class)
          .hasMessage("auth_failed");
      assertThatThrownBy(() -> ZtickClient.connect(options(server, true).build()))
          .as("the system does not trust it")
          .isInstanceOf(ConnectionException.class)
          .hasMessageContaining("no TLS with");
      assertThatThrownBy(() -> ZtickClient.connect(options(server, false).build()))
          .isInstanceOf(ProtocolException.class)
          .hasMessageContaining("use ztick+tls://");
    }
  }

  @Test
  void a_certificate_for_another_name_is_refused() throws Exception {
    SelfSigned tls = SelfSigned.create(directory, "EC");
    try (ZtickServer server = secured(tls).set("controller", "listen", "127.0.0.2:0").start()) {
      Endpoint endpoint = new Endpoint("127.0.0.2", server.port(), true);
      assertThatThrownBy(
              () ->
                  ZtickClient.connect(
                      ClientOptions.builder(endpoint)
                          .token(Token.of(SECRET))
                          .caFile(tls.certificate())
                          .build()))
          .isInstanceOf(ConnectionException.class)
          .hasMessageContaining("127.0.0.2");
    }
  }

  @Test
  void a_full_server_says_so() throws Exception {
    try (ZtickServer server =
            ZtickServer.in(directory).set("controller", "max_connections", 1).start();
        ZtickClient first = connect(server)) {
      first.ping();
      assertThatThrownBy(() -> connect(server))
          .isInstanceOf(OverloadedException.class)
          .hasMessageContaining("max_connections is 1");
      assertThatThrownBy(() -> first.query("").count()).isInstanceOf(OverloadedException.class);
    }
  }

  @Test
  void a_killed_server_leaves_clear_outcomes_and_comes_back() throws Exception {
    List<CompletableFuture<Void>> calls = new ArrayList<>();
    int port;
    ZtickServer killed = ZtickServer.withJournal(directory).start();
    port = killed.port();
    try (ZtickClient client = connect(killed)) {
      for (int i = 0; i < 50_000; i++) {
        calls.add(client.setAsync("job." + i, FAR));
        if (i == 20_000) {
          killed.kill();
          killed.close();
        }
        if (i == 25_000) {
          break;
        }
      }
      try (ZtickServer back =
          ZtickServer.withJournal(directory)
              .set("controller", "listen", "127.0.0.1:" + port)
              .start()) {
        assertThat(back.port()).isEqualTo(port);
        int unknown = 0;
        for (int i = 0; i < calls.size(); i++) {
          try {
            calls.get(i).get(ZtickServer.BOUND.toSeconds(), TimeUnit.SECONDS);
            assertThat(client.get("job." + i).execution()).isEqualTo(FAR);
          } catch (java.util.concurrent.ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(UnknownOutcomeException.class);
            unknown++;
          }
        }
        assertThat(unknown).as("calls in flight when it was killed").isBetween(1, 10_000);
      }
    }
  }

  @Test
  void thousands_of_virtual_threads_share_one_connection() throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).start();
        ZtickClient client = connect(server);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Job>> jobs = new ArrayList<>();
      for (int i = 0; i < 5000; i++) {
        String job = "job." + i;
        Instant time = FAR.plusNanos(i);
        jobs.add(
            threads.submit(
                () -> {
                  client.set(job, time);
                  return client.get(job);
                }));
      }
      for (int i = 0; i < jobs.size(); i++) {
        assertThat(jobs.get(i).get(ZtickServer.BOUND.toSeconds(), TimeUnit.SECONDS))
            .isEqualTo(new Job("job." + i, Status.PLANNED, FAR.plusNanos(i)));
      }
      assertThat(client.stat().connections()).isEqualTo(1);
    }
  }

  private ZtickServer.Setup secured(SelfSigned tls) throws IOException {
    return ZtickServer.in(directory)
        .set("controller", "tls_cert", tls.certificate().toString())
        .set("controller", "tls_key", tls.key().toString())
        .auth(TOKENS);
  }

  private static ZtickClient connect(ZtickServer server) {
    return ZtickClient.connect(options(server, false).build());
  }

  private static ClientOptions.Builder options(ZtickServer server, boolean tls) {
    return ClientOptions.builder(new Endpoint("127.0.0.1", server.port(), tls))
        .backOff(Duration.ofMillis(20), Duration.ofMillis(200));
  }
}
