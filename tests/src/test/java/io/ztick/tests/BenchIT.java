package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `ztick bench` against a real server: what it counts, what it says and what it leaves behind.
class BenchIT {
  private static final String SECRET = "sk_team_0123456789";

  private static final String TOKENS =
      """
      [token.team]
      secret = "%s"
      namespace = "team."
      """
          .formatted(SECRET);

  @TempDir Path directory;
  @AutoClose private final OneServer server = new OneServer();

  private void start() throws Exception {
    server.start(ZtickServer.in(directory));
  }

  private List<Object> words(Object... arguments) {
    List<Object> words = new ArrayList<>(List.of("bench", "--warm-up", "0s"));
    words.add("--endpoint=ztick://127.0.0.1:" + server.get().port());
    words.addAll(List.of(arguments));
    return words;
  }

  private Ztick bench(Object... arguments) throws Exception {
    return Ztick.run(words(arguments).toArray());
  }

  private long jobs() throws IOException {
    try (Wire wire = server.get().connect()) {
      return Long.parseLong(wire.table("STAT").get("jobs_total"));
    }
  }

  private static long number(String json, String key) {
    Matcher found = Pattern.compile("\"" + key + "\":(\\d+)").matcher(json);
    assertThat(found.find()).as("%s in %s", key, json).isTrue();
    return Long.parseLong(found.group(1));
  }

  @Test
  void a_table_tells_of_every_kind_of_request_and_of_what_stays() throws Exception {
    start();
    Ztick done =
        bench("-n", 2000, "--keys", 500, "--pipeline", 4, "--mix", "set:2,get:1,ping").expectDone();
    assertThat(done.errors()).isEmpty();
    assertThat(done.output())
        .contains("50 connections, 4 in flight over each, jobs bench.000000000 to bench.000000499")
        .contains("\nset 500 jobs in ")
        .containsPattern("\nCOMMAND  REQUESTS  PER SECOND  ERRORS  ROWS  P50 +P90 +P99 +P99.9 +MAX")
        .containsPattern("\nset +\\d+ +\\d+ +0 +0 +[0-9.]+(us|ms|s) ")
        .containsPattern("\nget +\\d+ ")
        .containsPattern("\nping +\\d+ ")
        .containsPattern("\ntotal +2000 ")
        .endsWith("the jobs stay; with --clean-up they are removed\n");
    assertThat(jobs()).isEqualTo(500);
  }

  @Test
  void json_has_every_request_counted_and_the_rows_of_listings() throws Exception {
    start();
    String json =
        bench("-n", 100, "--keys", 3000, "--mix", "query", "--connections", 3, "-o", "json")
            .expectDone()
            .output();
    assertThat(json).hasLineCount(1).startsWith("{\"endpoint\":\"ztick://127.0.0.1:");
    assertThat(number(json, "requests")).isEqualTo(100);
    assertThat(number(json, "rows")).isEqualTo(100_000);
    assertThat(number(json, "errors")).isZero();
    assertThat(number(json, "fill_requests")).isEqualTo(3000);
    assertThat(number(json, "p50_ns")).isPositive().isLessThanOrEqualTo(number(json, "max_ns"));
    assertThat(json).contains("\"jobs_stay\":true", "\"interrupted\":false", "\"percentiles\":[[");
  }

  @Test
  void hdr_is_the_format_that_plotters_read() throws Exception {
    start();
    Ztick done = bench("-n", 500, "--keys", 100, "-o", "hdr").expectDone();
    assertThat(done.output())
        .contains("Value     Percentile TotalCount 1/(1-Percentile)")
        .contains("Total count    =          500]")
        .contains("# jobs stay: bench.000000000 to bench.000000099");
  }

  @Test
  void clean_up_removes_its_own_jobs_and_no_others() throws Exception {
    start();
    try (Wire wire = server.get().connect()) {
      for (String own : List.of("bench.mine", "bench.000000200", "bench.0000000001", "other")) {
        wire.send("SET " + own + " 2099-04-01").expect("OK");
      }
    }
    Ztick done = bench("-n", 2000, "--keys", 200, "--fill", "--clean-up").expectDone();
    assertThat(done.output()).endsWith("removed 200 jobs\n").doesNotContain("stay");
    assertThat(jobs()).isEqualTo(4);
  }

  @Test
  void jobs_of_fire_run() throws Exception {
    start();
    try (Wire wire = server.get().connect()) {
      wire.send("RULE SET r bench. direct true").expect("OK");
    }
    Ztick done = bench("-n", 20, "--keys", 20, "--connections", 1, "--mix", "fire").expectDone();
    assertThat(done.errors()).isEmpty();
    long set = jobs();
    assertThat(set).isBetween(1L, 20L);
    await()
        .atMost(ZtickServer.BOUND)
        .untilAsserted(
            () -> {
              try (Wire wire = server.get().connect()) {
                assertThat(wire.table("STAT")).containsEntry("jobs_executed", Long.toString(set));
              }
            });
  }

  @Test
  void answers_with_ERROR_are_counted_and_the_first_one_is_shown() throws Exception {
    start();
    Ztick refused = bench("-n", 300, "--mix", "get", "--no-fill", "-o", "json");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.errors())
        .isEqualTo("ztick: 300 answers were ERROR, the first one not_found: no such job\n");
    assertThat(number(refused.output(), "errors")).isEqualTo(300);
    assertThat(refused.output()).contains("\"first_error\":\"ERROR not_found no such job\"");
  }

  @Test
  void tls_and_a_token_are_used_by_every_connection() throws Exception {
    SelfSigned own = SelfSigned.create(directory, "EC");
    server.start(
        ZtickServer.in(directory)
            .set("controller", "tls_cert", own.certificate().toString())
            .set("controller", "tls_key", own.key().toString())
            .auth(TOKENS));
    Map<String, String> environment =
        Map.of(
            "ZTICK_ENDPOINT",
            "ztick+tls://127.0.0.1:" + server.get().port(),
            "ZTICK_TOKEN",
            SECRET);
    Ztick denied = Ztick.run(environment, "bench", "--tls-ca", own.certificate());
    assertThat(denied.exitCode()).isEqualTo(1);
    assertThat(denied.errors())
        .isEqualTo(
            "ztick: auth_denied: insufficient namespace scope;"
                + " --prefix must name jobs inside of it, not bench.\n");

    List<Object> words = new ArrayList<>(List.of("bench", "--tls-ca", own.certificate()));
    words.addAll(List.of("--prefix", "team.bench.", "--keys", 3000, "--connections", 4));
    words.addAll(List.of("-n", 4000, "--pipeline", 500, "--mix", "set,query", "-o", "json"));
    Ztick done = Ztick.run(environment, words.toArray()).expectDone();
    assertThat(number(done.output(), "requests")).isEqualTo(4000);
    assertThat(number(done.output(), "rows")).isGreaterThan(1_000_000);
    assertThat(done.output() + done.errors()).doesNotContain(SECRET);
    try (Wire wire = own.connect(server.get().port(), "TLSv1.3")) {
      wire.send("AUTH " + SECRET).expect("OK");
      assertThat(wire.table("STAT")).containsEntry("jobs_total", "3000");
    }
  }

  @Test
  void an_interruption_prints_what_was_measured_and_cleans_up() throws Exception {
    start();
    Path output = directory.resolve("output");
    Path errors = directory.resolve("errors");
    List<Object> words = words("--duration", "1d", "--keys", 100, "--clean-up", "-o", "json");
    Process process = Ztick.start(Map.of(), output, errors, words.toArray());
    await().atMost(ZtickServer.BOUND).until(() -> jobs() == 100);
    Tool.run("sh", "-c", "kill -INT " + process.pid());
    assertThat(process.waitFor(ZtickServer.BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();

    assertThat(process.exitValue()).isEqualTo(1);
    assertThat(errors).content().isEqualTo("ztick: the measurement was interrupted\n");
    String json = Files.readString(output);
    assertThat(number(json, "requests")).isPositive();
    assertThat(number(json, "removed_jobs")).isEqualTo(100);
    assertThat(json).contains("\"interrupted\":true");
    assertThat(jobs()).isZero();
  }

  @Test
  void a_server_that_goes_ends_it_with_what_was_measured() throws Exception {
    start();
    Path output = directory.resolve("output");
    Path errors = directory.resolve("errors");
    List<Object> words = words("--duration", "1d", "--keys", 100, "-o", "json");
    Process process = Ztick.start(Map.of(), output, errors, words.toArray());
    await().atMost(ZtickServer.BOUND).until(() -> jobs() == 100);
    server.get().kill();
    assertThat(process.waitFor(ZtickServer.BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();

    assertThat(process.exitValue()).isEqualTo(3);
    assertThat(errors).content().startsWith("ztick: the measurement ended early: ").hasLineCount(1);
    assertThat(number(Files.readString(output), "requests")).isPositive();
  }

  @Test
  void a_limit_of_connections_is_named() throws Exception {
    server.start(ZtickServer.in(directory).set("controller", "max_connections", 10));
    Ztick refused = bench("-n", 10, "--connections", 20);
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.errors())
        .startsWith("ztick: overloaded: ")
        .contains("max_connections", "of 20)")
        .hasLineCount(1);
  }

  @Test
  void wrong_usage_and_no_server_have_their_exit_codes() throws Exception {
    start();
    for (List<Object> wrong :
        List.<List<Object>>of(
            List.of("--connections", 0),
            List.of("--pipeline", 10_001),
            List.of("--keys", 0),
            List.of("-n", 0),
            List.of("--duration", "soon"),
            List.of("--duration", "0s"),
            List.of("--mix", "set,set"),
            List.of("--mix", "set:0"),
            List.of("--mix", "drop"),
            List.of("--prefix", "a b"),
            List.of("-o", "xml"))) {
      Ztick misused = bench(wrong.toArray());
      assertThat(misused.exitCode()).as("%s", wrong).isEqualTo(2);
      assertThat(misused.errors()).contains("Usage: ztick").doesNotContain("\tat ");
    }
    List<Object> words = words("-n", 1);
    server.get().close();
    Ztick unreached = Ztick.run(words.toArray());
    assertThat(unreached.exitCode()).isEqualTo(3);
    assertThat(unreached.errors()).startsWith("ztick: no connection to ").hasLineCount(1);
  }
}
