package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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
  void a_signal_while_the_server_starts_is_no_failure() throws Exception {
    for (int round = 0; round < 3; round++) {
      assertThat(exitCodeWhenStopped(StopIT::hasLoop)).as("in Java's main").isZero();
      assertThat(exitCodeWhenStopped(server -> server.awaitLog("listening on") != null))
          .as("listening")
          .isZero();
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
  void what_was_sent_is_answered_with_ok_or_a_last_stopping() throws Exception {
    int connections = 50;
    // Less than the 64 KiB that the server reads and drops behind its last answer.
    int lines = 2000;
    List<Wire> wires = new ArrayList<>();
    try (ZtickServer server = ZtickServer.in(directory).start()) {
      while (wires.size() < connections) {
        wires.add(server.connect().send("PING").expect("OK"));
      }
      String sent =
          IntStream.range(0, lines)
              .mapToObj(n -> "r" + n + " SET stop." + n + " 2099-04-01\n")
              .collect(Collectors.joining());
      for (Wire wire : wires) {
        wire.write(sent);
      }
      server.signal("TERM");
      for (Wire wire : wires) {
        assertAnsweredUntilStopping(wire.remaining().lines().toList(), lines);
      }
      assertThat(server.exitCode()).isZero();
    } finally {
      for (Wire wire : wires) {
        wire.close();
      }
    }
  }

  private static void assertAnsweredUntilStopping(List<String> answers, int lines) {
    boolean stopping = false;
    for (int line = 0; line < answers.size(); line++) {
      String allowed = stopping ? "ERROR stopping.*" : "(OK|ERROR stopping.*)";
      assertThat(answers.get(line)).matches("r" + line + " " + allowed);
      stopping = answers.get(line).contains("ERROR stopping");
    }
    assertThat(stopping || answers.size() == lines)
        .as("answers just stop after %d of %d", answers.size(), lines)
        .isTrue();
  }

  @Test
  void no_run_starts_after_the_signal() throws Exception {
    Path late = directory.resolve("late");
    Path done = directory.resolve("done");
    String slow =
        "cd %s; touch slow; while [ ! -e go ]; do sleep 0.05; done; touch done"
            .formatted(directory);
    try (ZtickServer server = ZtickServer.in(directory).set("runs", "stop_wait", "1m").start();
        Wire wire = server.connect()) {
      wire.send("RULE SET late late. shell \"touch " + late + "\"").expect("OK");
      wire.send("RULE SET slow slow. shell " + Words.quoted(slow)).expect("OK");
      wire.send("SET slow.job now").expect("OK");
      awaitFile(directory.resolve("slow"));
      wire.send("SET late.job +4s").expect("OK");
      Instant due = Instant.EPOCH.plusNanos(wire.executionNanos("late.job"));
      server.signal("TERM");
      awaitRefused(server);
      await("it would have run by now")
          .atMost(ZtickServer.BOUND)
          .until(() -> Instant.now().isAfter(due.plusSeconds(2)));
      Files.createFile(directory.resolve("go"));
      assertThat(server.exitCode()).isZero();
      assertThat(done).exists();
      assertThat(late).doesNotExist();
    }
  }

  @Test
  void sighup_ends_nothing() throws Exception {
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

  private int exitCodeWhenStopped(ThrowingPredicate<ZtickServer> moment) throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).launch()) {
      await("the moment")
          .atMost(ZtickServer.BOUND)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> moment.test(server));
      server.signal("TERM");
      int exitCode = server.exitCode();
      assertThat(String.join("\n", server.log())).doesNotContain("\tat ", "ERROR");
      return exitCode;
    }
  }

  /// Whether the thread that serves the sockets is there.
  private static boolean hasLoop(ZtickServer server) throws IOException {
    try (var threads = Files.list(server.proc("task"))) {
      return threads.anyMatch(thread -> isNamed(thread.resolve("comm"), "loop"));
    }
  }

  private static boolean isNamed(Path comm, String name) {
    try {
      return Files.readString(comm).equals(name + "\n");
    } catch (IOException e) {
      return false;
    }
  }

  private interface ThrowingPredicate<T> {
    boolean test(T value) throws Exception;
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
