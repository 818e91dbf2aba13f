package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a restart brings back, and what runs then.
class DurabilityIT {
  @TempDir Path directory;

  /// How a server comes to its end.
  enum End {
    STOPPED {
      @Override
      void of(ZtickServer server) throws Exception {
        server.stop();
      }
    },
    KILLED {
      @Override
      void of(ZtickServer server) throws Exception {
        server.kill();
      }
    };

    abstract void of(ZtickServer server) throws Exception;
  }

  private ZtickServer start() throws Exception {
    return ZtickServer.withJournal(directory).start();
  }

  @Test
  void the_journal_is_the_default_and_says_so() throws Exception {
    Path home = directory.resolve("xdg");
    String listen = "[controller]\nlisten = \"127.0.0.1:0\"\n";
    try (ZtickServer server =
        ZtickServer.in(directory).environment("XDG_STATE_HOME", home.toString()).launch(listen)) {
      assertThat(server.awaitLog("started:")).contains("persistence journal, 0 jobs, 0 rules");
      assertThat(server.recovered()).isEqualTo(new ZtickServer.Recovered(0, 0));
      assertThat(server.awaitLog("last change")).contains("INFO", home.resolve("ztick").toString());
      assertThat(home.resolve("ztick/journal/CURRENT")).exists();
    }
  }

  @Test
  void nobody_else_may_look_into_a_directory_that_it_has_made() throws Exception {
    Path state = directory.resolve("new/and/deep");
    try (ZtickServer server = ZtickServer.in(directory).journal(state).start()) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state)))
          .isEqualTo("rwx------");
      assertThat(state.resolve("lock")).exists();
      assertThat(state.resolve("journal")).isDirectory();
      assertThat(server.isAlive()).isTrue();
    }
  }

  @Test
  void a_second_server_on_the_same_directory_is_refused() throws Exception {
    Path second = Files.createDirectory(directory.resolve("second"));
    try (ZtickServer server = start();
        Wire wire = server.connect();
        ZtickServer other = ZtickServer.in(second).journal(ZtickServer.state(directory)).launch()) {
      assertThat(other.exitCode()).isEqualTo(1);
      assertThat(other.log())
          .last()
          .asString()
          .startsWith("ztick: ")
          .contains("is in use", ZtickServer.state(directory).toString());
      wire.send("SET in.use 2099-04-01").expect("OK");
    }
    try (ZtickServer server = start();
        Wire wire = server.connect()) {
      wire.send("GET in.use").expect("OK planned 4078684800000000000");
    }
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void everything_acknowledged_is_there_afterwards(End end) throws Exception {
    HttpServer web =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(503, -1);
          exchange.close();
        });
    web.start();
    Map<String, Object> before;
    try (ZtickServer server = start();
        Wire wire = server.connect()) {
      finishInEveryWay(wire, "http://user:word@127.0.0.1:" + web.getAddress().getPort() + "/");
      before = everything(wire);
      end.of(server);
    } finally {
      web.stop(0);
    }
    for (int restart = 0; restart < 2; restart++) {
      try (ZtickServer server = start();
          Wire wire = server.connect()) {
        assertThat(everything(wire)).as("restart %d", restart).isEqualTo(before);
        wire.send("GET gone").expect("ERROR not_found…");
        end.of(server);
      }
    }
  }

  private static void finishInEveryWay(Wire wire, String url) throws IOException {
    Map<String, String> rules = new LinkedHashMap<>();
    rules.put("ok", "direct true");
    rules.put("exit", "shell \"exit 3\"");
    rules.put("signal", "shell \"kill -9 $$\"");
    rules.put("status", "http POST " + url);
    rules.put("missing", "direct /no/such/program");
    rules.put("é \\\"q\\\" \\\\", "direct echo \"two words\" \"\" \"a\\nb\"");
    for (Map.Entry<String, String> rule : rules.entrySet()) {
      String name = "\"" + rule.getKey() + "\"";
      wire.send("RULE SET %1$s %1$s %2$s".formatted(name, rule.getValue())).expect("OK");
      wire.send("SET %s now".formatted(name)).expect("OK");
    }
    wire.send("SET without.rule 1234567890123456789").expect("OK");
    wire.send("SET far 2099-04-01 03:00:00.123456789").expect("OK");
    wire.send("SET replanned 2098-04-01").expect("OK");
    wire.send("SET replanned 2099-04-01").expect("OK");
    wire.send("SET gone 2099-04-01").expect("OK").send("REMOVE gone").expect("OK");
    wire.send("RULE SET gone gone direct true").expect("OK");
    wire.send("REMOVERULE gone").expect("OK");
    await()
        .atMost(ZtickServer.BOUND)
        .until(
            () -> wire.table("STAT"), stat -> "2".equals(stat.get("jobs_planned")) && done(stat));
  }

  private static boolean done(Map<String, String> stat) {
    return "0".equals(stat.get("jobs_triggered"));
  }

  /// All that a client can see of jobs and rules.
  private static Map<String, Object> everything(Wire wire) throws IOException {
    Map<String, Object> everything = new LinkedHashMap<>();
    List<String> jobs = wire.rows("QUERY");
    everything.put("jobs", jobs);
    everything.put("rules", wire.rows("LISTRULES"));
    for (String row : jobs) {
      String job = Words.of(row).getFirst();
      everything.put("job " + job, wire.rows("SHOW " + Words.quoted(job)));
    }
    return everything;
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void plan_numbers_go_on_rising_when_the_last_one_was_removed(End end) throws Exception {
    long last;
    try (ZtickServer server = start();
        Wire wire = server.connect()) {
      wire.send("RULE SET r number direct true").expect("OK");
      wire.send("SET far 2099-04-01").expect("OK");
      last = plan(wire);
      wire.send("REMOVE number").expect("OK");
      end.of(server);
    }
    for (int restart = 0; restart < 2; restart++) {
      try (ZtickServer server = start();
          Wire wire = server.connect()) {
        long next = plan(wire);
        assertThat(next).isGreaterThan(last);
        last = next;
        wire.send("REMOVE number").expect("OK");
        end.of(server);
      }
    }
  }

  private static long plan(Wire wire) throws IOException {
    wire.send("SET number now").expect("OK").awaitStatus("number", "executed");
    String runId = wire.table("SHOW number").getOrDefault("run_id", "missing");
    return Long.parseLong(runId.substring(0, runId.indexOf('-')));
  }

  @Test
  void what_was_kept_too_long_goes_after_a_restart() throws Exception {
    int jobs = 1500;
    try (ZtickServer server = start();
        Wire wire = server.connect()) {
      wire.send("SET far 2099-04-01").expect("OK");
      StringBuilder lines = new StringBuilder();
      for (int job = 0; job < jobs; job++) {
        lines.append("SET old.").append(job).append(" now\n");
      }
      wire.write(lines.toString());
      for (int job = 0; job < jobs; job++) {
        wire.expect("OK");
      }
      wire.awaitStatus("old." + (jobs - 1), "failed");
      server.kill();
    }
    try (ZtickServer server = start();
        Wire wire = server.connect()) {
      assertThat(wire.rows("QUERY old.")).as("within the retention").hasSize(jobs);
      server.kill();
    }
    try (ZtickServer server =
            ZtickServer.withJournal(directory).set("database", "retention", "1s").start();
        Wire wire = server.connect()) {
      await().atMost(ZtickServer.BOUND).until(() -> wire.rows("QUERY").size() == 1);
      server.kill();
    }
    try (ZtickServer server = start();
        Wire wire = server.connect()) {
      assertThat(wire.rows("QUERY")).containsExactly("far planned 4078684800000000000");
    }
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void jobs_due_while_it_was_down_run_at_once(End end) throws Exception {
    int jobs = 300;
    Path ran = Files.createDirectory(directory.resolve("ran"));
    Instant due;
    try (ZtickServer server = start();
        Wire wire = server.connect()) {
      String touch = "touch " + ran + "/$ZTICK_JOB_ID.$ZTICK_ATTEMPT";
      wire.send("RULE SET down down. shell " + Words.quoted(touch)).expect("OK");
      due = Instant.now().plusSeconds(8);
      StringBuilder lines = new StringBuilder();
      for (int job = 0; job < jobs; job++) {
        lines.append("SET down.%d %s\n".formatted(job, due));
      }
      wire.write(lines.toString());
      for (int job = 0; job < jobs; job++) {
        wire.expect("OK");
      }
      end.of(server);
    }
    assertThat(Instant.now()).as("it ended before anything was due").isBefore(due);
    await().atMost(ZtickServer.BOUND).until(() -> Instant.now().isAfter(due));
    assertThat(ran).isEmptyDirectory();
    try (ZtickServer server = start();
        Wire wire = server.connect()) {
      await()
          .atMost(ZtickServer.BOUND.multipliedBy(2))
          .until(() -> wire.rows("QUERY down."), rows -> allExecuted(rows, jobs));
      assertThat(Tree.contents(ran)).hasSize(1 + jobs).containsKey("down.0.1");
    }
  }

  private static boolean allExecuted(List<String> rows, int jobs) {
    return rows.size() == jobs && rows.stream().allMatch(row -> row.contains(" executed "));
  }

  @Test
  void what_had_been_triggered_runs_again_as_the_next_attempt_of_the_same_run() throws Exception {
    Path trace = directory.resolve("trace.txt");
    String script =
        "echo $ZTICK_RUN_ID $ZTICK_ATTEMPT >> %s; [ $ZTICK_ATTEMPT = 4 ] || sleep 600"
            .formatted(trace);
    List<String> expected = new ArrayList<>();
    String runId = "";
    for (int attempt = 1; attempt <= 4; attempt++) {
      try (ZtickServer server = start();
          Wire wire = server.connect()) {
        if (attempt == 1) {
          wire.send("RULE SET again again. shell " + Words.quoted(script)).expect("OK");
          wire.send("SET again.job now").expect("OK");
        }
        int lines = attempt;
        await().atMost(ZtickServer.BOUND).until(() -> lines(trace).size() == lines);
        runId = wire.table("SHOW again.job").getOrDefault("run_id", "missing");
        expected.add(runId + " " + attempt);
        assertThat(lines(trace)).isEqualTo(expected);
        if (attempt == 4) {
          wire.awaitStatus("again.job", "executed");
          assertThat(wire.table("SHOW again.job"))
              .containsEntry("attempt", "4")
              .containsEntry("outcome", "ok");
        }
        server.kill();
      }
    }
    try (ZtickServer server = start();
        Wire wire = server.connect()) {
      wire.send("RULE SET barrier barrier direct true").expect("OK");
      wire.send("SET barrier now").expect("OK").awaitStatus("barrier", "executed");
      assertThat(wire.table("SHOW again.job"))
          .containsEntry("status", "executed")
          .containsEntry("run_id", runId);
      assertThat(lines(trace)).as("what has ended stays so").isEqualTo(expected);
    }
  }

  @Test
  void a_triggered_job_keeps_its_rule_and_one_planned_anew_does_not_run_again() throws Exception {
    Path trace = directory.resolve("trace.txt");
    String script = "echo $ZTICK_JOB_ID %s $ZTICK_ATTEMPT >> " + trace + "; sleep 600";
    try (ZtickServer server = start();
        Wire wire = server.connect()) {
      wire.send("RULE SET r keeps. shell " + Words.quoted(script.formatted("old"))).expect("OK");
      for (String job : List.of("keeps.a", "keeps.planned", "keeps.removed")) {
        wire.send("SET " + job + " now").expect("OK");
      }
      await().atMost(ZtickServer.BOUND).until(() -> lines(trace).size() == 3);
      wire.send("RULE SET r keeps. shell " + Words.quoted(script.formatted("new"))).expect("OK");
      wire.send("SET keeps.planned 2099-04-01").expect("OK");
      wire.send("REMOVE keeps.removed").expect("OK");
      server.kill();
    }
    try (ZtickServer server = start();
        Wire wire = server.connect()) {
      await().atMost(ZtickServer.BOUND).until(() -> lines(trace).contains("keeps.a old 2"));
      wire.send("GET keeps.planned").expect("OK planned 4078684800000000000");
      wire.send("GET keeps.removed").expect("ERROR not_found…");
      assertThat(lines(trace)).hasSize(4);
      server.kill();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "trap '' TERM; "})
  void a_process_left_behind_is_ended_before_its_run_is_repeated(String trap) throws Exception {
    Path trace = directory.resolve("trace.txt");
    Path pids = directory.resolve("pids");
    String script =
        """
        %scd %s
        for pid in $(cat pids); do
          state=$(sed 's/.*) //' /proc/$pid/stat | cut -c1)
          case $state in ''|Z|X) ;; *) echo "overlap $pid" >> trace.txt ;; esac
        done
        sleep $((ZTICK_ATTEMPT == 1 ? 60 : 1)) &
        echo $$ $! >> pids
        echo "begin $ZTICK_RUN_ID $ZTICK_ATTEMPT" >> trace.txt
        wait
        echo "end $ZTICK_RUN_ID $ZTICK_ATTEMPT" >> trace.txt
        """
            .formatted(trap, directory)
            .strip()
            .replace("\n", "\\n");
    Files.createFile(pids);
    String runId;
    try (ZtickServer server = start();
        Wire wire = server.connect()) {
      wire.send("RULE SET left left. shell \"" + script.replace("\"", "\\\"") + "\"").expect("OK");
      wire.send("SET left.job now").expect("OK");
      await().atMost(ZtickServer.BOUND).until(() -> lines(trace).size() == 1);
      runId = wire.table("SHOW left.job").getOrDefault("run_id", "missing");
      server.kill();
    }
    List<String> left = List.of(lines(pids).getFirst().split(" ", -1));
    assertThat(left).hasSize(2).noneMatch(RunLimitsIT::hasEnded);
    try (ZtickServer server =
            ZtickServer.withJournal(directory).set("runs", "kill_grace", "300ms").start();
        Wire wire = server.connect()) {
      wire.awaitStatus("left.job", "executed");
      assertThat(left).allMatch(RunLimitsIT::hasEnded);
      assertThat(lines(trace))
          .containsExactly("begin " + runId + " 1", "begin " + runId + " 2", "end " + runId + " 2");
    }
  }

  @Test
  void a_run_in_flight_at_a_stop_runs_again_as_the_next_attempt() throws Exception {
    Path trace = directory.resolve("trace.txt");
    String script =
        "echo $ZTICK_RUN_ID $ZTICK_ATTEMPT >> %s; [ $ZTICK_ATTEMPT = 2 ] || sleep 600"
            .formatted(trace);
    String runId;
    try (ZtickServer server =
            ZtickServer.withJournal(directory).set("runs", "stop_wait", "100ms").start();
        Wire wire = server.connect()) {
      wire.send("RULE SET flight flight. shell " + Words.quoted(script)).expect("OK");
      wire.send("SET flight.job now").expect("OK");
      await().atMost(ZtickServer.BOUND).until(() -> lines(trace).size() == 1);
      runId = wire.table("SHOW flight.job").getOrDefault("run_id", "missing");
      server.stop();
    }
    try (ZtickServer server = start();
        Wire wire = server.connect()) {
      wire.awaitStatus("flight.job", "executed");
      assertThat(lines(trace)).containsExactly(runId + " 1", runId + " 2");
      assertThat(wire.table("SHOW flight.job"))
          .containsEntry("run_id", runId)
          .containsEntry("attempt", "2")
          .containsEntry("outcome", "ok");
    }
  }

  @Test
  void a_run_that_ends_while_the_server_stops_has_its_outcome_afterwards() throws Exception {
    Path trace = directory.resolve("trace.txt");
    String script = "echo $ZTICK_ATTEMPT >> %s; sleep 1; exit 7".formatted(trace);
    try (ZtickServer server =
            ZtickServer.withJournal(directory).set("runs", "stop_wait", "25s").start();
        Wire wire = server.connect()) {
      wire.send("RULE SET ends ends. shell " + Words.quoted(script)).expect("OK");
      wire.send("SET ends.job now").expect("OK");
      await().atMost(ZtickServer.BOUND).until(() -> lines(trace).size() == 1);
      server.stop();
    }
    try (ZtickServer server = start();
        Wire wire = server.connect()) {
      assertThat(wire.table("SHOW ends.job"))
          .containsEntry("status", "failed")
          .containsEntry("attempt", "1")
          .containsEntry("outcome", "exit 7");
      assertThat(lines(trace)).containsExactly("1");
    }
  }

  @Test
  void stat_tells_of_the_journal() throws Exception {
    try (ZtickServer server = start();
        Wire wire = server.connect()) {
      long begun = Instant.now().getEpochSecond();
      wire.send("SET stat.a 2099-04-01").expect("OK").send("SET stat.b 2099-04-01").expect("OK");
      Map<String, String> stat = wire.table("STAT");
      assertThat(stat)
          .containsEntry("persistence", "journal")
          .containsEntry("journal_records", "2");
      assertThat(stat.get("compression")).isIn("idle", "running");
      assertThat(number(stat, "journal_bytes")).isPositive();
      assertThat(number(stat, "journal_last_sync_ns") / 1_000_000_000)
          .isGreaterThanOrEqualTo(begun);
    }
    try (ZtickServer server = start();
        Wire wire = server.connect()) {
      assertThat(wire.table("STAT")).containsEntry("journal_records", "0");
      assertThat(server.recovered().lastChange()).isEqualTo(2);
    }
  }

  @Test
  void stat_tells_only_tokens_of_all_namespaces_of_the_journal() throws Exception {
    String tokens =
        """
        [token.all]
        secret = "all-secret"
        namespace = "*"
        [token.one]
        secret = "one-secret"
        namespace = "one."
        """;
    try (ZtickServer server = ZtickServer.withJournal(directory).auth(tokens).start();
        Wire all = server.connect("all-secret");
        Wire one = server.connect("one-secret")) {
      assertThat(all.table("STAT"))
          .containsKeys("journal_bytes", "journal_last_sync_ns", "journal_records");
      assertThat(one.table("STAT"))
          .containsEntry("persistence", "journal")
          .doesNotContainKeys("journal_bytes", "journal_last_sync_ns", "journal_records");
    }
  }

  private static long number(Map<String, String> stat, String key) {
    return Long.parseLong(stat.getOrDefault(key, "missing"));
  }

  private static List<String> lines(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }
}
