package io.ztick.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What ends the command before a server runs, in this process; signals and the exit, in one of
/// their own.
class MainTest {
  @TempDir private Path directory;

  @Test
  void the_version_is_one_line() {
    Ztick version = Ztick.run("--version");
    assertThat(version.exitCode()).isZero();
    assertThat(version.out()).startsWith("ztick ").hasLineCount(1);
  }

  @Test
  void the_help_names_the_option_the_commands_and_the_exit_codes() {
    Ztick help = Ztick.run("--help");
    assertThat(help.exitCode()).isZero();
    assertThat(help.out())
        .contains("--config=FILE", "  0     done; of a server: stopped by a signal\n")
        .containsSubsequence(
            "\n  server        Runs ",
            "\n  backup        Lets ",
            "\n  check-config  Checks ",
            "\n  dump          Prints ",
            "\n  import        Makes ",
            "\n  restore       Makes ",
            "\n  verify        Reads ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"server", "backup", "check-config", "import", "token bootstrap"})
  void commands_that_need_the_configuration_have_its_option(String command) {
    assertThat(Ztick.run((Object[]) (command + " --help").split(" ")).out())
        .contains("--config=FILE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dump", "restore", "verify"})
  void commands_that_do_not_need_it_have_not(String command) {
    assertThat(Ztick.run(command, "--help").out()).contains("DIR").doesNotContain("--config");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--unknown", "unknown", "-c", "server more"})
  void wrong_usage_is_exit_code_2(String arguments) {
    Ztick wrong = Ztick.run((Object[]) arguments.split(" "));
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.errors()).contains("Usage: ztick");
    assertThat(wrong.out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-c %s", "server -c %s", "-c %s server", "server --config=%s"})
  void every_problem_of_the_configuration_is_a_line_and_exit_code_2(String arguments) {
    Path file = Pems.file(directory, "ztick.toml", "[log]\nlevel = 1\nlevels = 2\n");

    assertThat(Ztick.run((Object[]) arguments.formatted(file).split(" ")))
        .isEqualTo(
            new Ztick(
                2,
                "",
                """
                %1$s:2: log.level: 1 is not one of off, error, warn, info, debug, trace
                %1$s:3: log.levels: unknown key; [log] has level
                """
                    .formatted(file)));
  }

  @Test
  void a_named_file_must_exist() {
    assertThat(Ztick.run("-c", "/nowhere/ztick.toml"))
        .isEqualTo(new Ztick(2, "", "/nowhere/ztick.toml: no such file\n"));
  }

  @Test
  void an_address_in_use_is_one_line_and_exit_code_1() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Process server = started("127.0.0.1:" + taken.getLocalPort());

      assertThat(server.inputReader().lines())
          .singleElement()
          .asString()
          .startsWith("ztick: ")
          .contains("127.0.0.1:" + taken.getLocalPort());
      assertThat(server.waitFor()).isEqualTo(1);
    }
  }

  @Test
  void sighup_ends_nothing_and_sigterm_is_exit_code_0() throws Exception {
    Process server = started("127.0.0.1:0");
    var log = server.inputReader();
    assertThat(log.readLine()).contains("started");

    assertThat(new ProcessBuilder("kill", "-HUP", "" + server.pid()).start().waitFor()).isZero();
    // Process.destroy would close the stream as well.
    assertThat(server.toHandle().destroy()).isTrue();

    assertThat(server.waitFor()).isZero();
    assertThat(log.lines()).noneMatch(line -> line.startsWith("\tat "));
  }

  private Process started(String listen) throws IOException {
    String text =
        """
        [controller]
        listen = "%s"
        [database]
        persistence = "memory"
        """
            .formatted(listen);
    Path file = Pems.file(directory, "ztick.toml", text);
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Dlogback.configurationFile=" + Path.of("..", "conf", "logback.xml"),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "-c",
            file.toString())
        .redirectErrorStream(true)
        .start();
  }
}
