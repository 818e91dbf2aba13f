package io.ztick.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/// Getting in, and being told why not.
class LoginTest {
  private static final String SECRET = "sk_ \"secret\" \\ \u20ac";

  @TempDir Path directory;
  private ScriptedServer server;

  @BeforeEach
  void start() throws Exception {
    server = new ScriptedServer();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void a_secret_is_sent_as_one_quoted_word() throws Exception {
    try (ZtickClient client = connect(Token.of(SECRET))) {
      assertThat(server.peer().login()).isEqualTo("AUTH \"sk_ \\\"secret\\\" \\\\ \u20ac\"");
      assertThat(client.toString()).doesNotContain("secret");
    }
  }

  @Test
  void a_secret_in_a_file_is_read_at_each_login() throws Exception {
    Path file = Files.writeString(directory.resolve("token"), "old\n");
    try (ZtickClient client = connect(Token.ofFile(file))) {
      var peer = server.peer();
      assertThat(peer.login()).isEqualTo("AUTH \"old\"");
      Files.writeString(file, "new\n");
      var lost = client.pingAsync();
      peer.line();
      peer.close();
      assertThat(Failures.of(lost)).isInstanceOf(ConnectionException.class);
      var _ = client.pingAsync();
      var next = server.peer();
      assertThat(next.login()).isEqualTo("AUTH \"new\"");
      next.take(1).say("2 OK");
    }
  }

  @Test
  void the_secret_is_in_no_log_and_no_error() throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger("io.ztick.client");
    var logged = new ListAppender<ILoggingEvent>();
    logged.start();
    logger.setLevel(Level.TRACE);
    logger.addAppender(logged);
    StringBuilder seen = new StringBuilder();
    try (ZtickClient client = connect(Token.of("sk_secret"))) {
      var peer = server.peer();
      server.greetingWith("ERROR auth_failed\n");
      var lost = client.removeAsync("a");
      peer.line();
      peer.close();
      seen.append(stackTrace(Failures.of(lost)));
      seen.append(stackTrace(Failures.of(client.removeAsync("b"))));
    } finally {
      logger.detachAppender(logged);
    }
    assertThat(logged.list).isNotEmpty();
    for (ILoggingEvent event : logged.list) {
      seen.append(event.getFormattedMessage()).append(event.getThrowableProxy());
    }
    assertThat(seen.toString()).contains("auth_failed").doesNotContain("sk_secret");
  }

  @Test
  void a_token_that_is_not_there_is_named_without_a_login() {
    Path missing = directory.resolve("missing");
    assertThatThrownBy(() -> connect(Token.ofFile(missing)))
        .isInstanceOf(AuthenticationException.class)
        .hasMessageContaining(missing.toString());
    assertThatThrownBy(() -> connect(Token.ofEnvironment("ZTICK_NOT_SET")))
        .isInstanceOf(AuthenticationException.class)
        .hasMessageContaining("ZTICK_NOT_SET");
    assertThat(server.hasPeer()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"env:NAME", "file:/path", "a secret"})
  void a_token_tells_where_it_stands_and_never_what_it_is(String text) {
    assertThat(Token.parse(text).toString())
        .matches("a token|the token in the environment variable NAME|the token in /path");
  }

  @ParameterizedTest
  @CsvSource({
    "ERROR auth_failed, AuthenticationException",
    "ERROR auth_required, AuthenticationException",
    "ERROR overloaded max_connections is 5, OverloadedException",
    "HTTP/1.1 400 Bad Request, ProtocolException",
    "220 mail.example.com ESMTP, ProtocolException",
    "OK but, ProtocolException",
    "1 OK, ProtocolException"
  })
  void connecting_fails_with_the_reason(String answer, String exception) {
    server.greetingWith(answer + "\n");
    assertThatThrownBy(() -> ZtickClient.connect(server.options().build()))
        .isInstanceOf(ZtickException.class)
        .satisfies(e -> assertThat(e.getClass().getSimpleName()).isEqualTo(exception));
  }

  @Test
  void a_tls_port_spoken_to_in_plain_text_is_recognized() {
    server.greetingWith("\u0015\u0003\u0003\u0000\u0002\u0002P");
    assertThatThrownBy(() -> ZtickClient.connect(server.options().build()))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("ztick+tls://");
  }

  @Test
  void a_plain_port_spoken_to_in_tls_is_recognized() {
    server.greetingWith("ERROR auth_required\n");
    Endpoint tls = new Endpoint("127.0.0.1", server.port(), true);
    assertThatThrownBy(() -> ZtickClient.connect(server.options().endpoint(tls).build()))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("speaks no TLS");
  }

  @Test
  void a_binary_flood_is_no_ztick_server() {
    server.greetingWith("x".repeat(100_000));
    assertThatThrownBy(() -> ZtickClient.connect(server.options().build()))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void nobody_there_is_no_connection() throws Exception {
    server.close();
    assertThatThrownBy(() -> ZtickClient.connect(server.options().build()))
        .isInstanceOf(ConnectionException.class)
        .hasMessageContaining(server.endpoint().toString());
    Endpoint nowhere = Endpoint.parse("ztick://no-such-host.invalid");
    assertThatThrownBy(() -> ZtickClient.connect(server.options().endpoint(nowhere).build()))
        .isInstanceOf(ConnectionException.class)
        .hasMessageContaining("not known");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_port_that_says_nothing_is_left_after_connect_timeout(boolean tls) throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Endpoint endpoint = new Endpoint("127.0.0.1", silent.getLocalPort(), tls);
      ClientOptions options =
          ClientOptions.builder(endpoint).connectTimeout(Duration.ofMillis(200)).build();
      assertThatThrownBy(() -> ZtickClient.connect(options))
          .isInstanceOf(ConnectionException.class)
          .hasMessageContaining("did not answer within 200 ms");
    }
  }

  @Test
  void a_file_without_certificates_is_named() throws Exception {
    Path empty = Files.writeString(directory.resolve("ca.pem"), "no certificate");
    Endpoint tls = new Endpoint("127.0.0.1", server.port(), true);
    for (Path file : new Path[] {empty, directory.resolve("missing.pem")}) {
      assertThatThrownBy(() -> ZtickClient.connect(ClientOptions.builder(tls).caFile(file).build()))
          .isInstanceOf(ConnectionException.class)
          .hasMessageContaining(file.toString());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ztick://localhost:1, localhost, 1, false",
    "ztick+tls://ticks.example.com, ticks.example.com, 5678, true",
    "ztick://[::1]:65535, ::1, 65535, false",
    "ztick://[::1], ::1, 5678, false"
  })
  void endpoints_are_read(String text, String host, int port, boolean tls) {
    Endpoint endpoint = Endpoint.parse(text);
    assertThat(endpoint).isEqualTo(new Endpoint(host, port, tls));
    assertThat(Endpoint.parse(endpoint.toString())).isEqualTo(endpoint);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:5678",
        "http://localhost",
        "ztick://",
        "ztick://:5678",
        "ztick://h:0",
        "ztick://h:65536",
        "ztick://h:",
        "ztick://h:x",
        "ztick://::1",
        "ztick://[::1",
        "ztick://h/path",
        "ztick://token@h"
      })
  void other_endpoints_are_refused_without_being_repeated(String text) {
    assertThatThrownBy(() -> Endpoint.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("token@");
  }

  @Test
  void durations_that_no_clock_can_count_are_refused() {
    var options = ClientOptions.builder(Endpoint.parse("ztick://h"));
    Duration forever = Duration.ofSeconds(Long.MAX_VALUE);
    Duration little = Duration.ofMillis(1);
    for (Runnable setter :
        List.<Runnable>of(
            () -> options.connectTimeout(forever),
            () -> options.answerTimeout(forever),
            () -> options.idleTimeout(forever),
            () -> options.backOff(little, forever))) {
      assertThatThrownBy(setter::run)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("at most 365 days");
    }
  }

  @Test
  void trust_without_tls_is_refused() {
    var plain = ClientOptions.builder(Endpoint.parse("ztick://h")).caFile(Path.of("ca.pem"));
    assertThatThrownBy(plain::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ztick+tls://");
  }

  private static String stackTrace(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private ZtickClient connect(Token token) {
    return ZtickClient.connect(server.options().token(token).build());
  }
}
