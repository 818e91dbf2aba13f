package io.ztick.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What ends the command before a server runs, in this process; signals and the exit, in one of
/// their own.
class MainTest {
  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter errors = new StringWriter();

  @Test
  void the_version_is_one_line() {
    assertThat(ztick("--version")).isZero();
    assertThat(out.toString()).startsWith("ztick ").hasLineCount(1);
  }

  @Test
  void the_help_names_the_option_the_command_and_the_exit_codes() {
    assertThat(ztick("--help")).isZero();
    assertThat(out.toString()).contains("--config=FILE", "  server  ", "0   stopped by a signal");
  }

  @Test
  void the_command_server_has_the_same_option() {
    assertThat(ztick("server", "--help")).isZero();
    assertThat(out.toString()).contains("--config=FILE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--unknown", "unknown", "-c", "server more"})
  void wrong_usage_is_exit_code_2(String arguments) {
    assertThat(ztick(arguments.split(" "))).isEqualTo(2);
    assertThat(errors.toString()).contains("Usage: ztick");
    assertThat(out.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-c %s", "server -c %s", "-c %s server", "server --config=%s"})
  void every_problem_of_the_configuration_is_a_line_and_exit_code_2(String arguments) {
    Path file = Pems.file(directory, "ztick.toml", "[log]\nlevel = 1\nlevels = 2\n");

    assertThat(ztick(arguments.formatted(file).split(" "))).isEqualTo(2);
    assertThat(errors.toString().lines())
        .containsExactly(
            file + ":2: log.level: 1 is not one of off, error, warn, info, debug, trace",
            file + ":3: log.levels: unknown key; [log] has level");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void a_named_file_must_exist() {
    assertThat(ztick("-c", "/nowhere/ztick.toml")).isEqualTo(2);
    assertThat(errors.toString()).isEqualToIgnoringNewLines("/nowhere/ztick.toml: no such file");
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
  void sighup_is_ignored_and_sigterm_is_exit_code_0() throws Exception {
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

  private int ztick(String... arguments) {
    return Main.execute(
        InstantSource.fixed(Pems.NOW),
        new PrintWriter(out, true),
        new PrintWriter(errors, true),
        arguments);
  }
}
