package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A client that knows bytes and lines and nothing else. An expected line that ends in `…` stands
/// for the text before it and whatever sentence follows.
final class Wire implements AutoCloseable {
  private final Socket socket;
  private final InputStream input;

  Wire(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(Math.toIntExact(ZtickServer.BOUND.toMillis()));
    socket.setTcpNoDelay(true);
    input = new BufferedInputStream(socket.getInputStream());
  }

  static Wire connect(int port) throws IOException {
    return connect(new Socket(), port);
  }

  private static Wire connect(Socket socket, int port) throws IOException {
    socket.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        Math.toIntExact(ZtickServer.BOUND.toMillis()));
    return new Wire(socket);
  }

  /// A connection from another address of this machine, such as 127.0.0.2.
  static Wire connectFrom(String address, int port) throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral(address), 0));
    return connect(socket, port);
  }

  /// A connection that takes few bytes at a time.
  static Wire connectNarrow(int port) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4096);
    return connect(socket, port);
  }

  Wire send(String line) throws IOException {
    return write(line + "\n");
  }

  Wire write(String text) throws IOException {
    return write(text.getBytes(StandardCharsets.UTF_8));
  }

  Wire write(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  Wire halfClose() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /// The next line without its line feed.
  String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = input.read(); next != '\n'; next = input.read()) {
      if (next < 0) {
        throw new AssertionError("closed after: " + line.toString(StandardCharsets.UTF_8));
      }
      line.write(next);
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  /// The next line without its line feed; none when the connection ends before it, however it does.
  Optional<String> lineIfAny() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try {
      for (int next = input.read(); next != '\n'; next = input.read()) {
        if (next < 0) {
          return Optional.empty();
        }
        line.write(next);
      }
    } catch (SocketException e) {
      return Optional.empty();
    }
    return Optional.of(line.toString(StandardCharsets.UTF_8));
  }

  Wire expect(String expected) throws IOException {
    assertLine(line(), expected);
    return this;
  }

  /// Everything up to the end of input; a reset fails.
  String remaining() throws IOException {
    return new String(input.readAllBytes(), StandardCharsets.UTF_8);
  }

  void expectClosed() throws IOException {
    assertThat(remaining()).as("what comes before the end of input").isEmpty();
  }

  String ask(String line) throws IOException {
    return send(line).line();
  }

  /// The rows of a listing that is asked for without a request id.
  List<String> rows(String command) throws IOException {
    send(command);
    List<String> rows = new ArrayList<>();
    for (String row = line(); !row.equals("OK"); row = line()) {
      assertThat(row).doesNotStartWith("ERROR");
      rows.add(row);
    }
    return rows;
  }

  /// The first word of each row, and the others joined by a space.
  Map<String, String> table(String command) throws IOException {
    Map<String, String> table = new LinkedHashMap<>();
    for (String row : rows(command)) {
      List<String> words = Words.of(row);
      table.put(words.getFirst(), String.join(" ", words.subList(1, words.size())));
    }
    return table;
  }

  long executionNanos(String job) throws IOException {
    List<String> answer = Words.of(ask("GET " + Words.quoted(job)));
    assertThat(answer).as("GET %s", job).hasSize(3);
    return Long.parseLong(answer.get(2));
  }

  Wire awaitStatus(String job, String status) {
    await("job " + job + " is " + status)
        .atMost(ZtickServer.BOUND)
        .until(() -> ask("GET " + Words.quoted(job)), answer -> answer.startsWith("OK " + status));
    return this;
  }

  /// Plays a conversation: `> ` sends a line, `< ` expects one, `< (closed)` expects the end of
  /// input.
  Wire session(String script) throws IOException {
    for (String step : script.lines().toList()) {
      if (step.startsWith("> ")) {
        send(step.substring(2));
      } else if (step.equals("< (closed)")) {
        assertThat(remaining()).as("at the end of:\n%s", script).isEmpty();
      } else if (step.startsWith("< ")) {
        expect(step.substring(2));
      } else {
        assertThat(step).as("a step begins with > or <").isBlank();
      }
    }
    return this;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  static void assertLines(String actual, String... expected) {
    assertThat(actual.isEmpty() || actual.endsWith("\n")).as("complete lines: %s", actual).isTrue();
    Iterator<String> lines = actual.lines().iterator();
    for (String line : expected) {
      assertThat(lines).as("a line for %s in:\n%s", line, actual).hasNext();
      assertLine(lines.next(), line);
    }
    assertThat(lines).as("nothing more in:\n%s", actual).isExhausted();
  }

  private static void assertLine(String actual, String expected) {
    if (!expected.endsWith("…")) {
      assertThat(actual).isEqualTo(expected);
      return;
    }
    String start = expected.substring(0, expected.length() - 1).stripTrailing();
    assertThat(actual + " ").as("expected %s", expected).startsWith(start + " ");
  }
}
