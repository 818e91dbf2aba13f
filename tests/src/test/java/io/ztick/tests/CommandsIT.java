package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The table of commands, row by row.
class CommandsIT {
  private static final List<String> SHOW_KEYS =
      List.of(
          "status",
          "execution_ns",
          "run_id",
          "rule",
          "attempt",
          "started_ns",
          "ended_ns",
          "outcome");
  private static final List<String> STAT_KEYS =
      List.of(
          "uptime_ns",
          "connections",
          "jobs_total",
          "jobs_planned",
          "jobs_triggered",
          "jobs_executed",
          "jobs_failed",
          "rules_total",
          "executions_pending",
          "executions_inflight",
          "persistence",
          "compression",
          "auth_enabled",
          "tls_enabled",
          "framerate");

  @TempDir static Path directory;
  private static ZtickServer server;

  @BeforeAll
  static void start() throws Exception {
    server = ZtickServer.in(directory).start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void auth_with_authentication_off_is_ok_with_or_without_a_secret() throws Exception {
    play(
        """
        > AUTH
        < OK
        > AUTH any secret
        < OK
        > AUTH ""
        < OK
        > r1 PING
        < r1 OK
        """);
  }

  @Test
  void set_creates_the_job_or_plans_it_anew() throws Exception {
    play(
        """
        > r1 SET cmd.set 2099-04-01 12:00:00
        < r1 OK
        > r2 GET cmd.set
        < r2 OK planned 4078728000000000000
        > r3 SET cmd.set 2099-04-01
        < r3 OK
        > r4 GET cmd.set
        < r4 OK planned 4078684800000000000
        """);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET",
        "SET cmd.count",
        "SET cmd.count 2099-04-01 12:00:00 x",
        "SET cmd.count 4078684800000000000 12:00:00",
        "SET cmd.count now now",
        "GET",
        "GET cmd.count x",
        "SHOW",
        "SHOW cmd.count x",
        "QUERY cmd.count x",
        "REMOVE",
        "REMOVE cmd.count x",
        "RULE SET",
        "RULE SET cmd.count",
        "RULE SET cmd.count cmd.count",
        "RULE SET cmd.count cmd.count shell",
        "REMOVERULE",
        "REMOVERULE cmd.count x",
        "RULE REMOVE",
        "RULE REMOVE cmd.count x",
        "LISTRULES x",
        "RULE LIST x",
        "STAT x",
        "PING x",
        "HELP x",
        "QUIT x"
      })
  void words_missing_or_too_many_are_a_bad_request(String line) throws Exception {
    try (Wire wire = server.connect()) {
      assertThat(wire.ask("r1 " + line)).matches("r1 ERROR bad_request .+");
      wire.send("r2 PING").expect("r2 OK");
      wire.send("r3 GET cmd.count").expect("r3 ERROR not_found…");
    }
  }

  @Test
  void identifiers_and_patterns_are_1_to_255_bytes_of_utf_8_without_control_characters()
      throws Exception {
    try (Wire wire = server.connect()) {
      for (String id : new String[] {"c", "é".repeat(127) + "x", "x".repeat(255), "\u00a0", "*"}) {
        wire.send("r1 SET " + id + " 2099-04-01").expect("r1 OK");
        wire.send("r2 GET " + id).expect("r2 OK planned…");
        wire.send("r3 RULE SET " + id + " " + id + " shell true").expect("r3 OK");
        wire.send("r4 REMOVERULE " + id).expect("r4 OK");
        wire.send("r5 REMOVE " + id).expect("r5 OK");
      }
      for (String id :
          new String[] {
            "\"\"", "é".repeat(128), "x".repeat(256), "\"a\\nb\"", "a\tb", "\"\\u{7f}\"", "a\u009fb"
          }) {
        for (String command :
            new String[] {
              "SET ID 2099-04-01",
              "GET ID",
              "SHOW ID",
              "REMOVE ID",
              "RULE SET ID cmd. shell true",
              "RULE SET cmd. ID shell true",
              "REMOVERULE ID"
            }) {
          wire.send("r1 " + command.replace("ID", id)).expect("r1 ERROR bad_request…");
        }
      }
      wire.send("r2 LISTRULES").expect("r2 OK");
    }
  }

  @Test
  void get_answers_status_and_planned_time() throws Exception {
    play(
        """
        > r1 GET cmd.get
        < r1 ERROR not_found…
        > r2 SET cmd.get 2099-04-01
        < r2 OK
        > r3 GET cmd.get
        < r3 OK planned 4078684800000000000
        """);
  }

  @Test
  void show_answers_rows_of_key_and_value_as_far_as_they_exist() throws Exception {
    try (Wire wire = server.connect()) {
      wire.send("r1 SHOW cmd.show").expect("r1 ERROR not_found…");
      wire.send("SHOW cmd.show").expect("ERROR not_found…");
      wire.send("SET cmd.show 2099-04-01").expect("OK");
      Map<String, String> planned = wire.table("SHOW cmd.show");
      assertThat(planned)
          .containsEntry("status", "planned")
          .containsEntry("execution_ns", "4078684800000000000")
          .doesNotContainKeys("rule", "started_ns", "ended_ns", "outcome");
      wire.send("SET cmd.show 0").expect("OK");
      wire.awaitStatus("cmd.show", "failed");
      Map<String, String> failed = wire.table("SHOW cmd.show");
      assertThat(failed)
          .containsEntry("status", "failed")
          .containsEntry("execution_ns", "0")
          .containsEntry("outcome", "no rule");
      for (Map<String, String> shown : List.of(planned, failed)) {
        List<String> order = new ArrayList<>(SHOW_KEYS);
        order.retainAll(shown.keySet());
        assertThat(shown.keySet()).containsExactlyElementsOf(order);
      }
    }
  }

  @Test
  void query_lists_jobs_by_plain_byte_prefix_in_byte_order_of_the_ids() throws Exception {
    try (Wire wire = server.connect()) {
      for (String job : new String[] {"b", "a", "Z", "é", "\uff5e", "😀", "a.b", "a*", "\"a b\""}) {
        String id = job.startsWith("\"") ? "\"cmd.query." + job.substring(1) : "cmd.query." + job;
        wire.send("SET " + id + " 2099-04-01").expect("OK");
      }
      assertThat(wire.rows("QUERY cmd.query."))
          .containsExactly(
              "cmd.query.Z planned 4078684800000000000",
              "cmd.query.a planned 4078684800000000000",
              "\"cmd.query.a b\" planned 4078684800000000000",
              "cmd.query.a* planned 4078684800000000000",
              "cmd.query.a.b planned 4078684800000000000",
              "cmd.query.b planned 4078684800000000000",
              "cmd.query.é planned 4078684800000000000",
              "cmd.query.\uff5e planned 4078684800000000000",
              "cmd.query.😀 planned 4078684800000000000");
      assertThat(wire.table("QUERY cmd.query.a."))
          .as("the dot is no wildcard")
          .containsOnlyKeys("cmd.query.a.b");
      assertThat(wire.table("QUERY cmd.query.a*"))
          .as("one trailing star is dropped")
          .containsOnlyKeys("cmd.query.a", "cmd.query.a b", "cmd.query.a*", "cmd.query.a.b");
      assertThat(wire.table("QUERY cmd.query.a**"))
          .as("one, not two")
          .containsOnlyKeys("cmd.query.a*");
      assertThat(wire.table("QUERY \"cmd.query.a \"")).containsOnlyKeys("cmd.query.a b");
      assertThat(wire.table("QUERY cmd.query.none")).isEmpty();
      assertThat(wire.table("QUERY")).containsKeys("cmd.query.a", "cmd.query.😀");
      assertThat(wire.table("QUERY *")).isEqualTo(wire.table("QUERY"));
    }
  }

  @Test
  void remove_deletes_the_job() throws Exception {
    play(
        """
        > r1 SET cmd.remove 2099-04-01
        < r1 OK
        > r2 REMOVE cmd.remove
        < r2 OK
        > r3 GET cmd.remove
        < r3 ERROR not_found…
        > r4 REMOVE cmd.remove
        < r4 ERROR not_found…
        > SHOW cmd.remove
        < ERROR not_found…
        """);
  }

  @Test
  void rule_set_creates_or_replaces_and_listrules_and_rule_list_list() throws Exception {
    play(
        """
        > RULE SET cmd.b cmd.z. shell "echo hi"
        < OK
        > r1 RULE SET cmd.a cmd.a.* http GET http://127.0.0.1:1/a
        < r1 OK
        > LISTRULES
        < cmd.a cmd.a.* http GET http://127.0.0.1:1/a
        < cmd.b cmd.z. shell "echo hi"
        < OK
        > RULE SET cmd.b cmd.b. direct true a "b c"
        < OK
        > r2 LISTRULES
        < r2 cmd.a cmd.a.* http GET http://127.0.0.1:1/a
        < r2 cmd.b cmd.b. direct true a "b c"
        < r2 OK
        > RULE LIST
        < cmd.a cmd.a.* http GET http://127.0.0.1:1/a
        < cmd.b cmd.b. direct true a "b c"
        < OK
        > REMOVERULE cmd.a
        < OK
        > REMOVERULE cmd.a
        < ERROR not_found…
        > RULE REMOVE cmd.b
        < OK
        > r3 RULE REMOVE cmd.b
        < r3 ERROR not_found…
        > LISTRULES
        < OK
        """);
  }

  @Test
  void jobs_and_rules_are_separate_spaces_and_removing_a_rule_does_not_touch_jobs()
      throws Exception {
    play(
        """
        > SET cmd.both 2099-04-01
        < OK
        > RULE SET cmd.both cmd.both shell true
        < OK
        > REMOVERULE cmd.both
        < OK
        > GET cmd.both
        < OK planned 4078684800000000000
        > REMOVERULE cmd.both
        < ERROR not_found…
        > REMOVE cmd.both
        < OK
        """);
  }

  @Test
  void stat_answers_the_keys_in_order() throws Exception {
    try (Wire wire = server.connect();
        Wire other = server.connect()) {
      other.send("PING").expect("OK");
      wire.send("SET cmd.stat 2099-04-01").expect("OK");
      wire.send("RULE SET cmd.stat cmd.stat. shell true").expect("OK");
      Map<String, String> stat = wire.table("STAT");
      assertThat(List.copyOf(stat.keySet()).subList(0, STAT_KEYS.size())).isEqualTo(STAT_KEYS);
      assertThat(stat)
          .containsEntry("rules_total", "1")
          .containsEntry("executions_pending", "0")
          .containsEntry("executions_inflight", "0")
          .containsEntry("persistence", "memory")
          .containsEntry("compression", "idle")
          .containsEntry("auth_enabled", "0")
          .containsEntry("tls_enabled", "0")
          .containsEntry("framerate", "0");
      assertThat(number(stat, "connections")).isGreaterThanOrEqualTo(2);
      assertThat(number(stat, "jobs_planned")).isPositive();
      assertThat(number(stat, "jobs_total"))
          .isEqualTo(
              number(stat, "jobs_planned")
                  + number(stat, "jobs_triggered")
                  + number(stat, "jobs_executed")
                  + number(stat, "jobs_failed"));
      assertThat(number(wire.table("STAT"), "uptime_ns")).isGreaterThan(number(stat, "uptime_ns"));
      wire.send("REMOVE cmd.stat").expect("OK");
      wire.send("REMOVERULE cmd.stat").expect("OK");
      Map<String, String> after = wire.table("STAT");
      assertThat(number(after, "jobs_total")).isEqualTo(number(stat, "jobs_total") - 1);
      assertThat(number(after, "jobs_planned")).isEqualTo(number(stat, "jobs_planned") - 1);
      assertThat(after).containsEntry("rules_total", "0");
    }
  }

  @Test
  void help_answers_rows_with_the_commands() throws Exception {
    try (Wire wire = server.connect()) {
      assertThat(String.join("\n", wire.rows("HELP")))
          .contains("AUTH", "SET", "GET", "QUERY", "REMOVE", "RULE SET", "REMOVERULE", "LISTRULES")
          .contains("STAT", "SHOW", "PING", "HELP", "QUIT");
      wire.send("PING").expect("OK");
    }
  }

  @Test
  void quit_answers_ok_and_closes() throws Exception {
    play(
        """
        > PING
        > r1 QUIT
        > r2 PING
        < OK
        < r1 OK
        < (closed)
        """);
  }

  @Test
  void what_exists_from_the_first_to_the_last_row_of_a_listing_appears_exactly_once_in_order()
      throws Exception {
    int stable = 20_000;
    String filler = "x".repeat(200);
    try (Wire reader = server.connect();
        Wire writer = server.connect()) {
      StringBuilder sets = new StringBuilder();
      List<String> expected = new ArrayList<>();
      for (int job = 0; job < stable; job++) {
        String id = "cmd.listing.%05d.%s".formatted(job, filler);
        expected.add(id + " planned 4078684800000000000");
        sets.append("SET ").append(id).append(" 2099-04-01\n");
        if (sets.length() > 60_000 || job == stable - 1) {
          int lines = Math.toIntExact(sets.chars().filter(c -> c == '\n').count());
          writer.write(sets.toString());
          for (int line = 0; line < lines; line++) {
            writer.expect("OK");
          }
          sets.setLength(0);
        }
      }
      reader.send("QUERY cmd.listing.");
      Set<String> passing = new HashSet<>();
      List<String> seen = new ArrayList<>();
      String row = reader.line();
      for (int round = 0; !row.equals("OK"); round++, row = reader.line()) {
        if (round % 200 == 0) {
          int job = (round * 7) % stable;
          String id = "cmd.listing.%05d.passing.%d".formatted(job, round);
          passing.add(id);
          writer.send("SET " + id + " 2099-04-01").expect("OK");
          if (round % 400 == 0) {
            writer.send("REMOVE " + id).expect("OK");
          }
        }
        seen.add(row);
      }
      assertThat(seen).isSorted().doesNotHaveDuplicates();
      seen.removeIf(line -> passing.contains(Words.of(line).getFirst()));
      assertThat(seen).isEqualTo(expected);
    }
  }

  private static long number(Map<String, String> stat, String key) {
    return Long.parseLong(stat.getOrDefault(key, "missing"));
  }

  private static void play(String script) throws Exception {
    try (Wire wire = server.connect()) {
      wire.session(script);
    }
  }
}
