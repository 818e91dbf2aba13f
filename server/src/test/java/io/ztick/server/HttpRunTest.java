package io.ztick.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.ztick.scheduler.Outcome;
import io.ztick.scheduler.Run;
import io.ztick.scheduler.Runner;
import io.ztick.scheduler.Runner.Http.Method;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpRunTest {

  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration PATIENT = Duration.ofSeconds(20);

  private record Request(String method, String target, Headers headers, String body) {}

  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final RunThreads threads = new RunThreads();
  private final HttpConnections connections = threads.connections(PATIENT, PATIENT);
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
  }

  @AfterEach
  void stop() {
    threads.close();
    server.stop(0);
  }

  @ParameterizedTest
  @CsvSource({
    "200, ok",
    "204, ok",
    "299, ok",
    "302, status 302",
    "404, status 404",
    "503, status 503"
  })
  void the_status_is_the_outcome_and_no_redirect_is_followed(int status, String outcome) {
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().add("Location", "/elsewhere");
          answer(exchange, status);
        });

    assertThat(call(Method.GET, "/").text()).isEqualTo(outcome);
    assertThat(requests).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void a_call_says_which_run_it_is(Method method) {
    server.createContext("/", exchange -> answer(exchange, 200));

    assertThat(call("jöb \"50%\\", method, url("/a%20b?x=ü"))).isEqualTo(Outcome.OK);
    Request request = requests.getFirst();
    assertThat(request.method()).isEqualTo(method.name());
    assertThat(request.target()).isEqualTo("/a%20b?x=%C3%BC");
    assertThat(request.headers().get("Idempotency-Key")).containsExactly("7-1775044800000000000");
    assertThat(request.headers().get("Ztick-Job-Id")).containsExactly("j%C3%B6b%20\"50%\\");
    assertThat(request.headers().get("Ztick-Execution-Ns")).containsExactly("1775044800000000000");
    assertThat(request.headers().get("Ztick-Attempt")).containsExactly("2");
    assertThat(request.headers().get("User-Agent")).containsExactly("ztick");
    assertThat(request.headers()).doesNotContainKey("Authorization");
  }

  @ParameterizedTest
  @EnumSource(names = {"POST", "PUT"})
  void post_and_put_carry_the_job_as_json(Method method) {
    server.createContext("/", exchange -> answer(exchange, 200));

    call("jöb \"50%\\", method, url("/"));
    Request request = requests.getFirst();
    assertThat(request.headers().get("Content-Type")).containsExactly("application/json");
    assertThat(request.body())
        .isEqualTo("{\"job_id\":\"jöb \\\"50%\\\\\",\"execution\":1775044800000000000}");
  }

  @Test
  void user_and_password_of_the_url_become_basic_authorization() {
    server.createContext("/", exchange -> answer(exchange, 200));
    String url = "http://us%40er:p%C3%A4ss@127.0.0.1:" + server.getAddress().getPort() + "/x@y";

    assertThat(call("job", Method.GET, URI.create(url))).isEqualTo(Outcome.OK);
    assertThat(requests.getFirst().headers().get("Authorization"))
        .containsExactly("Basic dXNAZXI6cMOkc3M=");
    assertThat(requests.getFirst().target()).isEqualTo("/x@y");
  }

  @Test
  void the_body_of_an_answer_is_the_output() {
    server.createContext("/", exchange -> answer(exchange, 500, "a reason"));
    HttpRun run = run("job", Method.GET, url("/"), PATIENT);

    assertThat(threads.perform(run)).isEqualTo(Outcome.status(500));
    assertThat(run.output()).isEqualTo("a reason");
  }

  @Test
  void an_endless_body_is_broken_off_and_the_status_counts() {
    var brokenOff = new CompletableFuture<Boolean>();
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream body = exchange.getResponseBody()) {
            while (true) {
              body.write(new byte[1024]);
            }
          } catch (IOException e) {
            brokenOff.complete(true);
          }
        });

    assertThat(call(Method.GET, "/")).isEqualTo(Outcome.OK);
    await().until(brokenOff::isDone);
  }

  @Test
  void a_server_that_is_silent_is_a_timeout() throws IOException {
    try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(threads.perform(run("job", Method.GET, url(silent), SHORT)))
          .isEqualTo(Outcome.TIMEOUT);
    }
  }

  @Test
  void a_body_that_does_not_end_is_a_timeout() throws IOException {
    try (var slow = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var run = run("job", Method.GET, url(slow), SHORT);
      CompletableFuture<Outcome> outcome = threads.begin(run);
      try (Socket socket = slow.accept()) {
        socket
            .getOutputStream()
            .write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345".getBytes(US_ASCII));
        assertThat(outcome.join()).isEqualTo(Outcome.TIMEOUT);
        // Nothing is left: the connection was given up, too.
        socket.setSoTimeout(10_000);
        socket.getInputStream().readAllBytes();
      }
    }
  }

  @Test
  void a_host_that_does_not_answer_is_a_timeout() throws IOException {
    try (var full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var waiting = new Sockets()) {
      waiting.fillTheQueueOf(full);
      var http = new Runner.Http(Method.GET, url(full));
      var impatient = threads.connections(SHORT, PATIENT);
      var settings = RunsOfTest.httpTimeouts(SHORT, PATIENT);
      var run = new HttpRun(RunsOfTest.run("job", http), http, impatient, settings, false);
      assertThat(threads.perform(run)).isEqualTo(Outcome.TIMEOUT);
    }
  }

  /// Connections that nobody accepts.
  private static final class Sockets implements AutoCloseable {
    private static final int ENOUGH = 16;

    private final List<Socket> open = new ArrayList<>();

    /// The kernel lets a connection wait for its handshake once the queue of those to be accepted
    /// is full.
    void fillTheQueueOf(ServerSocket server) throws IOException {
      while (open.size() < ENOUGH) {
        var socket = new Socket();
        open.add(socket);
        try {
          socket.connect(server.getLocalSocketAddress(), (int) SHORT.toMillis());
        } catch (SocketTimeoutException e) {
          return;
        }
      }
      throw new AssertionError("the queue takes more than " + ENOUGH);
    }

    @Override
    public void close() throws IOException {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }

  @Test
  void letters_beyond_ascii_in_a_url_are_percent_encoded() {
    server.createContext("/", exchange -> answer(exchange, 200));

    assertThat(call(Method.GET, "/café?é=1")).isEqualTo(Outcome.OK);
    assertThat(requests).extracting(Request::target).containsExactly("/caf%C3%A9?%C3%A9=1");
  }

  @Test
  void a_call_that_nobody_takes_says_why() throws IOException {
    URI closed;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = url(socket);
    }

    assertThat(call("job", Method.GET, closed).text()).startsWith("connection refused");
    assertThat(call("job", Method.GET, URI.create("http://no-such-host.invalid/")).text())
        .isEqualTo("unknown host");
    assertThat(call("job", Method.GET, URI.create("http://under_score/")).text())
        .isEqualTo("the URL has no host that can be called");
  }

  @Test
  void an_answer_that_is_no_http_is_a_failure() throws IOException {
    try (var odd = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var run = run("job", Method.GET, url(odd), PATIENT);
      CompletableFuture<Outcome> outcome = threads.begin(run);
      try (Socket socket = odd.accept()) {
        socket.getOutputStream().write("+OK\r\n\r\n".getBytes(US_ASCII));
        assertThat(outcome.join().text()).startsWith("no answer: ");
      }
    }
  }

  @Test
  void a_server_without_tls_is_a_failure_of_an_https_call() throws IOException {
    try (var plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      URI url = URI.create("https://127.0.0.1:" + plain.getLocalPort() + "/");
      var run = run("job", Method.GET, url, PATIENT);
      CompletableFuture<Outcome> outcome = threads.begin(run);
      try (Socket socket = plain.accept()) {
        // The first byte of the client's hello, as a real server would see before it answers.
        assertThat(socket.getInputStream().read()).isPositive();
        socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
        assertThat(outcome.join().text()).startsWith("TLS: ");
      }
    }
  }

  @Test
  void terminate_ends_a_call_that_hangs() throws Exception {
    try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var run = run("job", Method.POST, url(silent), Duration.ofMinutes(5));
      CompletableFuture<Outcome> outcome = threads.begin(run);
      try (Socket socket = silent.accept()) {
        run.terminate();
        assertThat(outcome.join().success()).isFalse();
        socket.setSoTimeout(10_000);
        socket.getInputStream().readAllBytes();
      }
    }
  }

  @Test
  void a_call_that_was_ended_before_it_began_is_never_made() {
    server.createContext("/", exchange -> answer(exchange, 200));
    var run = run("job", Method.GET, url("/"), SHORT);
    run.terminate();

    assertThat(threads.perform(run).success()).isFalse();
    assertThat(requests).isEmpty();
  }

  @Test
  void calls_to_one_target_share_a_connection() throws Exception {
    try (var target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Outcome> first = threads.begin(run(Method.POST, target, PATIENT));
      try (Socket socket = target.accept()) {
        for (int i = 0; i < 3; i++) {
          readRequest(socket);
          write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
          assertThat(first.join()).isEqualTo(Outcome.OK);
          first = threads.begin(run(Method.POST, target, PATIENT));
        }
      }
    }
  }

  @Test
  void a_connection_that_nobody_uses_is_closed() throws Exception {
    HttpConnections impatient = threads.connections(PATIENT, SHORT);
    try (var target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var http = new Runner.Http(Method.GET, url(target));
      var run =
          new HttpRun(RunsOfTest.run("job", http), http, impatient, RunsOfTest.DEFAULTS, false);
      CompletableFuture<Outcome> outcome = threads.begin(run);
      try (Socket socket = target.accept()) {
        readRequest(socket);
        write(socket, "HTTP/1.1 204 No Content\r\n\r\n");
        assertThat(outcome.join()).isEqualTo(Outcome.OK);
        assertThat(readToEnd(socket)).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nX: ",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nH",
        "HTTP/1.1 204 No Content\r\n\r\nabc",
      })
  void a_connection_that_cannot_go_on_is_given_up(String answer) throws Exception {
    try (var target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Outcome> outcome = threads.begin(run(Method.GET, target, PATIENT));
      try (Socket socket = target.accept()) {
        readRequest(socket);
        write(socket, answer);
        assertThat(outcome.join()).isIn(Outcome.OK, Outcome.status(101));
        assertThat(readToEnd(socket)).isEmpty();
      }
    }
  }

  @Test
  void what_comes_while_nobody_waits_for_an_answer_closes_the_connection() throws Exception {
    try (var target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Outcome> outcome = threads.begin(run(Method.GET, target, PATIENT));
      try (Socket socket = target.accept()) {
        readRequest(socket);
        write(socket, "HTTP/1.1 204 No Content\r\n\r\n");
        assertThat(outcome.join()).isEqualTo(Outcome.OK);
        write(socket, "H");
        assertThat(readToEnd(socket)).isEmpty();
      }
    }
  }

  @Test
  void what_is_behind_an_answer_is_not_the_answer_of_the_next_run() throws Exception {
    try (var target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Outcome> first = threads.begin(run(Method.POST, target, PATIENT));
      try (Socket socket = target.accept()) {
        readRequest(socket);
        write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nX: ");
        assertThat(first.join()).isEqualTo(Outcome.OK);
        CompletableFuture<Outcome> second = threads.begin(run(Method.POST, target, PATIENT));
        try (Socket another = target.accept()) {
          readRequest(another);
          write(another, "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n");
          assertThat(second.join()).isEqualTo(Outcome.status(500));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"+OK\r\n\r\n", "HTTP/1.1 200 OK\r\nX: ", "H"})
  void a_call_that_was_answered_with_anything_at_all_is_not_sent_again(String answer)
      throws Exception {
    try (var target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Outcome> first = threads.begin(run(Method.GET, target, PATIENT));
      CompletableFuture<Outcome> second;
      try (Socket socket = target.accept()) {
        readRequest(socket);
        write(socket, "HTTP/1.1 204 No Content\r\n\r\n");
        assertThat(first.join()).isEqualTo(Outcome.OK);
        second = threads.begin(run(Method.GET, target, PATIENT));
        readRequest(socket);
        write(socket, answer);
      }
      // A second request would wait for an answer that nobody gives.
      assertThat(second.join()).isNotIn(Outcome.OK, Outcome.TIMEOUT);
    }
  }

  @ParameterizedTest
  @CsvSource({"GET, true", "PUT, true", "DELETE, true", "POST, false"})
  void only_what_is_idempotent_is_sent_again_when_the_target_gave_up_the_connection(
      Method method, boolean repeated) throws Exception {
    try (var target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Outcome> first = threads.begin(run(method, target, PATIENT));
      CompletableFuture<Outcome> second;
      try (Socket socket = target.accept()) {
        readRequest(socket);
        write(socket, "HTTP/1.1 204 No Content\r\n\r\n");
        assertThat(first.join()).isEqualTo(Outcome.OK);
        second = threads.begin(run(method, target, PATIENT));
        readRequest(socket);
      }
      if (!repeated) {
        assertThat(second.join().text()).startsWith("no answer: ");
        return;
      }
      try (Socket socket = target.accept()) {
        readRequest(socket);
        write(socket, "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
        assertThat(second.join()).isEqualTo(Outcome.status(503));
      }
    }
  }

  @Test
  void a_target_that_closes_every_connection_is_called_once() throws Exception {
    try (var target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Outcome> outcome = threads.begin(run(Method.GET, target, PATIENT));
      try (Socket socket = target.accept()) {
        readRequest(socket);
      }
      assertThat(outcome.join().text()).startsWith("no answer: ");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'HTTP/1.1 103 Early Hints|Link: a||HTTP/1.1 204 No Content||', ok",
    "'HTTP/1.1 100 Continue||HTTP/1.1 500 Oops|Content-Length: 0||', status 500",
    "'HTTP/1.1 101 Switching Protocols|Upgrade: x|Connection: upgrade||', status 101",
    "'HTTP/1.0 200 OK||to the end', ok",
    "'HTTP/1.1 200 OK|Transfer-Encoding: chunked||2|ok|0||', ok",
    "'HTTP/1.1 200 OK|Content-Length: 10||cut off',"
        + " 'no answer: the connection was closed before the body was complete'",
    "'HTTP/1.1 200 OK|Transfer-Encoding: chunked||no number|', 'no answer: not HTTP: .*'",
    "'HTTP/1.1 200 OK|Content-Length: x||', 'no answer: not HTTP: .*'",
    "'HTTP/1.1 200 OK\nContent-Length: 0\n\n', 'no answer: not HTTP: .*'",
    "'garbage||', 'no answer: not HTTP: .*'",
    "'', 'no answer: the connection was closed'",
    "'HTTP/1.1 200 O', 'no answer: the connection was closed before the head was complete'",
    "'HTTP/1.1 200 OK|X: ', 'no answer: the connection was closed before the head was complete'",
    "'HTTP/1.1 103 Early Hints||', 'no answer: the connection was closed before the head .*'",
  })
  void an_answer_is_read_as_http_says(String answer, String outcome) throws Exception {
    try (var target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Outcome> ended = threads.begin(run(Method.GET, target, PATIENT));
      try (Socket socket = target.accept()) {
        readRequest(socket);
        write(socket, answer.replace("|", "\r\n"));
      }
      assertThat(ended.join().text()).matches(outcome);
    }
  }

  @Test
  void a_reset_connection_is_no_answer() throws Exception {
    try (var target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Outcome> ended = threads.begin(run(Method.POST, target, PATIENT));
      try (Socket socket = target.accept()) {
        readRequest(socket);
        socket.setSoLinger(true, 0);
      }
      assertThat(ended.join()).isEqualTo(Outcome.failed("no answer: connection reset"));
    }
  }

  @Test
  void a_header_without_end_is_a_failure() throws Exception {
    try (var target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Outcome> ended = threads.begin(run(Method.GET, target, PATIENT));
      try (Socket socket = target.accept()) {
        readRequest(socket);
        write(socket, "HTTP/1.1 200 OK\r\nX: " + "x".repeat(1_000_000));
        assertThat(ended.join().text()).startsWith("no answer: ");
      } catch (SocketException e) {
        // It was closed before all of it was written.
        assertThat(ended.join().text()).startsWith("no answer: ");
      }
    }
  }

  private HttpRun run(Method method, ServerSocket target, Duration timeout) {
    return run("job", method, url(target), timeout);
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(US_ASCII));
  }

  /// Reads the head of a request, and the body if there is one.
  private static void readRequest(Socket socket) throws IOException {
    socket.setSoTimeout(Math.toIntExact(PATIENT.toMillis()));
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int octet = socket.getInputStream().read();
      assertThat(octet).as("a byte behind " + head).isNotNegative();
      head.append((char) octet);
    }
    Matcher length = Pattern.compile("Content-Length: (\\d+)").matcher(head);
    if (length.find()) {
      var _ = socket.getInputStream().readNBytes(Integer.parseInt(length.group(1)));
    }
  }

  /// To an end that comes sooner than that of a connection which is kept.
  private static byte[] readToEnd(Socket socket) throws IOException {
    socket.setSoTimeout(Math.toIntExact(PATIENT.toMillis() / 2));
    return socket.getInputStream().readAllBytes();
  }

  private void answer(HttpExchange exchange, int status) throws IOException {
    answer(exchange, status, "");
  }

  private void answer(HttpExchange exchange, int status, String text) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      requests.add(
          new Request(
              exchange.getRequestMethod(),
              exchange.getRequestURI().toString(),
              exchange.getRequestHeaders(),
              body));
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private Outcome call(Method method, String path) {
    return call("job", method, url(path));
  }

  private Outcome call(String job, Method method, URI url) {
    return threads.perform(run(job, method, url, PATIENT));
  }

  private HttpRun run(String job, Method method, URI url, Duration timeout) {
    var http = new Runner.Http(method, url);
    Run run = RunsOfTest.run(job, http);
    return new HttpRun(run, http, connections, RunsOfTest.httpTimeouts(PATIENT, timeout), false);
  }

  private URI url(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  private static URI url(ServerSocket socket) {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/");
  }
}
