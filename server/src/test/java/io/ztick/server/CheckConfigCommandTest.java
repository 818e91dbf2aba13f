package io.ztick.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckConfigCommandTest {
  private static final String AUTH =
      """
      [token.deploy]
      secret = "a secret that is long enough"
      namespace = "deploy."
      """;

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"check-config %s", "check-config -c %s", "-c %s check-config"})
  void a_configuration_without_a_problem_is_ok(String arguments) {
    Path file = Pems.file(directory, "ztick.toml", database("state"));

    assertThat(Ztick.run((Object[]) arguments.formatted(file).split(" ")))
        .isEqualTo(new Ztick(0, file + ": ok\n", ""));
    assertThat(directory.resolve("state")).as("it makes nothing").doesNotExist();
  }

  @Test
  void warnings_stand_on_stderr_and_change_nothing() {
    Path file = Pems.file(directory, "ztick.toml", database("state") + "[http]\n");

    assertThat(Ztick.run("check-config", file))
        .isEqualTo(
            new Ztick(
                0,
                file + ": ok\n",
                "warning: " + file + ":3: [http]: ignored: the HTTP interface is not there yet\n"));
  }

  @Test
  void every_problem_that_a_start_would_meet_is_told_at_once() {
    Pems.file(directory, "auth.toml", "[token.deploy]\nnamespace = \"deploy.\"\n");
    Pems.file(directory, "taken", "no directory");
    Path file =
        Pems.file(
            directory,
            "ztick.toml",
            """
            [controller]
            listen = "192.0.2.1:5678"
            auth_file = "auth.toml"
            tls_cert = "cert.pem"
            tls_key = "key.pem"
            unknown = 1
            [shell]
            path = "no/shell"
            [database]
            directory = "taken"
            """);

    Ztick refused = Ztick.run("check-config", file);

    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.out()).isEmpty();
    assertThat(refused.errors().lines())
        .satisfiesExactly(
            line -> assertThat(line).startsWith(file + ":2: controller.listen: cannot listen"),
            line -> assertThat(line).startsWith(file + ":6: controller.unknown: "),
            line -> assertThat(line).startsWith(file + ":8: shell.path: "),
            line -> assertThat(line).startsWith(file + ":10: database.directory: "),
            line -> assertThat(line).startsWith("auth.toml:1: token.deploy: "),
            line -> assertThat(line).startsWith("controller.tls_cert: "),
            line -> assertThat(line).startsWith("controller.tls_key: "));
  }

  @Test
  void a_directory_that_cannot_be_made_is_a_problem() {
    Path taken = Pems.file(directory, "taken", "no directory");
    Path file = Pems.file(directory, "ztick.toml", database("taken/state"));

    assertThat(Ztick.run("check-config", file))
        .isEqualTo(
            new Ztick(
                2,
                "",
                "%s:2: database.directory: \"%s/state\" cannot be used by this user\n"
                    .formatted(file, taken)));
  }

  @Test
  void a_section_that_is_none_is_told_once() {
    Path file = Pems.file(directory, "ztick.toml", "controller = 1\ndatabase = 2\n");

    assertThat(Ztick.run("check-config", file).errors())
        .startsWith(file + ":1: controller: must be a section")
        .contains(file + ":2: database: must be a section");
  }

  @Test
  void neither_the_port_nor_the_lock_of_a_server_that_runs_is_needed() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String listen = "[controller]\nlisten = \"127.0.0.1:" + taken.getLocalPort() + "\"\n";
      Path file = Pems.file(directory, "ztick.toml", listen + database("state"));
      try (var _ = Journals.inUse(directory.resolve("state"))) {
        assertThat(Ztick.run("check-config", file).exitCode()).isZero();
      }
    }
  }

  @Test
  void a_file_that_is_given_twice_is_wrong_usage() {
    Path file = Pems.file(directory, "ztick.toml", "");

    Ztick wrong = Ztick.run("check-config", file, "-c", file);

    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.errors())
        .startsWith("ztick: FILE and --config are both given; one is expected\n");
  }

  @Test
  void a_file_that_is_not_there_is_a_problem() {
    assertThat(Ztick.run("check-config", "/nowhere/ztick.toml"))
        .isEqualTo(new Ztick(2, "", "/nowhere/ztick.toml: no such file\n"));
  }

  @Test
  void a_token_file_that_a_server_would_take_is_ok() throws Exception {
    Path auth = Pems.file(directory, "auth.toml", AUTH + "runners = []\n");
    Files.setPosixFilePermissions(auth, PosixFilePermissions.fromString("rw-------"));
    Path file =
        Pems.file(
            directory,
            "ztick.toml",
            "[controller]\nauth_file = \"auth.toml\"\n" + database("state"));

    assertThat(Ztick.run("check-config", file)).isEqualTo(new Ztick(0, file + ": ok\n", ""));
  }

  private static String database(String name) {
    return "[database]\ndirectory = \"" + name + "\"\n";
  }
}
