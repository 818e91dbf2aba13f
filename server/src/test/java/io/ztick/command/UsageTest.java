package io.ztick.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a wrong command line is told.
class UsageTest {
  @TempDir private Path directory;

  private Run run(String... arguments) {
    return Run.of(directory, Map.of(), arguments);
  }

  private Run misused(String... arguments) {
    Run wrong = run(arguments);
    assertThat(wrong.exitCode()).as("%s", wrong.errors()).isEqualTo(2);
    return wrong;
  }

  @Test
  void nothing_that_a_terminal_would_obey_is_repeated() {
    String red = "\u001b[31m";
    for (Run wrong :
        new Run[] {
          misused("ping", red),
          misused("ping", "-o", red),
          misused("ping", "--" + red),
          misused("ping", "--profile", red),
          misused("ping", "--endpoint", "ztick+tls://x", "--tls-ca", "/" + red)
        }) {
      assertThat(wrong.errors()).doesNotContain("\u001b");
    }
    assertThat(misused("ping", red).errors()).contains("\\u{1b}[31m");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ping --tokn SECRET", "ping --tokn=SECRET", "config set auth SECRET"})
  void what_may_be_a_secret_is_not_repeated(String arguments) {
    assertThat(misused(arguments.split(" ")).errors()).doesNotContain("SECRET");
  }

  @Test
  void an_option_that_is_not_there_is_named() {
    assertThat(misused("ping", "--tokn", "x").errors())
        .startsWith("ztick: there is no option --tokn\n");
  }

  @Test
  void a_job_is_not_named_like_an_option_by_mistake() {
    assertThat(misused("set", "--ouput", "2099-01-01").errors())
        .startsWith("ztick: there is no option --ouput;");
    assertThat(misused("set", "a", "-x").errors()).startsWith("ztick: there is no option -x;");
  }

  @ParameterizedTest
  @ValueSource(strings = {"set a -5", "set -- --ouput now", "set --timeout 1s -- -x now"})
  void a_time_and_an_id_may_begin_with_a_minus(String arguments) throws IOException {
    // The server is asked, and there is none.
    Map<String, String> nowhere = Map.of("ZTICK_ENDPOINT", ProfilesTest.closed());
    assertThat(Run.of(directory, nowhere, arguments.split(" ")).exitCode()).isEqualTo(3);
  }

  @Test
  void an_argument_that_was_no_text_is_refused() {
    assertThat(misused("set", "caf\ufffd", "now").errors()).contains("an argument is no text");
  }

  @Test
  void a_file_without_a_certificate_is_wrong_usage() throws IOException {
    Path empty = Files.writeString(directory.resolve("empty.pem"), "none\n");
    assertThat(
            misused("ping", "--endpoint", "ztick+tls://x", "--tls-ca", empty.toString()).errors())
        .startsWith("ztick: --tls-ca: " + empty + " holds no PEM certificate");
    assertThat(misused("config", "set", "tls_ca", empty.toString()).errors())
        .startsWith("ztick: tls_ca: " + empty + " holds no PEM certificate");
  }

  @Test
  void values_are_completed_and_named_as_they_are_typed() {
    assertThat(misused("ping", "-o", "xml").errors())
        .contains("one of table, json, wire is expected");
    assertThat(run("completion", "bash").out())
        .contains("\"table\" \"json\" \"wire\"", "\"bash\" \"zsh\"", "\"endpoint\" \"auth\"");
  }

  @Test
  void a_key_that_is_not_set_is_exit_code_2() {
    assertThat(misused("config", "get", "tls_ca").errors())
        .isEqualTo("ztick: tls_ca is not set in the profile default\n");
  }

  @Test
  void a_configuration_that_cannot_be_written_is_exit_code_2() throws IOException {
    // Where a directory is expected.
    Files.writeString(directory.resolve("ztick"), "");
    assertThat(misused("config", "set", "auth", "none").errors()).contains("ztick/config.toml: ");
  }
}
