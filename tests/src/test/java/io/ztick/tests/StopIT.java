package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How the process ends: signals, running jobs, exit codes.
class StopIT {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void the_exit_code_is_0_when_stopped_by_a_signal(String signal) throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).start();
        Wire wire = server.connect()) {
      wire.send("r1 PING").expect("r1 OK");
      server.signal(signal);
      wire.expectClosed();
      assertThat(server.exitCode()).isZero();
      assertThat(String.join("\n", server.log())).contains("stopped").doesNotContain("\tat ");
    }
  }

  @Test
  void running_jobs_have_stop_wait_to_finish() throws Exception {
    Path started = directory.resolve("started");
    Path done = directory.resolve("done");
    try (ZtickServer server = ZtickServer.in(directory).set("runs", "stop_wait", "25s").start();
        Wire wire = server.connect()) {
      wire.send(
              "RULE SET stop stop. shell \"touch "
                  + started
                  + "; trap 'exit 1' TERM; sleep 2; touch "
                  + done
                  + "\"")
          .expect("OK");
      wire.send("SET stop.job now").expect("OK");
      awaitFile(started);
      server.signal("TERM");
      assertThat(server.exitCode()).isZero();
      assertThat(done).exists();
    }
  }

  @Test
  void after_stop_wait_the_groups_get_term_and_then_kill() throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).set("runs", "stop_wait", "1s").start();
        Wire wire = server.connect()) {
      String polite = "sleep 600 & echo $$ $! > polite.tmp; mv polite.tmp polite; sleep 600";
      String stubborn =
          "trap '' TERM; echo $$ > stubborn.tmp; mv stubborn.tmp stubborn; while :; do sleep 1;"
              + " done";
      Map<String, String> scripts = Map.of("polite", polite, "stubborn", stubborn);
      for (String rule : scripts.keySet()) {
        String script = "cd " + directory + "; " + scripts.get(rule);
        wire.send("RULE SET %1$s stop.%1$s shell %2$s".formatted(rule, Words.quoted(script)))
            .expect("OK");
        wire.send("SET stop." + rule + " now").expect("OK");
        awaitFile(directory.resolve(rule));
      }
      server.signal("TERM");
      assertThat(server.exitCode()).isZero();
      for (String rule : List.of("polite", "stubborn")) {
        for (String pid : Files.readString(directory.resolve(rule)).strip().split(" ", -1)) {
          await("the end of " + pid)
              .atMost(ZtickServer.BOUND)
              .until(() -> RunLimitsIT.hasEnded(pid));
        }
      }
    }
  }

  @Test
  void a_second_signal_ends_it_at_once() throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).set("runs", "stop_wait", "1h").start()) {
      hang(server);
      server.signal("TERM");
      awaitRefused(server);
      assertThat(server.isAlive()).as("it waits for the running job").isTrue();
      server.signal("TERM");
      assertThat(server.exitCode()).isZero();
    }
  }

  @Test
  void while_stopping_nothing_is_accepted_and_nothing_is_changed() throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).set("runs", "stop_wait", "1h").start();
        Wire wire = server.connect()) {
      hang(server);
      wire.send("r1 PING").expect("r1 OK");
      server.signal("TERM");
      awaitRefused(server);
      assertThat(answerOrEnd(wire, "r2 SET stop.late 2099-04-01"))
          .satisfiesAnyOf(
              answer -> assertThat(answer).isEmpty(),
              answer -> assertThat(answer).matches("r2 ERROR stopping[^\n]*\n"));
      server.signal("TERM");
      assertThat(server.exitCode()).isZero();
    }
  }

  @Test
  void what_was_read_is_answered_and_every_answer_is_ok_or_stopping() throws Exception {
    int lines = 5000;
    try (ZtickServer server = ZtickServer.in(directory).start();
        Wire wire = server.connect()) {
      wire.write(
          IntStream.range(0, lines)
              .mapToObj(n -> "r" + n + " SET stop." + n + " 2099-04-01\n")
              .collect(Collectors.joining()));
      wire.expect("r0 OK");
      server.signal("TERM");
      int next = 1;
      boolean stopping = false;
      for (String answer : wire.remaining().lines().toList()) {
        assertThat(answer).startsWith("r" + next + " ");
        assertThat(answer)
            .matches(stopping ? "r\\d+ ERROR stopping.*" : "r\\d+ (OK|ERROR stopping.*)");
        stopping = answer.contains("ERROR stopping");
        next++;
      }
      assertThat(server.exitCode()).isZero();
    }
  }

  @Test
  void no_run_starts_after_the_signal() throws Exception {
    Path late = directory.resolve("late");
    try (ZtickServer server = ZtickServer.in(directory).set("runs", "stop_wait", "5s").start();
        Wire wire = server.connect()) {
      wire.send("RULE SET late late. shell \"touch " + late + "\"").expect("OK");
      wire.send("RULE SET slow slow. shell \"touch " + directory + "/slow; sleep 4\"").expect("OK");
      wire.send("SET slow.job now").expect("OK");
      awaitFile(directory.resolve("slow"));
      server.signal("TERM");
      awaitRefused(server);
      answerOrEnd(wire, "SET late.job now");
      assertThat(server.exitCode()).isZero();
      assertThat(late).doesNotExist();
    }
  }

  @Test
  void sighup_is_ignored() throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).start();
        Wire wire = server.connect()) {
      server.signal("HUP");
      for (int question = 0; question < 100; question++) {
        wire.send("r1 PING").expect("r1 OK");
      }
      assertThat(server.isAlive()).isTrue();
      server.signal("TERM");
      assertThat(server.exitCode()).isZero();
    }
  }

  @Test
  void an_address_in_use_ends_it_with_1() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      try (ZtickServer server =
          ZtickServer.in(directory).set("controller", "listen", address).launch()) {
        assertThat(server.exitCode()).isEqualTo(1);
        assertThat(String.join("\n", server.log())).contains(address).doesNotContain("\tat ");
      }
    }
  }

  private void hang(ZtickServer server) throws IOException {
    try (Wire wire = server.connect()) {
      Path hung = directory.resolve("hung");
      wire.send("RULE SET hung hung. shell \"touch " + hung + "; sleep 600\"").expect("OK");
      wire.send("SET hung.job now").expect("OK");
      awaitFile(hung);
    }
  }

  private static void awaitFile(Path file) {
    await(file.toString()).atMost(ZtickServer.BOUND).until(() -> Files.exists(file));
  }

  private static void awaitRefused(ZtickServer server) {
    await("stops accepting")
        .atMost(ZtickServer.BOUND)
        .until(
            () -> {
              try (Wire wire = server.connect()) {
                return answerOrEnd(wire, "PING").isEmpty();
              } catch (IOException e) {
                return true;
              }
            });
  }

  /// One answer with its line feed, or nothing when the connection has been closed.
  private static String answerOrEnd(Wire wire, String line) {
    try {
      return wire.send(line).halfClose().remaining();
    } catch (IOException e) {
      return "";
    }
  }
}
