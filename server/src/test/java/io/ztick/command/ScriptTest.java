package io.ztick.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ztick.client.ClientOptions;
import io.ztick.client.Endpoint;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Lines on the stdin of `ztick shell`, as far as they need no server.
class ScriptTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private int run(byte[] lines) throws IOException {
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Session session = Run.session(lines, out);
    var nobody = ClientOptions.builder(new Endpoint("127.0.0.1", port, false));
    try (var dialogue = new Dialogue(session, nobody)) {
      return new Script(session, dialogue).run();
    }
  }

  @Test
  void a_line_that_is_not_utf_8_is_an_error_and_the_next_one_is_read() throws IOException {
    assertThat(run("SET caf\u00e9 now\nGET \"a\n".getBytes(ISO_8859_1))).isEqualTo(1);
    assertThat(out.toString(UTF_8))
        .isEqualTo(
            """
            ERROR bad_request the line is not UTF-8
            ERROR bad_request the quote has no end
            """);
  }

  @Test
  void a_line_that_finds_no_server_is_named() throws IOException {
    assertThat(run("\nPING\n".getBytes(UTF_8))).isEqualTo(3);
    assertThat(out.toString(UTF_8)).startsWith("ztick: line 2: no connection to ").hasLineCount(1);
  }

  @Test
  void only_a_line_feed_ends_a_line() throws IOException {
    var input = new LineInput(new ByteArrayInputStream("a\rb\r\n\n\r\r\nc\r".getBytes(UTF_8)));
    List<String> lines = new ArrayList<>();
    for (byte[] line = input.next(); line != null; line = input.next()) {
      lines.add(new String(line, UTF_8));
    }
    assertThat(lines).containsExactly("a\rb", "", "\r", "c\r");
  }
}
