package io.ztick.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The subcommands of `ztick` that talk to a running server, without a terminal.
class CommandIT {
  private static final String SECRET = "sk_team_0123456789";
  private static final String FAR = "4078684800000000000";

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

  private Map<String, String> environment() {
    return Map.of("ZTICK_ENDPOINT", "ztick://127.0.0.1:" + server.get().port());
  }

  private Ztick run(Object... arguments) throws Exception {
    return Ztick.run(environment(), arguments);
  }

  private String out(Object... arguments) throws Exception {
    Ztick done = run(arguments).expectDone();
    assertThat(done.errors()).isEmpty();
    return done.output();
  }

  @Test
  void jobs_are_set_and_read_in_every_format() throws Exception {
    start();
    assertThat(out("set", "a.far", "2099-04-01")).isEqualTo("OK\n");
    assertThat(out("set", "a.far2", "2099-04-01", "00:00:00", "-o", "json"))
        .isEqualTo("{\"ok\":true}\n");
    assertThat(out("set", "a past", "-5", "-o", "wire")).isEqualTo("OK\n");

    assertThat(out("get", "a.far", "-o", "wire")).isEqualTo("OK planned " + FAR + "\n");
    assertThat(out("get", "a.far", "-o", "json"))
        .isEqualTo("{\"job\":\"a.far\",\"status\":\"planned\",\"execution_ns\":" + FAR + "}\n");
    assertThat(out("get", "a.far"))
        .matches("JOB +STATUS +TIME +WHEN\na.far  planned  2099-04-01T00:00:00Z  in [0-9yd ]+\n");

    assertThat(out("query", "-o", "wire"))
        .isEqualTo(
            "\"a past\" failed -5\na.far planned %1$s\na.far2 planned %1$s\n".formatted(FAR));
    assertThat(out("query", "a.", "--output=json")).hasLineCount(2);
    assertThat(out("query", "a ")).contains("\"a past\"  failed  1969-12-31T23:59:59.999Z  ");
    assertThat(out("due", "-n", "1", "-o", "wire")).isEqualTo("a.far planned " + FAR + "\n");
    assertThat(out("due", "a.far2", "-o", "json")).contains("\"job\":\"a.far2\"").hasLineCount(1);
    assertThat(out("show", "a past", "-o", "json"))
        .startsWith("{\"job\":\"a past\",\"status\":\"failed\",\"execution_ns\":-5,")
        .contains("\"outcome\":\"no rule\"");
    assertThat(out("show", "a.far")).contains("job        a.far\n", "execution  2099-04-01T");
    assertThat(out("show", "a.far", "-o", "wire")).startsWith("status planned\n");
    assertThat(out("remove", "a.far", "a.far2")).isEqualTo("OK\nOK\n");
    assertThat(out("query", "a.")).isEmpty();
  }

  @Test
  void what_follows_a_rule_belongs_to_it() throws Exception {
    start();
    assertThat(out("rule", "set", "-o", "wire", "r1", "p.", "awf", "wf", "--input", "a=b"))
        .isEqualTo("OK\n");
    out("rule", "set", "r2", "q.", "shell", "echo \"$ZTICK_JOB_ID\" -o json");
    out("rule", "set", "r3", "s.", "direct", "echo", "@file", "--help");

    assertThat(out("rules", "-o", "wire"))
        .isEqualTo(
            """
            r1 p. awf wf --input a=b
            r2 q. shell "echo \\"$ZTICK_JOB_ID\\" -o json"
            r3 s. direct echo @file --help
            """);
    assertThat(out("rules", "-o", "json"))
        .contains("\"runner\":\"awf\",\"arguments\":[\"wf\",\"--input\",\"a=b\"]}\n");
    assertThat(out("rules")).startsWith("RULE  PATTERN  RUNNER  ARGUMENTS\nr1    p.       awf  ");
    assertThat(out("rule", "remove", "r1")).isEqualTo("OK\n");
    assertThat(out("rules", "-o", "wire")).hasLineCount(2);
  }

  @Test
  void counts_and_signs_of_life_have_every_format() throws Exception {
    start();
    assertThat(out("stat")).contains("jobs_total", "persistence").containsPattern("uptime +[0-9]");
    assertThat(out("stat", "-o", "json")).contains("\"jobs_total\":0,", "\"auth_enabled\":0,");
    assertThat(out("stat", "-o", "wire")).contains("jobs_total 0\n", "persistence memory\n");
    assertThat(out("ping")).matches("OK after [0-9.]+[mu]?s\n");
    assertThat(out("ping", "-o", "wire")).isEqualTo("OK\n");
    assertThat(out("ping", "-o", "json")).matches("\\{\"ok\":true,\"round_trip_ns\":[0-9]+}\n");
  }

  @Test
  void the_exit_code_says_who_refused() throws Exception {
    start();
    Ztick refused = run("get", "none");
    assertThat(refused).isEqualTo(new Ztick(1, "", "ztick: not_found: no such job\n"));
    Ztick half = run("remove", "none", "none2");
    assertThat(half.exitCode()).isEqualTo(1);
    assertThat(half.errors()).hasLineCount(2).contains("ztick: none2: not_found");
    assertThat(run("set", "a", "tomorrow").exitCode()).isEqualTo(1);
    for (List<String> wrong :
        List.of(
            List.of("set", "a"),
            List.of("get", "a", "--jsn"),
            List.of("get", "a", "-o", "xml"),
            List.of("due", "-n", "0"),
            List.of("ping", "--endpoint", "localhost"),
            List.of("ping", "--timeout", "soon"),
            List.of("ping", "--tls-ca", "/nowhere"),
            List.of("rule", "list"))) {
      Ztick misused = run(wrong.toArray());
      assertThat(misused.exitCode()).as("%s", wrong).isEqualTo(2);
      assertThat(misused.errors()).contains("Usage: ztick").doesNotContain("\tat ");
    }
    server.get().close();
    Ztick unreached = run("ping");
    assertThat(unreached.exitCode()).isEqualTo(3);
    assertThat(unreached.errors()).startsWith("ztick: no connection to ").hasLineCount(1);
  }

  @Test
  void who_does_not_answer_in_time_is_not_there() throws Exception {
    try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Ztick unreached =
          Ztick.run(
              "ping", "--timeout=300ms", "--endpoint=ztick://127.0.0.1:" + silent.getLocalPort());
      assertThat(unreached.exitCode()).isEqualTo(3);
    }
  }

  @Test
  void a_profile_says_everything_over_tls_and_no_secret_is_ever_told() throws Exception {
    SelfSigned own = SelfSigned.create(directory, "EC");
    server.start(
        ZtickServer.in(directory)
            .set("controller", "tls_cert", own.certificate().toString())
            .set("controller", "tls_key", own.key().toString())
            .auth(TOKENS));
    Map<String, String> home = Map.of("XDG_CONFIG_HOME", directory.resolve("config").toString());
    String endpoint = "ztick+tls://127.0.0.1:" + server.get().port();
    List<Ztick> all = new ArrayList<>();
    all.add(Ztick.run(home, "config", "set", "endpoint", endpoint).expectDone());
    all.add(Ztick.run(home, "config", "set", "tls_ca", own.certificate()).expectDone());
    all.add(Ztick.run(home, "config", "set", "auth", "token").expectDone());
    all.add(Ztick.run(home, "config", "set", "token", SECRET).expectDone());
    all.add(Ztick.run(home, "config", "list").expectDone());
    all.add(Ztick.run(home, "set", "team.job", "+1h").expectDone());
    all.add(Ztick.run(home, "set", "other.job", "+1h"));
    assertThat(all.getLast().exitCode()).isEqualTo(1);
    assertThat(all.getLast().errors()).startsWith("ztick: auth_denied: ");

    Ztick.run(home, "config", "set", "token", "wrong").expectDone();
    all.add(Ztick.run(home, "ping"));
    assertThat(all.getLast().exitCode()).isEqualTo(1);
    assertThat(all.getLast().errors()).startsWith("ztick: auth_failed");
    Path file = Files.writeString(directory.resolve("secret"), SECRET + "\n");
    all.add(Ztick.run(home, "ping", "--token", "file:" + file).expectDone());
    Ztick.run(home, "config", "set", "auth", "none").expectDone();
    all.add(Ztick.run(home, "ping"));
    assertThat(all.getLast().errors()).startsWith("ztick: auth_required");

    assertThat(all).noneMatch(run -> (run.output() + run.errors()).contains(SECRET));
  }

  @Test
  void a_closed_pipe_ends_a_listing_quietly() throws Exception {
    start();
    // More than all buffers on the way hold.
    var lines = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      lines.append("SET job.%04d.%s 2099-04-01\n".formatted(i, "x".repeat(80)));
    }
    var _ = shell(lines.toString()).expectDone();
    Path errors = directory.resolve("errors");
    Path code = directory.resolve("code");
    for (String output : List.of("table", "json", "wire")) {
      ProcessBuilder pipe =
          new ProcessBuilder(
                  "sh",
                  "-c",
                  "{ \"$0\" query -o \"$1\" 2>\"$2\"; echo $? >\"$3\"; } | head -n 2",
                  ZtickServer.home().resolve("bin/ztick").toString(),
                  output,
                  errors.toString(),
                  code.toString())
              .redirectInput(new File("/dev/null"));
      pipe.environment().putAll(environment());
      Process process = pipe.start();
      assertThat(process.inputReader(UTF_8).lines()).hasSize(2);
      assertThat(process.waitFor(ZtickServer.BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(errors).as("stderr of %s", output).isEmptyFile();
      assertThat(code).as("exit code of %s", output).hasContent("141");
    }
  }

  @Test
  void a_change_whose_answer_cannot_be_printed_is_not_refused() throws Exception {
    start();
    Path errors = directory.resolve("errors");
    Process process =
        Ztick.start(
            new File("/dev/null"),
            environment(),
            Path.of("/dev/full"),
            errors,
            "set",
            "a.far",
            "2099-04-01");
    assertThat(process.waitFor(ZtickServer.BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(4);
    assertThat(errors).content().endsWith("; the server has done what it was asked\n");
    assertThat(out("get", "a.far", "-o", "wire")).isEqualTo("OK planned " + FAR + "\n");
  }

  @Test
  void watch_prints_views_without_a_terminal() throws Exception {
    start();
    out("set", "a.far", "2099-04-01");
    String views = out("watch", "--count", "2", "--interval", "100ms", "-n", "1");
    assertThat(views)
        .doesNotContain("\u001b")
        .containsSubsequence(
            "ztick://127.0.0.1:",
            "memory",
            "planned",
            "jobs",
            "JOB ",
            "a.far  planned  2099-",
            "ztick://127.0.0.1:",
            "a.far  planned  2099-");
  }

  @Test
  void shell_answers_the_lines_of_stdin_in_their_order() throws Exception {
    start();
    Ztick answered =
        shell("SET a.far 2099-04-01\nget a.far\n\nr1 QUERY a.\nDUE 1\nSTAT x y\nQUIT\nPING\n");
    assertThat(answered.exitCode()).isEqualTo(1);
    assertThat(answered.output().lines())
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("OK"),
            line -> assertThat(line).isEqualTo("OK planned " + FAR),
            line -> assertThat(line).isEqualTo("r1 a.far planned " + FAR),
            line -> assertThat(line).isEqualTo("r1 OK"),
            line -> assertThat(line).isEqualTo("a.far planned " + FAR),
            line -> assertThat(line).isEqualTo("OK"),
            line -> assertThat(line).startsWith("ERROR bad_request "),
            line -> assertThat(line).isEqualTo("OK"));
    assertThat(shell("PING\n")).isEqualTo(new Ztick(0, "OK\n", ""));
  }

  @Test
  void shell_logs_in_by_a_line() throws Exception {
    server.start(ZtickServer.in(directory).auth(TOKENS));
    assertThat(shell("AUTH " + SECRET + "\nSET team.a 2099-04-01\n"))
        .isEqualTo(new Ztick(0, "OK\nOK\n", ""));
    assertThat(shell("AUTH nobody\n").output()).isEqualTo("ERROR auth_failed\n");
  }

  @Test
  void shell_takes_more_lines_than_it_keeps_in_flight() throws Exception {
    start();
    var lines = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      lines.append("SET job.%d 2099-04-01\n".formatted(i));
    }
    Ztick answered = shell(lines.append("STAT\n").toString()).expectDone();
    assertThat(answered.output()).startsWith("OK\n".repeat(5_000)).contains("jobs_total 5000\n");
  }

  private Ztick shell(String lines) throws IOException, InterruptedException {
    Path input = Files.writeString(directory.resolve("input"), lines);
    Path output = directory.resolve("output");
    Path errors = directory.resolve("errors");
    Process process = Ztick.start(input.toFile(), environment(), output, errors, "shell");
    assertThat(process.waitFor(ZtickServer.BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return new Ztick(process.exitValue(), Files.readString(output), Files.readString(errors));
  }

  @Test
  void completion_is_installed_as_it_is_printed() throws Exception {
    Path share = ZtickServer.home().resolve("share");
    assertThat(share.resolve("bash-completion/completions/ztick"))
        .content()
        .isEqualTo(Ztick.ok("completion", "bash").output())
        .contains("--endpoint");
    assertThat(share.resolve("zsh/site-functions/_ztick"))
        .content()
        .isEqualTo(Ztick.ok("completion", "zsh").output())
        .startsWith("#compdef ztick\n");
  }

  @Test
  void bash_completes_commands() throws Exception {
    Tool.assumeInstalled("bash", "bash");
    String script = ZtickServer.home() + "/share/bash-completion/completions/ztick";
    String asked =
        "source '"
            + script
            + "'; COMP_WORDS=(ztick ru); COMP_CWORD=1; _complete_ztick 2>/dev/null;"
            + " echo ${COMPREPLY[@]}";
    assertThat(Tool.run("bash", "-c", asked)).isEqualTo("rule rules\n");
  }
}
