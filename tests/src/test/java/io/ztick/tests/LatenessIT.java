package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What STAT tells of how late runs start, and of the loop's turns.
class LatenessIT {
  private static final long HOUR = Duration.ofHours(1).toNanos();

  @TempDir private Path directory;

  @Test
  void stat_tells_how_late_runs_started() throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).start();
        Wire wire = server.connect()) {
      assertThat(wire.table("STAT"))
          .containsEntry("lateness_runs", "0")
          .containsEntry("lateness_max_ns", "0");
      wire.send("RULE SET r * direct true").expect("OK");
      wire.send("SET a +10ms").expect("OK").send("SET b now").expect("OK");
      Map<String, String> stat = wire.awaitStatus("a", "executed").table("STAT");
      wire.awaitStatus("b", "executed");

      for (String span : new String[] {"lateness", "lateness_1m"}) {
        assertThat(stat).containsEntry(span + "_runs", "2");
        long p50 = number(stat, span + "_p50_ns");
        long p99 = number(stat, span + "_p99_ns");
        long p999 = number(stat, span + "_p999_ns");
        long max = number(stat, span + "_max_ns");
        assertThat(new long[] {0, p50, p99, p999, max}).isSorted();
        assertThat(p50).isPositive();
        assertThat(max).isLessThan(HOUR);
      }
      assertThat(number(stat, "loop_max_ns")).isPositive().isLessThan(HOUR);
      assertThat(number(stat, "loop_1m_max_ns")).isPositive().isLessThan(HOUR);
    }
  }

  @Test
  void what_is_planned_for_the_past_is_not_late_by_that() throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).start();
        Wire wire = server.connect()) {
      wire.send("RULE SET r * direct true").expect("OK").send("SET a 2001-01-01").expect("OK");

      Map<String, String> stat = wire.awaitStatus("a", "executed").table("STAT");
      assertThat(stat).containsEntry("lateness_runs", "1");
      assertThat(number(stat, "lateness_max_ns")).isLessThan(HOUR);
    }
  }

  @Test
  void what_became_due_while_the_server_was_down_is_not_late_by_that() throws Exception {
    Instant due;
    try (ZtickServer server = ZtickServer.withJournal(directory).start();
        Wire wire = server.connect()) {
      due = Instant.now().plusSeconds(2);
      wire.send("RULE SET r * direct true").expect("OK").send("SET a " + due).expect("OK");
      server.kill();
    }
    Awaitility.await().until(() -> Instant.now().isAfter(due.plusSeconds(3)));
    long started = System.nanoTime();
    try (ZtickServer server = ZtickServer.withJournal(directory).start();
        Wire wire = server.connect()) {
      Map<String, String> stat = wire.awaitStatus("a", "executed").table("STAT");
      assertThat(stat).containsEntry("lateness_runs", "1");
      assertThat(number(stat, "lateness_max_ns")).isLessThan(System.nanoTime() - started);
    }
  }

  @Test
  void lateness_is_told_only_to_tokens_of_all_namespaces() throws Exception {
    String tokens =
        """
        [token.all]
        secret = "all-secret"
        namespace = "*"
        [token.one]
        secret = "one-secret"
        namespace = "one."
        """;
    try (ZtickServer server = ZtickServer.in(directory).auth(tokens).start();
        Wire all = server.connect("all-secret");
        Wire one = server.connect("one-secret")) {
      assertThat(all.table("STAT"))
          .containsKeys("lateness_runs", "lateness_1m_p99_ns", "loop_max_ns");
      assertThat(one.table("STAT").keySet())
          .noneMatch(key -> key.startsWith("lateness") || key.startsWith("loop"));
    }
  }

  private static long number(Map<String, String> stat, String key) {
    return Long.parseLong(stat.getOrDefault(key, "missing"));
  }
}
