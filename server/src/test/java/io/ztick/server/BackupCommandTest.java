package io.ztick.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What ends `ztick backup` without a server: wrong usage, and those who listen in its place.
class BackupCommandTest {
  private static final String AUTH = "auth_file = \"auth.toml\"\n";

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"backup", "backup a b", "backup --unknown a", "backup -x"})
  void wrong_usage_is_exit_code_2(String arguments) {
    Ztick wrong = Ztick.run((Object[]) arguments.split(" "));
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.errors()).contains("Usage: ztick backup [");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sk_clear", "env:", "file:", "ENV:NAME", ""})
  void a_secret_is_no_argument_and_is_not_repeated(String token) {
    Ztick wrong = Ztick.run("backup", "b", "--token", token, "-c", configuration(1, AUTH));
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.errors())
        .startsWith("ztick: --token: env:NAME or file:PATH is expected")
        .doesNotContain("sk_clear");
  }

  @Test
  void with_authentication_there_must_be_a_secret() {
    Path empty = Pems.file(directory, "empty", "\n");
    Path configuration = configuration(1, AUTH);

    assertThat(Ztick.run("backup", "b", "--token", "env:ZTICK_NONE", "-c", configuration).errors())
        .startsWith("ztick: --token: there is no secret in env:ZTICK_NONE");
    Ztick none = Ztick.run("backup", "b", "--token", "file:" + empty, "-c", configuration);
    assertThat(none.exitCode()).isEqualTo(2);
    assertThat(none.errors()).startsWith("ztick: --token: there is no secret in file:" + empty);
    Path absent = directory.resolve("absent");
    assertThat(Ztick.run("backup", "b", "--token", "file:" + absent, "-c", configuration).errors())
        .startsWith("ztick: --token: " + absent + " cannot be read");
  }

  @Test
  void problems_of_the_configuration_are_exit_code_2() {
    Path configuration = Pems.file(directory, "ztick.toml", "[log]\nlevel = 1\n");

    Ztick refused = Ztick.run("backup", "b", "-c", configuration);
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.errors()).startsWith(configuration + ":2: log.level: ");
  }

  @Test
  void without_a_server_it_says_so() throws IOException {
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }

    Ztick refused = Ztick.run("backup", "b", "-c", configuration(port, ""));
    assertThat(refused.exitCode()).isEqualTo(3);
    assertThat(refused.errors())
        .startsWith("ztick: no connection to ztick://127.0.0.1:" + port + ": ");
  }

  @Test
  void a_server_that_closes_gave_no_answer() throws Exception {
    assertThat(errorsWhenAnswered("")).contains(" closed the connection without an answer");
  }

  @Test
  void what_never_ends_its_line_is_no_server() throws Exception {
    assertThat(errorsWhenAnswered("x".repeat(65_537))).endsWith(" is no ztick server\n");
  }

  @Test
  void what_greets_is_no_server() throws Exception {
    assertThat(errorsWhenAnswered("220 \u001b[2J\r\n")).endsWith(" is no ztick server\n");
  }

  @Test
  void a_certificate_that_cannot_be_read_is_named() throws Exception {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String tls = "tls_cert = \"none.pem\"\ntls_key = \"none.pem\"\n";
      Ztick refused = Ztick.run("backup", "b", "-c", configuration(socket.getLocalPort(), tls));
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.errors())
          .isEqualTo(
              "ztick: controller.tls_cert: " + directory.resolve("none.pem") + ": no such file\n");
    }
  }

  /// What the command says to something that sends this to whoever connects, and closes.
  private String errorsWhenAnswered(String answer) throws Exception {
    try (var listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread peer = Thread.ofPlatform().start(() -> answer(listening, answer));
      Ztick refused = Ztick.run("backup", "b", "-c", configuration(listening.getLocalPort(), ""));
      peer.join();
      assertThat(refused.exitCode()).isEqualTo(3);
      assertThat(refused.out()).isEmpty();
      assertThat(refused.errors()).startsWith("ztick: ");
      return refused.errors();
    }
  }

  private static void answer(ServerSocket listening, String answer) {
    try (Socket socket = listening.accept()) {
      // All that the client sends, because unread input would reset the connection.
      int octet = socket.getInputStream().read();
      while (octet != '\n') {
        octet = socket.getInputStream().read();
      }
      socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Path configuration(int port, String more) {
    return Pems.file(
        directory, "ztick.toml", "[controller]\nlisten = \"127.0.0.1:" + port + "\"\n" + more);
  }
}
