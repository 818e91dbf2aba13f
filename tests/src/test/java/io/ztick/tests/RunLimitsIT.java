package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Slots, waiting, timeouts: each test with a server of its own.
class RunLimitsIT {
  @TempDir Path directory;

  @Test
  void at_most_max_concurrent_run_at_once_and_at_most_max_concurrent_per_rule_of_one_rule()
      throws Exception {
    try (ZtickServer server =
            ZtickServer.in(directory)
                .set("runs", "max_concurrent", 4)
                .set("runs", "max_concurrent_per_rule", 2)
                .start();
        Wire wire = server.connect()) {
      int rules = 3;
      int jobsPerRule = 5;
      // Each run waits until it is released.
      String script =
          "cd %s; echo +$ZTICK_JOB_ID >> trace; while [ ! -e $ZTICK_JOB_ID ]; do sleep 0.05; done;"
                  .formatted(directory)
              + " echo -$ZTICK_JOB_ID >> trace";
      Files.createFile(directory.resolve("trace"));
      for (int rule = 0; rule < rules; rule++) {
        wire.send("RULE SET r%1$d %1$d. shell %2$s".formatted(rule, Words.quoted(script)))
            .expect("OK");
        for (int job = 0; job < jobsPerRule; job++) {
          wire.send("SET " + rule + "." + job + " now").expect("OK");
        }
      }
      int[] left = {jobsPerRule, jobsPerRule, jobsPerRule};
      Set<String> released = new HashSet<>();
      while (released.size() < rules * jobsPerRule) {
        int slots = Math.min(4, Arrays.stream(left).map(jobs -> Math.min(2, jobs)).sum());
        List<String> running =
            await("slots are used")
                .atMost(ZtickServer.BOUND)
                .until(() -> started(released), jobs -> jobs.size() == slots);
        Files.createFile(directory.resolve(running.getFirst()));
        released.add(running.getFirst());
        left[running.getFirst().charAt(0) - '0']--;
      }
      await()
          .atMost(ZtickServer.BOUND)
          .until(
              () -> wire.rows("QUERY"),
              rows -> rows.stream().allMatch(row -> row.contains(" executed ")));
      assertTraceKeepsLimits(rules);
    }
  }

  /// The jobs whose runs have started, without those that have been released.
  private List<String> started(Set<String> released) throws IOException {
    return Files.readAllLines(directory.resolve("trace")).stream()
        .filter(line -> line.startsWith("+"))
        .map(line -> line.substring(1))
        .filter(job -> !released.contains(job))
        .toList();
  }

  private void assertTraceKeepsLimits(int rules) throws IOException {
    int[] running = new int[rules];
    for (String line : Files.readAllLines(directory.resolve("trace"))) {
      int rule = line.charAt(1) - '0';
      running[rule] += line.startsWith("+") ? 1 : -1;
      assertThat(running[rule]).as("runs of rule %d at once", rule).isBetween(0, 2);
      assertThat(Arrays.stream(running).sum()).as("runs at once").isBetween(0, 4);
    }
    assertThat(running).containsOnly(0);
  }

  @Test
  void two_hundred_hung_jobs_of_one_rule_do_not_hold_up_a_job_of_another_rule() throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).set("runs", "stop_wait", "1s").start();
        Wire wire = server.connect()) {
      wire.send("RULE SET hung hung. shell \"sleep 600\"").expect("OK");
      wire.send("RULE SET quick quick. direct true").expect("OK");
      for (int job = 0; job < 200; job++) {
        wire.send("SET hung." + job + " now").expect("OK");
      }
      await()
          .atMost(ZtickServer.BOUND)
          .until(
              () -> wire.rows("QUERY hung."),
              rows -> rows.stream().allMatch(row -> row.contains(" triggered ")));
      wire.send("SET quick.job now").expect("OK").awaitStatus("quick.job", "executed");
      assertThat(wire.rows("QUERY hung.")).allMatch(row -> row.contains(" triggered "));
      assertThat(wire.table("STAT"))
          .containsEntry("executions_inflight", "16")
          .containsEntry("executions_pending", "184")
          .containsEntry("jobs_triggered", "200");
    }
  }

  @Test
  void a_run_that_has_not_started_is_cancelled_by_set_and_remove() throws Exception {
    try (ZtickServer server =
            ZtickServer.in(directory).set("runs", "max_concurrent_per_rule", 1).start();
        Wire wire = server.connect()) {
      String script =
          "echo $ZTICK_JOB_ID >> DIR/ran.txt; while [ ! -e DIR/go ]; do sleep 0.05; done"
              .replace("DIR", directory.toString());
      wire.send("RULE SET wait wait. shell " + Words.quoted(script)).expect("OK");
      wire.send("SET wait.first now").expect("OK").awaitStatus("wait.first", "triggered");
      await().atMost(ZtickServer.BOUND).until(() -> Files.exists(directory.resolve("ran.txt")));
      for (String job : List.of("wait.removed", "wait.replanned", "wait.last")) {
        wire.send("SET " + job + " now").expect("OK").awaitStatus(job, "triggered");
      }
      wire.send("REMOVE wait.removed").expect("OK");
      wire.send("SET wait.replanned 2099-04-01").expect("OK");
      Files.createFile(directory.resolve("go"));
      wire.awaitStatus("wait.last", "executed");
      assertThat(Files.readAllLines(directory.resolve("ran.txt")))
          .containsExactly("wait.first", "wait.last");
      wire.send("GET wait.removed").expect("ERROR not_found…");
      wire.send("GET wait.replanned").expect("OK planned 4078684800000000000");
    }
  }

  @Test
  void waiting_runs_start_in_due_order() throws Exception {
    try (ZtickServer server =
            ZtickServer.in(directory).set("runs", "max_concurrent_per_rule", 1).start();
        Wire wire = server.connect()) {
      String script =
          "while [ ! -e DIR/go ]; do sleep 0.05; done; echo $ZTICK_JOB_ID >> DIR/ran.txt"
              .replace("DIR", directory.toString());
      wire.send("RULE SET order order. shell " + Words.quoted(script)).expect("OK");
      wire.send("SET order.first 0").expect("OK").awaitStatus("order.first", "triggered");
      wire.send("SET order.c +1100ms").expect("OK");
      wire.send("SET order.a +1200ms").expect("OK");
      wire.send("SET order.b +1300ms").expect("OK").awaitStatus("order.b", "triggered");
      Files.createFile(directory.resolve("go"));
      wire.awaitStatus("order.b", "executed");
      assertThat(Files.readAllLines(directory.resolve("ran.txt")))
          .containsExactly("order.first", "order.c", "order.a", "order.b");
    }
  }

  @Test
  void timeout_ends_the_whole_process_group_with_term_then_kill_and_the_job_is_failed()
      throws Exception {
    try (ZtickServer server =
            ZtickServer.in(directory)
                // Long enough for every shell to have set its trap.
                .set("runs", "timeout", "6s")
                .set("runs", "kill_grace", "3s")
                .start();
        Wire wire = server.connect()) {
      String group = "sleep 600 & echo $! $$ > " + directory + "/group.txt; sleep 600";
      String stubborn =
          "trap '' TERM; echo $$ > %s/stubborn.txt; while :; do sleep 1; done".formatted(directory);
      String polite =
          "trap 'echo term > %1$s/term.txt; exit 0' TERM; while :; do sleep 0.1; done"
              .formatted(directory);
      wire.send("RULE SET group late.group shell " + Words.quoted(group)).expect("OK");
      wire.send("RULE SET stubborn late.stubborn shell " + Words.quoted(stubborn)).expect("OK");
      wire.send("RULE SET polite late.polite shell " + Words.quoted(polite)).expect("OK");
      wire.send("RULE SET direct late.direct direct sleep 600").expect("OK");
      for (String job : List.of("late.group", "late.stubborn", "late.polite", "late.direct")) {
        wire.send("SET " + job + " now").expect("OK");
      }
      for (String job : List.of("late.group", "late.stubborn", "late.polite", "late.direct")) {
        wire.awaitStatus(job, "failed");
        assertThat(wire.table("SHOW " + job)).as(job).containsEntry("outcome", "timeout");
      }
      assertThat(directory.resolve("term.txt")).hasContent("term");
      for (String file : List.of("group.txt", "stubborn.txt")) {
        for (String pid : Files.readString(directory.resolve(file)).strip().split(" ", -1)) {
          await("the end of " + pid).atMost(ZtickServer.BOUND).until(() -> hasEnded(pid));
        }
      }
    }
  }

  @Test
  void http_timeout_ends_a_call_that_is_not_answered() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        ZtickServer server = ZtickServer.in(directory).set("runs", "http_timeout", "1s").start();
        Wire wire = server.connect()) {
      wire.send(
              "RULE SET silent silent. http GET http://127.0.0.1:%d/"
                  .formatted(silent.getLocalPort()))
          .expect("OK");
      wire.send("SET silent.job now").expect("OK").awaitStatus("silent.job", "failed");
      assertThat(wire.table("SHOW silent.job")).containsEntry("outcome", "timeout");
    }
  }

  @Test
  void shell_path_and_args_and_the_runs_directory_are_configured() throws Exception {
    Path shell = directory.resolve("my-shell");
    Files.writeString(shell, "#!/bin/sh\nprintf '%s|' \"$@\" > args.txt\n");
    Files.setPosixFilePermissions(shell, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (ZtickServer server =
            ZtickServer.in(directory)
                .set("shell", "path", shell.toString())
                .set("shell", "args", List.of("--first", "a b"))
                .set("runs", "directory", directory.toString())
                .start();
        Wire wire = server.connect()) {
      wire.send("RULE SET shell shell. shell echo hi").expect("OK");
      wire.send("SET shell.job now").expect("OK").awaitStatus("shell.job", "executed");
      assertThat(directory.resolve("args.txt")).hasContent("--first|a b|echo hi|");
    }
  }

  @Test
  void a_runner_that_is_not_allowed_is_refused() throws Exception {
    try (ZtickServer server =
            ZtickServer.in(directory).set("runs", "allow", List.of("http")).start();
        Wire wire = server.connect()) {
      for (String clause : List.of("shell true", "direct true", "awf deploy")) {
        assertThat(wire.ask("r1 RULE SET allow allow. " + clause)).startsWith("r1 ERROR ");
      }
      wire.send("r2 LISTRULES").expect("r2 OK");
      wire.send("r3 RULE SET allow allow. http GET http://127.0.0.1:1/").expect("r3 OK");
    }
  }

  /// Gone, or a zombie that nobody has waited for.
  static boolean hasEnded(String pid) {
    try {
      String stat = Files.readString(Path.of("/proc", pid, "stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) == 'Z';
    } catch (IOException e) {
      return true;
    }
  }
}
