package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The configuration file and the command line.
class ConfigurationIT {
  @TempDir Path directory;

  @Test
  void unknown_sections_and_keys_and_bad_values_are_refused_by_name_all_at_once() throws Exception {
    String configuration =
        """
        [controller]
        listen = "127.0.0.1"
        max_connections = "many"
        max_line_bytes = -1
        auth_timeout = "soon"
        no_such_key = 1

        [shell]
        path = "/no/such/shell"

        [runs]
        max_concurrent = 0
        allow = ["shell", "telepathy"]
        timeout = 5

        [database]
        persistence = "cloud"
        max_jobs = -5

        [log]
        level = "loud"

        [no_such_section]
        key = 1
        """;
    String log = refusal(configuration);
    List<String> lines = configuration.lines().toList();
    String section = "";
    for (int number = 1; number <= lines.size(); number++) {
      String line = lines.get(number - 1);
      if (line.startsWith("[")) {
        section = line.substring(1, line.length() - 1);
      } else if (!line.isEmpty() && !section.equals("no_such_section")) {
        String key = line.substring(0, line.indexOf(' '));
        assertThat(log).contains("ztick.toml:" + number + ": " + section + "." + key + ": ");
      }
    }
    assertThat(log).contains("no_such_section");
  }

  @Test
  void an_error_of_toml_is_refused_with_its_line() throws Exception {
    assertThat(refusal("[log]\nlevel = info\n")).contains("ztick.toml:2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tls_cert", "tls_key"})
  void both_keys_of_tls_or_none(String only) throws Exception {
    Files.createFile(directory.resolve("only.pem"));
    assertThat(refusal("[controller]\nlisten = \"127.0.0.1:0\"\n" + only + " = \"only.pem\"\n"))
        .contains("tls_cert")
        .contains("tls_key");
  }

  @Test
  void a_file_named_by_c_must_exist() throws Exception {
    String missing = directory.resolve("missing.toml").toString();
    String script = "\"$0\" -c \"$1\" 2>&1; echo \"exit $?\"";
    assertThat(Tool.run("sh", "-c", script, ztick(), missing))
        .contains("missing.toml")
        .endsWith("exit 2\n")
        .doesNotContain("\tat ");
  }

  @Test
  void the_keys_of_the_original_are_accepted_each_with_a_warning() throws Exception {
    String configuration =
        """
        [controller]
        listen = "127.0.0.1:0"

        [database]
        persistence = "memory"
        framerate = 512
        compression_interval = 3600
        fsync_on_persist = true
        logfile_path = "logfile"

        [http]
        listen = "127.0.0.1:5680"

        [telemetry]
        enabled = false
        """;
    try (ZtickServer server = ZtickServer.in(directory).launch(configuration)) {
      server.awaitLog("listening on 127\\.0\\.0\\.1:\\d+");
      for (String word :
          List.of(
              "framerate",
              "compression_interval",
              "fsync_on_persist",
              "logfile_path",
              "http",
              "telemetry")) {
        assertThat(server.log()).anyMatch(line -> line.contains("WARN") && line.contains(word));
      }
    }
  }

  @Test
  void the_start_is_logged_with_address_tls_authentication_persistence_and_counts()
      throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).start()) {
      assertThat(server.awaitLog("listening on"))
          .contains(
              "listening on 127.0.0.1:" + server.port(),
              "TLS off",
              "authentication off",
              "persistence memory",
              "0 jobs",
              "0 rules");
    }
  }

  @Test
  void connections_are_logged_opened_and_closed_and_nothing_per_request_at_info() throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).start()) {
      try (Wire wire = server.connect()) {
        wire.send("marker1 SET log.marker2 2099-04-01").expect("marker1 OK");
        wire.send("marker3 nonsense").expect("marker3 ERROR unknown_command…");
        wire.send("QUIT").expect("OK").expectClosed();
      }
      assertThat(server.awaitLog("connection .*opened")).contains("127.0.0.1");
      assertThat(server.awaitLog("connection .*closed")).matches(".* closed.*: .+");
      assertThat(String.join("\n", server.log())).doesNotContain("marker");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"info", "debug", "trace"})
  void level_takes_the_levels_that_log_the_start(String level) throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).set("log", "level", level).start();
        Wire wire = server.connect()) {
      wire.send("r1 PING").expect("r1 OK");
    }
  }

  @Test
  void help_and_version_end_with_0() throws Exception {
    for (String option : List.of("--help", "--version")) {
      assertThat(Tool.run("sh", "-c", "\"$0\" " + option + "; echo \"exit $?\"", ztick()))
          .as(option)
          .matches("(?s).+\nexit 0\n");
    }
  }

  @Test
  void the_word_server_in_front_of_c_is_the_same() throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("ztick.toml"), "[log]\nlevel = \"loud\"\n[nothing]\nkey = 1\n");
    String script = "\"$0\" server -c \"$1\" 2>&1; echo \"exit $?\"";
    assertThat(Tool.run("sh", "-c", script, ztick(), file.toString()))
        .contains("ztick.toml:2: log.level: ", "nothing")
        .endsWith("exit 2\n");
  }

  private String refusal(String configuration) throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).launch(configuration)) {
      assertThat(server.exitCode()).isEqualTo(2);
      String log = String.join("\n", server.log());
      assertThat(log).doesNotContain("\tat ");
      return log;
    }
  }

  private static String ztick() {
    return ZtickServer.home().resolve("bin/ztick").toString();
  }
}
