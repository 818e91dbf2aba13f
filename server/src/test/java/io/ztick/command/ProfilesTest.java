package io.ztick.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `ztick config`, and which server the profiles make the others talk to.
class ProfilesTest {
  private static final String SECRET = "sk_live_abc123";

  @TempDir private Path directory;

  private Run run(String... arguments) {
    return Run.of(directory, Map.of(), arguments);
  }

  private Path file() {
    return directory.resolve("ztick/config.toml");
  }

  private void write(String text) throws IOException {
    Files.createDirectories(directory.resolve("ztick"));
    Files.writeString(file(), text);
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void what_is_set_is_kept_for_its_owner_only() throws IOException {
    assertThat(run("config", "set", "auth", "token").exitCode()).isZero();
    assertThat(run("config", "set", "token", SECRET).exitCode()).isZero();

    assertThat(run("config", "get", "auth").out()).isEqualTo("token\n");
    assertThat(mode(file())).isEqualTo("rw-------");
    assertThat(mode(directory.resolve("ztick"))).isEqualTo("rwx------");
    assertThat(directory.resolve("ztick")).isDirectoryNotContaining("glob:**/config?*.toml");
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void a_secret_is_shown_on_demand_only() {
    assertThat(run("config", "set", "token", SECRET).exitCode()).isZero();

    assertThat(run("config", "get", "token").out()).isEqualTo("***\n");
    assertThat(run("config", "list").out()).contains("***").doesNotContain(SECRET);
    assertThat(run("config", "get", "token", "--secrets").out()).isEqualTo(SECRET + "\n");
    assertThat(run("config", "list", "--secrets").out()).contains(SECRET);
  }

  @Test
  void where_a_secret_is_is_none() {
    assertThat(run("config", "set", "token", "env:TEAM_TOKEN").exitCode()).isZero();
    assertThat(run("config", "get", "token").out()).isEqualTo("env:TEAM_TOKEN\n");
  }

  @Test
  void what_a_person_wrote_around_it_stays() throws IOException {
    write("# mine\n[profiles.team]\n# the big one\nendpoint = \"ztick://old\" # was\n");

    assertThat(run("config", "set", "endpoint", "ztick://new", "--profile", "team").exitCode())
        .isZero();
    assertThat(file())
        .content()
        .isEqualTo("# mine\n[profiles.team]\n# the big one\nendpoint = \"ztick://new\" # was\n");
  }

  @Test
  void the_profile_in_use_is_the_one_that_was_chosen() {
    run("config", "set", "endpoint", "ztick://a:1", "--profile", "a");
    run("config", "set", "endpoint", "ztick://b:2", "--profile", "b");

    assertThat(run("config", "use", "b").exitCode()).isZero();
    assertThat(run("config", "get", "endpoint").out()).isEqualTo("ztick://b:2\n");
    assertThat(Run.of(directory, Map.of("ZTICK_PROFILE", "a"), "config", "get", "endpoint").out())
        .isEqualTo("ztick://a:1\n");
    assertThat(run("config", "get", "endpoint", "--profile", "a").out()).isEqualTo("ztick://a:1\n");
    assertThat(run("config", "list", "-o", "json").out())
        .contains("{\"profile\":\"b\",\"used\":\"yes\",\"endpoint\":\"ztick://b:2\"");
  }

  @Test
  void a_profile_that_is_not_there_is_exit_code_2() {
    for (String[] arguments : new String[][] {{"config", "use", "x"}, {"ping", "--profile", "x"}}) {
      Run wrong = run(arguments);
      assertThat(wrong.exitCode()).isEqualTo(2);
      assertThat(wrong.errors()).startsWith("ztick: there is no profile x in " + file());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "endpoint, http://x",
    "endpoint, ztick://x:99999",
    "auth, basic",
    "token, env:",
    "tls_ca, /nowhere/ca.pem",
    "user, ann",
    "token, ' '"
  })
  void a_value_that_cannot_be_is_refused_and_nothing_is_kept(String key, String value) {
    Run wrong = run("config", "set", key, value);
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.errors()).contains(key);
    assertThat(file()).doesNotExist();
  }

  @Test
  void every_problem_of_the_file_is_a_line() throws IOException {
    write("profile = \"x\"\nuser = 1\n[profiles.a]\nendpoint = \"x\"\nauth = 1\nuser = \"\"\n");

    Run wrong = run("ping");
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.errors().lines())
        .satisfiesExactlyInAnyOrder(
            line -> assertThat(line).startsWith("ztick: " + file() + ":1: profile: "),
            line -> assertThat(line).startsWith("ztick: " + file() + ":2: user: unknown"),
            line -> assertThat(line).startsWith("ztick: " + file() + ":4: profiles.a.endpoint: "),
            line -> assertThat(line).startsWith("ztick: " + file() + ":5: profiles.a.auth: "),
            line -> assertThat(line).startsWith("ztick: " + file() + ":6: profiles.a.user: "));
  }

  @Test
  void what_is_no_toml_is_not_repeated() throws IOException {
    write("[profiles.a]\ntoken = " + SECRET + "\n");

    Run wrong = run("ping");
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.errors())
        .startsWith("ztick: " + file() + ":2: not valid TOML")
        .doesNotContain(SECRET);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--"})
  void a_secret_that_others_can_read_is_refused(String mode) throws IOException {
    write("[profiles.default]\ntoken = \"" + SECRET + "\"\n");
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString(mode));

    Run wrong = run("ping");
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.errors()).contains("chmod 600 " + file()).doesNotContain(SECRET);
  }

  @Test
  void options_come_before_variables_and_these_before_the_profile() throws IOException {
    write("[profiles.default]\nendpoint = \"" + closed() + "\"\n");
    String variable = closed();
    String option = closed();

    assertThat(run("ping").errors()).doesNotContain(variable, option).contains("ztick://127.0.0.1");
    Map<String, String> environment = Map.of("ZTICK_ENDPOINT", variable);
    assertThat(Run.of(directory, environment, "ping").errors()).contains(variable);
    assertThat(Run.of(directory, environment, "ping", "--endpoint", option).errors())
        .contains(option)
        .doesNotContain(variable);
  }

  @Test
  void the_secret_of_a_profile_with_tls_is_not_sent_without() throws IOException {
    write("[profiles.default]\nendpoint = \"ztick+tls://x\"\ntoken = \"" + SECRET + "\"\n");

    Run wrong = run("ping", "--endpoint", closed());
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.errors()).contains("clear text").doesNotContain(SECRET);
  }

  @Test
  void a_login_without_a_secret_is_exit_code_2() {
    run("config", "set", "auth", "token");

    assertThat(run("ping").exitCode()).isEqualTo(2);
    assertThat(run("ping", "--token", "env:NONE").errors()).contains("no secret in env:NONE");
    Run wrong = run("ping", "--token", SECRET);
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.errors()).doesNotContain(SECRET);
  }

  /// An endpoint at which nobody listens.
  static String closed() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "ztick://127.0.0.1:" + socket.getLocalPort();
    }
  }
}
