package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Runs for real: processes, HTTP calls, results.
class RunsIT {
  private static final int MAX_OUTPUT_BYTES = 1024;

  @TempDir static Path directory;
  private static ZtickServer server;
  private static HttpServer web;
  private static final ConcurrentLinkedQueue<Request> requests = new ConcurrentLinkedQueue<>();

  @BeforeAll
  static void start() throws Exception {
    Path awf = directory.resolve("awf");
    Files.writeString(awf, "#!/bin/sh\nprintf '%s|' \"$@\" > " + directory + "/awf.txt\n");
    Files.setPosixFilePermissions(awf, PosixFilePermissions.fromString("rwxr-xr-x"));
    server =
        ZtickServer.in(directory)
            .set("runs", "max_output_bytes", MAX_OUTPUT_BYTES)
            .set("runs", "stop_wait", "1s")
            .set("runs", "environment", List.of("LISTED_BY_TEST"))
            .environment("LISTED_BY_TEST", "listed value")
            .environment("NOT_LISTED_BY_TEST", "never to be seen")
            .environment("LC_ALL", "C")
            .environment("PATH", directory + ":" + System.getenv("PATH"))
            .start();
    web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.createContext("/", RunsIT::serve);
    web.start();
  }

  @AfterAll
  static void stop() {
    server.close();
    web.stop(0);
  }

  @Test
  void no_run_starts_before_its_planned_time_by_the_wall_clock() throws Exception {
    try (Wire wire = server.connect()) {
      wire.send(
              "RULE SET early early. shell \"date +%s%N > "
                  + directory
                  + "/$ZTICK_JOB_ID.txt; echo $ZTICK_EXECUTION_NS >> "
                  + directory
                  + "/$ZTICK_JOB_ID.txt\"")
          .expect("OK");
      for (int job = 0; job < 20; job++) {
        wire.send("SET early." + job + " +" + (1000 + 37 * job) + "ms").expect("OK");
      }
      for (int job = 0; job < 20; job++) {
        String id = "early." + job;
        wire.awaitStatus(id, "executed");
        List<String> times = Files.readAllLines(directory.resolve(id + ".txt"));
        long planned = wire.executionNanos(id);
        assertThat(Long.parseLong(times.get(0))).as(id).isGreaterThanOrEqualTo(planned);
        assertThat(Long.parseLong(times.get(1))).as(id).isEqualTo(planned);
        Map<String, String> shown = wire.table("SHOW " + id);
        assertThat(nanos(shown, "started_ns")).isGreaterThanOrEqualTo(planned);
        assertThat(nanos(shown, "ended_ns")).isGreaterThanOrEqualTo(nanos(shown, "started_ns"));
      }
    }
  }

  /// Nothing is sent while it is awaited: a line would make the server look at its clock. A late
  /// one begins when the server looks at it anyway, about once a second, and so each round begins
  /// right behind such a look. In one round, if not in all, the machine keeps up.
  @ParameterizedTest
  @ValueSource(strings = {"1700-01-01", "-9223372036854775808", "0"})
  void a_time_long_past_is_due_at_once(String time) throws Exception {
    Path ran = directory.resolve("past.txt");
    int punctual = 0;
    try (Wire wire = server.connect()) {
      wire.send("RULE SET past past.old shell \"touch " + ran + "\"").expect("OK");
      for (int round = 0; round < 5; round++) {
        Files.deleteIfExists(ran);
        wire.write("SET past.old %s\nSET past.mark +600ms\n".formatted(time));
        wire.expect("OK").expect("OK");
        await("it ran").atMost(ZtickServer.BOUND).until(() -> Files.exists(ran));
        wire.awaitStatus("past.old", "executed");
        long started = nanos(wire.table("SHOW past.old"), "started_ns");
        if (round > 0 && started < wire.executionNanos("past.mark")) {
          punctual++;
        }
      }
    }
    assertThat(punctual).as("rounds in which it ran before what was due later").isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "shell true                    ; executed ; ok",
        "shell exit 3                  ; failed   ; exit 3",
        "shell exit 255                ; failed   ; exit 255",
        "shell \"kill -9 $$\"          ; failed   ; signal 9",
        "shell \"kill -15 $$\"         ; failed   ; signal 15",
        "shell no-such-command         ; failed   ; exit 127",
        "direct true                   ; executed ; ok",
        "direct false                  ; failed   ; exit 1",
        "direct /bin/sh -c \"exit 7\"  ; failed   ; exit 7",
        "direct /no/such/program       ; failed   ; ?.+",
        "direct no-such-program        ; failed   ; ?.+",
        "http GET WEB/200              ; executed ; ok",
        "http POST WEB/299             ; executed ; ok",
        "http GET WEB/302              ; failed   ; status 302",
        "http GET WEB/404              ; failed   ; status 404",
        "http PUT WEB/500              ; failed   ; status 500",
        "http GET http://127.0.0.1:1/  ; failed   ; ?.+"
      })
  void a_run_succeeds_or_fails_as_its_runner_says(String clause, String status, String outcome)
      throws Exception {
    try (Wire wire = server.connect()) {
      wire.send("RULE SET outcome outcome. " + clause.replace("WEB", url())).expect("OK");
      wire.send("SET outcome.job now").expect("OK").awaitStatus("outcome.job", status);
      Map<String, String> shown = wire.table("SHOW outcome.job");
      assertThat(shown).containsEntry("rule", "outcome").containsEntry("attempt", "1");
      assertThat(shown.get("outcome"))
          .matches(outcome.startsWith("?") ? outcome.substring(1) : Pattern.quote(outcome));
    }
  }

  @Test
  void at_due_time_without_a_matching_rule_the_job_is_failed() throws Exception {
    try (Wire wire = server.connect()) {
      wire.send("SET norule.job now").expect("OK").awaitStatus("norule.job", "failed");
      assertThat(wire.table("SHOW norule.job"))
          .containsEntry("outcome", "no rule")
          .doesNotContainKeys("rule");
    }
  }

  @Test
  void a_process_gets_the_named_variables_and_never_another_one_of_the_server() throws Exception {
    try (Wire wire = server.connect()) {
      wire.send("RULE SET env env. shell \"env > " + directory + "/env.txt\"").expect("OK");
      wire.send("SET \"env.é job\" now").expect("OK").awaitStatus("env.é job", "executed");
      List<String> variables = Files.readAllLines(directory.resolve("env.txt"));
      Map<String, String> shown = wire.table("SHOW \"env.é job\"");
      assertThat(variables)
          .contains(
              "ZTICK_JOB_ID=env.é job",
              "ZTICK_RULE_ID=env",
              "ZTICK_EXECUTION_NS=" + shown.get("execution_ns"),
              "ZTICK_RUN_ID=" + shown.get("run_id"),
              "ZTICK_ATTEMPT=1",
              "LISTED_BY_TEST=listed value",
              "PATH=" + directory + ":" + System.getenv("PATH"));
      assertThat(variables)
          .allMatch(
              variable ->
                  variable.matches(
                      "(PATH|HOME|USER|LANG|LC_[A-Z]+|TZ|LISTED_BY_TEST|ZTICK_JOB_ID"
                          + "|ZTICK_RULE_ID|ZTICK_EXECUTION_NS|ZTICK_RUN_ID|ZTICK_ATTEMPT"
                          + "|PWD|OLDPWD|SHLVL|_)=.*"));
    }
  }

  @Test
  void arguments_are_the_utf_8_bytes_of_the_line_whatever_the_locale() throws Exception {
    try (Wire wire = server.connect()) {
      wire.send(
              "RULE SET utf utf. direct /bin/sh -c \"printf '%s|' \\\"$@\\\" > "
                  + directory
                  + "/utf.txt\" sh é 😀 \"a  b\" \"\" \"line\\nfeed\" $HOME '*'")
          .expect("OK");
      wire.send("SET utf.job now").expect("OK").awaitStatus("utf.job", "executed");
      assertThat(Files.readString(directory.resolve("utf.txt")))
          .isEqualTo("é|😀|a  b||line\nfeed|$HOME|'*'|");
    }
  }

  @Test
  void several_words_of_a_shell_command_are_joined_by_single_spaces() throws Exception {
    try (Wire wire = server.connect()) {
      wire.send(
              "RULE SET words words. shell printf   '%s'   'a    b' \"'c   d'\" > "
                  + directory
                  + "/words.txt")
          .expect("OK");
      wire.send("SET words.job now").expect("OK").awaitStatus("words.job", "executed");
      assertThat(Files.readString(directory.resolve("words.txt"))).isEqualTo("a bc   d");
    }
  }

  @Test
  void awf_runs_the_workflow_with_its_inputs() throws Exception {
    try (Wire wire = server.connect()) {
      wire.send("RULE SET awf awf. awf deploy --input a=b --input \"c=d e\"").expect("OK");
      wire.send("SET awf.job now").expect("OK").awaitStatus("awf.job", "executed");
      assertThat(Files.readString(directory.resolve("awf.txt")))
          .isEqualTo("run|deploy|--input|a=b|--input|c=d e|");
    }
  }

  @Test
  void a_process_is_a_session_of_its_own_with_dev_null_as_input_and_no_other_descriptors()
      throws Exception {
    Path file = directory.resolve("process.txt");
    String script =
        "readlink /proc/$$/fd/0 > FILE; cut -d' ' -f6 /proc/$$/stat >> FILE; echo $$ >> FILE;"
            + " (ls /proc/$$/fd) >> FILE; true";
    try (Wire wire = server.connect()) {
      wire.send(
              "RULE SET process process. direct sh -c "
                  + Words.quoted(script.replace("FILE", file.toString())))
          .expect("OK");
      wire.send("SET process.job now").expect("OK").awaitStatus("process.job", "executed");
      List<String> lines = Files.readAllLines(file);
      assertThat(lines.get(0)).isEqualTo("/dev/null");
      assertThat(lines.get(1)).as("the session").isEqualTo(lines.get(2));
      assertThat(lines.subList(3, lines.size()))
          .as("the descriptors")
          .containsExactly("0", "1", "2");
    }
  }

  @Test
  void stdout_and_stderr_are_read_always() throws Exception {
    try (Wire wire = server.connect()) {
      wire.send(
              "RULE SET loud loud. shell \"head -c 3000000 /dev/zero; head -c 3000000 /dev/zero"
                  + " >&2\"")
          .expect("OK");
      wire.send("SET loud.job now").expect("OK").awaitStatus("loud.job", "executed");
    }
  }

  @Test
  void the_last_output_of_a_failed_run_goes_into_its_log_line() throws Exception {
    try (Wire wire = server.connect()) {
      wire.send(
              "RULE SET log log. shell \"echo HEAD''WORD; head -c 5000 /dev/zero | tr '\\\\0' x;"
                  + " echo; echo TAIL''WORD; exit 1\"")
          .expect("OK");
      wire.send("SET log.job now").expect("OK").awaitStatus("log.job", "failed");
      assertThat(server.awaitLog("(?=.*log\\.job)(?=.*TAILWORD)"))
          .doesNotContain("HEADWORD", "x".repeat(MAX_OUTPUT_BYTES + 1));
      wire.send("RULE SET log log. shell \"echo from''stderr >&2; printf 'a\\\\033[2Jb'; exit 1\"")
          .expect("OK");
      wire.send("SET log.job now").expect("OK").awaitStatus("log.job", "failed");
      assertThat(server.awaitLog("(?=.*log\\.job)(?=.*fromstderr)")).doesNotContain("\u001b");
    }
  }

  @ParameterizedTest
  @CsvSource({"GET, false", "DELETE, false", "POST, true", "PUT, true"})
  void post_and_put_send_the_job_and_its_time_as_json(String method, boolean sendsBody)
      throws Exception {
    String job = "web." + method + ".é \"q\"";
    try (Wire wire = server.connect()) {
      wire.send("RULE SET web web. http " + method + " " + url() + "/200/" + method + "?a=b")
          .expect("OK");
      wire.send("SET " + Words.quoted(job) + " now").expect("OK").awaitStatus(job, "executed");
      Map<String, String> shown = wire.table("SHOW " + Words.quoted(job));
      Request request =
          requests.stream()
              .filter(seen -> seen.path().equals("/200/" + method + "?a=b"))
              .findFirst()
              .orElseThrow();
      assertThat(request.method()).isEqualTo(method);
      assertThat(request.header("Idempotency-Key")).isEqualTo(shown.get("run_id"));
      assertThat(request.header("Ztick-Job-Id")).isEqualTo("web." + method + ".%C3%A9%20\"q\"");
      assertThat(request.header("Ztick-Execution-Ns")).isEqualTo(shown.get("execution_ns"));
      assertThat(request.header("Ztick-Attempt")).isEqualTo("1");
      if (sendsBody) {
        assertThat(request.header("Content-Type")).startsWith("application/json");
        assertThat(request.body().replace("\\u00e9", "é"))
            .isEqualTo(
                "{\"job_id\":\"web.%s.é \\\"q\\\"\",\"execution\":%s}"
                    .formatted(method, shown.get("execution_ns")));
      } else {
        assertThat(request.body()).isEmpty();
      }
    }
  }

  @Test
  void redirects_are_not_followed() throws Exception {
    try (Wire wire = server.connect()) {
      wire.send("RULE SET redirect redirect. http GET " + url() + "/302/from").expect("OK");
      wire.send("SET redirect.job now").expect("OK").awaitStatus("redirect.job", "failed");
      assertThat(requests)
          .extracting(Request::path)
          .contains("/302/from")
          .doesNotContain("/200/redirected");
    }
  }

  @Test
  void the_run_id_is_the_plan_number_and_the_planned_time() throws Exception {
    try (Wire wire = server.connect()) {
      wire.send("RULE SET id id. direct true").expect("OK");
      long last = 0;
      for (int plan = 0; plan < 3; plan++) {
        wire.send("SET id.job " + plan).expect("OK").awaitStatus("id.job", "executed");
        Map<String, String> shown = wire.table("SHOW id.job");
        String runId = shown.getOrDefault("run_id", "missing");
        assertThat(runId).matches("[1-9][0-9]*-" + plan);
        assertThat(shown).containsEntry("attempt", "1");
        long number = Long.parseLong(runId.replaceAll("-.*", ""));
        assertThat(number).as("rising").isGreaterThan(last);
        last = number;
      }
    }
  }

  @Test
  void a_burst_of_thousands_of_due_jobs_runs_each_of_them_once() throws Exception {
    int jobs = 3000;
    try (Wire wire = server.connect()) {
      wire.send("RULE SET burst burst. http GET " + url() + "/200/burst").expect("OK");
      StringBuilder sets = new StringBuilder();
      for (int job = 0; job < jobs; job++) {
        sets.append("SET burst.").append(job).append(" +2s\n");
      }
      wire.write(sets.toString());
      for (int job = 0; job < jobs; job++) {
        wire.expect("OK");
      }
      await()
          .atMost(ZtickServer.BOUND.multipliedBy(4))
          .until(() -> wire.rows("QUERY burst."), RunsIT::areAllExecuted);
      List<String> keys =
          requests.stream()
              .filter(request -> request.path().equals("/200/burst"))
              .map(request -> request.header("Idempotency-Key"))
              .toList();
      assertThat(keys).hasSize(jobs).doesNotHaveDuplicates();
    }
  }

  @Test
  void a_job_never_runs_twice_at_the_same_time_across_set_and_remove() throws Exception {
    Path trace = directory.resolve("overlap.txt");
    Path go = directory.resolve("overlap.go");
    String script =
        "echo + >> TRACE; while [ ! -e GO ]; do sleep 0.05; done; echo - >> TRACE"
            .replace("TRACE", trace.toString())
            .replace("GO", go.toString());
    try (Wire wire = server.connect()) {
      wire.send("RULE SET overlap overlap. shell " + Words.quoted(script)).expect("OK");
      wire.send("RULE SET barrier barrier. direct true").expect("OK");
      wire.send("SET overlap.job now").expect("OK").awaitStatus("overlap.job", "triggered");
      await().atMost(ZtickServer.BOUND).until(() -> Files.exists(trace));
      wire.send("SET overlap.job now").expect("OK");
      runBarrier(wire);
      assertThat(wire.ask("GET overlap.job"))
          .as("until the old run has ended")
          .startsWith("OK planned ");
      wire.send("REMOVE overlap.job").expect("OK");
      wire.send("SET overlap.job now").expect("OK");
      runBarrier(wire);
      assertThat(wire.ask("GET overlap.job")).as("across REMOVE").startsWith("OK planned ");
      assertThat(Files.readAllLines(trace)).containsExactly("+");
      Files.createFile(go);
      wire.awaitStatus("overlap.job", "executed");
      assertThat(Files.readAllLines(trace)).containsExactly("+", "-", "+", "-");
    }
  }

  @Test
  void the_result_of_a_run_never_touches_another_plan() throws Exception {
    Path go = directory.resolve("result.go");
    Path done = directory.resolve("result.done");
    String script = "while [ ! -e " + go + " ]; do sleep 0.05; done; touch " + done + "; exit 3";
    try (Wire wire = server.connect()) {
      wire.send("RULE SET result result. shell " + Words.quoted(script)).expect("OK");
      wire.send("RULE SET barrier barrier. direct true").expect("OK");
      wire.send("SET result.set now").expect("OK").awaitStatus("result.set", "triggered");
      wire.send("SET result.remove now").expect("OK").awaitStatus("result.remove", "triggered");
      await()
          .atMost(ZtickServer.BOUND)
          .until(() -> wire.table("STAT").getOrDefault("executions_inflight", ""), "2"::equals);
      wire.send("SET result.set 2099-04-01").expect("OK");
      wire.send("REMOVE result.remove").expect("OK");
      Files.createFile(go);
      await().atMost(ZtickServer.BOUND).until(() -> Files.exists(done));
      await()
          .atMost(ZtickServer.BOUND)
          .until(() -> wire.table("STAT").getOrDefault("executions_inflight", ""), "0"::equals);
      runBarrier(wire);
      assertThat(wire.table("SHOW result.set"))
          .containsEntry("status", "planned")
          .containsEntry("execution_ns", "4078684800000000000")
          .doesNotContainKey("outcome");
      wire.send("GET result.remove").expect("ERROR not_found…");
    }
  }

  private static void runBarrier(Wire wire) throws IOException {
    wire.send("SET barrier.job now").expect("OK").awaitStatus("barrier.job", "executed");
  }

  private static boolean areAllExecuted(List<String> rows) {
    return rows.stream().allMatch(row -> Words.of(row).get(1).equals("executed"));
  }

  private static long nanos(Map<String, String> shown, String key) {
    return Long.parseLong(shown.getOrDefault(key, "missing"));
  }

  private static String url() {
    return "http://127.0.0.1:" + web.getAddress().getPort();
  }

  /// `/<status>/…` answers with that status.
  private static void serve(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String path = exchange.getRequestURI().toString();
    requests.add(
        new Request(exchange.getRequestMethod(), path, exchange.getRequestHeaders(), body));
    int status = Integer.parseInt(path.substring(1, 4));
    if (status == 302) {
      exchange.getResponseHeaders().add("Location", url() + "/200/redirected");
    }
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  private record Request(
      String method, String path, Map<String, List<String>> headers, String body) {
    String header(String name) {
      return String.join(",", headers.getOrDefault(name, List.of()));
    }
  }
}
