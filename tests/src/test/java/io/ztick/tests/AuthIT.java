package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Who may do what, and the handshake.
class AuthIT {
  private static final String TOKENS =
      """
      [token.deploy]
      secret = "secret-of-deploy"      # a comment behind a value
      namespace = "deploy."

      [token.backup]
      secret = "secret-of-backup"
      namespace = "backup."
      runners = ["http"]

      [token.admin]
      secret = 'secret-of-admin'
      namespace = "*"

      [token.spaces]
      secret = "a secret  with spaces"
      namespace = "spaces."

      [token.half]
      secret = '"half'
      namespace = "half."

      [token.inner]
      secret = 'inner "quoted" word'
      namespace = "inner."

      [token.two]
      secret = '"two" "words"'
      namespace = "two."

      [token.escaped]
      secret = 'quote " and \\ backslash'
      namespace = "escaped."

      [token.unicode]
      secret = "sécrèt 😀"
      namespace = "unicode."
      """;
  private static final String DENIED = "ERROR auth_denied insufficient namespace scope";

  @TempDir static Path directory;
  private static ZtickServer server;

  @BeforeAll
  static void start() throws Exception {
    server = ZtickServer.in(directory).set("log", "level", "trace").auth(TOKENS).start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AUTH secret-of-deploy",
        "AUTH secret-of-deploy\r",
        "  AUTH    secret-of-deploy   ",
        "AUTH \"secret-of-deploy\"",
        "AUTH  \"secret-of-deploy\"  ",
        "AUTH \"secret-of-\\u{64}eploy\"",
        "AUTH a secret  with spaces",
        "AUTH \"a secret  with spaces\"",
        "AUTH \"half",
        "AUTH inner \"quoted\" word",
        "AUTH \"two\" \"words\"",
        "AUTH \"quote \\\" and \\\\ backslash\"",
        "AUTH quote \" and \\ backslash",
        "AUTH sécrèt 😀",
        "\n\n  \nAUTH secret-of-deploy"
      })
  void the_rest_of_the_line_behind_auth_is_the_secret(String line) throws Exception {
    try (Wire wire = server.connect()) {
      wire.send(line).expect("OK").send("r1 PING").expect("r1 OK");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AUTH wrong",
        "AUTH secret-of-deploy2",
        "AUTH secret-of-deplo",
        "AUTH SECRET-OF-DEPLOY",
        "AUTH a secret with spaces",
        "AUTH \"secret-of-deploy",
        "AUTH \"secret-of-deploy\" x",
        "AUTH secret-of-deploy\r\r",
        "AUTH deploy",
        "AUTH token.deploy"
      })
  void no_token_has_this_secret(String line) throws Exception {
    // From one address they would look like guesses.
    String address = "127.0.0." + (2 + Math.floorMod(line.hashCode(), 200));
    try (Wire wire = Wire.connectFrom(address, server.port())) {
      wire.send(line).expect("ERROR auth_failed").expectClosed();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AUTH",
        "AUTH   ",
        "AUTH \"\"",
        "AUTH\tsecret-of-deploy",
        "auth secret-of-deploy",
        "AUTHsecret-of-deploy",
        "r1 AUTH secret-of-deploy",
        "secret-of-deploy",
        "PING",
        "r1 PING",
        "r1 SET deploy.a 2099-04-01",
        "r1 RULE SET deploy.a deploy. shell true",
        "r1 SET \"unterminated",
        "POST / HTTP/1.1",
        "Host: x",
        "QUIT",
        "HELP",
        "\u0001\u0002\u0003"
      })
  void before_auth_any_line_but_a_well_formed_one_is_auth_required(String line) throws Exception {
    try (Wire wire = server.connect()) {
      wire.send(line).expect("ERROR auth_required").expectClosed();
    }
  }

  @Test
  void nothing_behind_a_failed_auth_in_the_same_packet_is_read() throws Exception {
    try (Wire admin = server.connect("secret-of-admin")) {
      for (String first : List.of("AUTH wrong", "PING", "AUTH")) {
        try (Wire wire = server.connect()) {
          wire.write(first + "\nAUTH secret-of-admin\nr1 SET deploy.behind 2099-04-01\nr2 PING\n");
          assertThat(wire.remaining())
              .isEqualTo(first.contains("wrong") ? "ERROR auth_failed\n" : "ERROR auth_required\n");
        }
        admin.send("GET deploy.behind").expect("ERROR not_found…");
      }
    }
  }

  @Test
  void the_answer_is_not_lost_when_the_client_has_sent_much_more() throws Exception {
    try (Wire wire = server.connect()) {
      wire.write("AUTH wrong\n" + "r1 PING\n".repeat(4000)).expect("ERROR auth_failed");
      wire.expectClosed();
    }
  }

  @Test
  void commands_may_be_sent_behind_auth_without_waiting() throws Exception {
    try (Wire wire = server.connect()) {
      wire.write("AUTH secret-of-deploy\nr1 PING\nr2 GET deploy.none\n").halfClose();
      Wire.assertLines(wire.remaining(), "OK", "r1 OK", "r2 ERROR not_found…");
    }
  }

  @Test
  void when_already_authenticated_auth_is_a_bad_request_and_the_connection_stays()
      throws Exception {
    try (Wire wire = server.connect("secret-of-deploy")) {
      wire.session(
          """
          > AUTH secret-of-deploy
          < ERROR bad_request already authenticated
          > AUTH secret-of-admin
          < ERROR bad_request already authenticated
          > AUTH wrong
          < ERROR bad_request already authenticated
          > r1 AUTH secret-of-admin
          < r1 ERROR bad_request AUTH takes no request id
          > r2 GET backup.none
          < r2 ERROR auth_denied insufficient namespace scope
          """);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SET deploy.right 2099-04-01,                          OK",
    "SET deploy. 2099-04-01,                               OK",
    "SET deploy 2099-04-01,                                DENIED",
    "SET deployment.x 2099-04-01,                          DENIED",
    "SET Deploy.x 2099-04-01,                              DENIED",
    "SET backup.x 2099-04-01,                              DENIED",
    "SET * 2099-04-01,                                     DENIED",
    "SET x 2099-04-01,                                     DENIED",
    "GET backup.x,                                         DENIED",
    "GET deploy.none,                                      ERROR not_found…",
    "SHOW backup.x,                                        DENIED",
    "SHOW deploy.none,                                     ERROR not_found…",
    "REMOVE backup.x,                                      DENIED",
    "REMOVE deploy.none,                                   ERROR not_found…",
    "QUERY backup.,                                        OK",
    "RULE SET deploy.r deploy. http GET http://x/,         OK",
    "RULE SET deploy.r deploy.* http GET http://x/,        OK",
    "RULE SET deploy.r deploy.x http GET http://x/,        OK",
    "RULE SET rule.deploy. deploy. http GET http://x/,     OK",
    "RULE SET rule.deploy.nightly deploy. direct true,     OK",
    "RULE SET rule.deploy.r deplo http GET http://x/,      DENIED",
    "RULE SET deploy.r deploy http GET http://x/,          DENIED",
    "RULE SET deploy.r deploy* http GET http://x/,         DENIED",
    "RULE SET deploy.r * http GET http://x/,               DENIED",
    "RULE SET deploy.r backup. http GET http://x/,         DENIED",
    "RULE SET rule.deploy deploy. http GET http://x/,      DENIED",
    "RULE SET rule. deploy. http GET http://x/,            DENIED",
    "RULE SET rule.backup.r deploy. http GET http://x/,    DENIED",
    "RULE SET rule.rule.deploy.r deploy. direct true,      DENIED",
    "RULE SET backup.r deploy. http GET http://x/,         DENIED",
    "RULE SET backup.r backup. http GET http://x/,         DENIED",
    "RULE SET r deploy. http GET http://x/,                DENIED",
    "REMOVERULE deploy.none,                               ERROR not_found…",
    "REMOVERULE rule.deploy.none,                          ERROR not_found…",
    "REMOVERULE rule.deploy,                               DENIED",
    "REMOVERULE backup.r,                                  DENIED",
    "REMOVERULE rule.backup.r,                             DENIED",
    "RULE REMOVE backup.r,                                 DENIED",
    "SET rule.deploy.x 2099-04-01,                         DENIED",
    "GET rule.deploy.x,                                    DENIED",
    "SET backup.x,                                         ERROR bad_request…",
    "SET backup.x tomorrow,                                ERROR bad_request…",
    "GET backup.x y,                                       ERROR bad_request…",
    "RULE SET backup.r backup. nonsense,                   ERROR bad_request…",
    "REMOVERULE,                                           ERROR bad_request…",
    "HELLO backup.x,                                       ERROR unknown_command…"
  })
  void a_token_may_name_exactly_the_identifiers_of_its_namespace(String line, String answer)
      throws Exception {
    String expected = answer.equals("DENIED") ? DENIED : answer;
    try (Wire wire = server.connect("secret-of-deploy")) {
      wire.send("r1 " + line);
      String actual = wire.line();
      while (!expected.startsWith("ERROR") && !actual.equals("r1 OK")) {
        assertThat(actual).as("a row of a listing").doesNotContain("ERROR");
        actual = wire.line();
      }
      Wire.assertLines(actual + "\n", "r1 " + expected);
      wire.send("r2 PING").expect("r2 OK");
    }
  }

  @Test
  void a_refused_command_changes_nothing_and_says_the_same_whether_the_thing_exists_or_not()
      throws Exception {
    try (Wire admin = server.connect("secret-of-admin");
        Wire deploy = server.connect("secret-of-deploy")) {
      admin.send("SET backup.there 2099-04-01").expect("OK");
      admin.send("RULE SET backup.there backup. shell true").expect("OK");
      for (String id : List.of("backup.there", "backup.none")) {
        for (String command :
            List.of(
                "GET ID",
                "SHOW ID",
                "REMOVE ID",
                "SET ID 2030-01-01",
                "REMOVERULE ID",
                "RULE SET ID backup. http GET http://x/")) {
          deploy.send(command.replace("ID", id)).expect(DENIED);
        }
      }
      assertThat(admin.rows("LISTRULES")).contains("backup.there backup. shell true");
      admin.session(
          """
          > QUERY backup.
          < backup.there planned 4078684800000000000
          < OK
          > REMOVERULE backup.there
          < OK
          > REMOVE backup.there
          < OK
          """);
    }
  }

  @Test
  void a_runner_that_the_token_may_not_use_has_its_own_sentence() throws Exception {
    try (Wire wire = server.connect("secret-of-backup")) {
      for (String runner : List.of("shell true", "direct true", "awf deploy")) {
        assertThat(wire.ask("r1 RULE SET backup.r backup. " + runner))
            .matches("r1 ERROR auth_denied .+")
            .doesNotContain("insufficient namespace scope");
      }
      wire.send("r2 RULE SET deploy.r backup. shell true").expect("r2 " + DENIED);
      wire.send("r3 RULE SET backup.r backup. http GET http://x/").expect("r3 OK");
      wire.send("r4 REMOVERULE backup.r").expect("r4 OK");
    }
  }

  @Test
  void listrules_and_query_show_what_is_the_clients_and_stat_counts_it() throws Exception {
    try (Wire admin = server.connect("secret-of-admin");
        Wire spaces = server.connect("a secret  with spaces");
        Wire again = server.connect("a secret  with spaces");
        Wire deploy = server.connect("secret-of-deploy")) {
      for (String rule :
          List.of(
              "spaces.id spaces.",
              "spaces.elsewhere half.",
              "elsewhere spaces.x",
              "rule.spaces.r other.",
              "rule.spaces other.",
              "wide spaces",
              "all *",
              "half.r half.")) {
        admin.send("RULE SET " + rule + " direct true").expect("OK");
      }
      for (String job : List.of("spaces.a", "spaces.b", "half.a", "spacesuit")) {
        admin.send("SET " + job + " 2099-04-01").expect("OK");
      }
      admin.send("SET spaces.done 0").expect("OK");
      admin.send("SET half.done 0").expect("OK").awaitStatus("half.done", "executed");
      admin.awaitStatus("spaces.done", "executed");
      assertThat(again.table("LISTRULES"))
          .containsOnlyKeys("elsewhere", "rule.spaces.r", "spaces.elsewhere", "spaces.id");
      assertThat(again.table("QUERY")).containsOnlyKeys("spaces.a", "spaces.b", "spaces.done");
      assertThat(again.rows("QUERY half.")).isEmpty();
      await("connections of earlier tests are gone")
          .atMost(ZtickServer.BOUND)
          .until(() -> spaces.table("STAT").getOrDefault("connections", ""), "2"::equals);
      assertThat(spaces.table("STAT"))
          .containsEntry("jobs_total", "3")
          .containsEntry("jobs_planned", "2")
          .containsEntry("jobs_executed", "1")
          .containsEntry("jobs_failed", "0")
          .containsEntry("rules_total", "4")
          .containsEntry("executions_pending", "0")
          .containsEntry("executions_inflight", "0")
          .containsEntry("auth_enabled", "1");
      assertThat(Integer.parseInt(admin.table("STAT").getOrDefault("jobs_total", "")))
          .isGreaterThanOrEqualTo(6);
      Map<String, String> rules = admin.table("LISTRULES");
      assertThat(rules).containsKeys("all", "elsewhere", "half.r", "wide", "spaces.id");
      assertThat(deploy.table("LISTRULES"))
          .doesNotContainKeys("all", "wide", "elsewhere", "spaces.id", "half.r");
      for (String rule : rules.keySet()) {
        admin.send("REMOVERULE " + rule).expect("OK");
      }
      spaces.send("REMOVE spaces.a").expect("OK");
      assertThat(again.table("STAT"))
          .containsEntry("jobs_total", "2")
          .containsEntry("rules_total", "0");
    }
  }

  @Test
  void sending_bytes_does_not_extend_the_five_seconds() throws Exception {
    long before = System.nanoTime();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        Wire authenticated = server.connect("secret-of-deploy")) {
      socket.setSoTimeout(100);
      boolean open = true;
      for (int sent = 0; open; sent++) {
        assertThat(sent).as("bytes that kept the connection open").isLessThan(300);
        open = sendsAndHearsNothing(socket);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - before))
          .isGreaterThanOrEqualTo(Duration.ofSeconds(5));
      authenticated.send("r1 PING").expect("r1 OK");
    }
  }

  @Test
  void auth_timeout_is_configured(@TempDir Path own) throws Exception {
    try (ZtickServer quick =
            ZtickServer.in(own).set("controller", "auth_timeout", "1s").auth(TOKENS).start();
        Wire good = quick.connect("secret-of-deploy");
        Wire silent = quick.connect()) {
      silent.expectClosed();
      good.send("r1 PING").expect("r1 OK");
    }
  }

  @Test
  void no_log_line_holds_a_secret_at_any_level(@TempDir Path own) throws Exception {
    try (ZtickServer logging =
        ZtickServer.in(own).set("log", "level", "trace").auth(TOKENS).start()) {
      try (Wire deploy = logging.connect("secret-of-deploy");
          Wire half = logging.connect("\"half");
          Wire wrong = logging.connect();
          Wire late = logging.connect();
          Wire tooLong = logging.connect()) {
        deploy.send("r1 SET deploy.a 2099-04-01").expect("r1 OK");
        deploy.send("AUTH secret-of-admin").expect("ERROR bad_request already authenticated");
        deploy.send("r1 AUTH secret-of-backup").expect("r1 ERROR bad_request…");
        half.send("GET deploy.a").expect(DENIED);
        wrong.send("AUTH attempted-secret").expect("ERROR auth_failed").expectClosed();
        tooLong.send("AUTH attempted-secret" + "x".repeat(5000)).expect("ERROR…");
        late.write("AUTH attempted-secret").expectClosed();
      }
      logging.signal("TERM");
      assertThat(logging.exitCode()).isZero();
      assertThat(String.join("\n", logging.log()))
          .contains("listening on")
          .doesNotContain("secret-of-", "attempted-secret");
    }
  }

  @Test
  void a_refused_line_neither_forges_a_log_line_nor_shows_a_password(@TempDir Path own)
      throws Exception {
    try (ZtickServer logging =
        ZtickServer.in(own).set("log", "level", "debug").auth(TOKENS).start()) {
      try (Wire backup = logging.connect("secret-of-backup")) {
        for (String line :
            List.of(
                "RULE SET x deploy. shell \"a\\n2026-01-01T00:00:00.000Z ERROR forged\"",
                "RULE SET \"x\\u{2028}y\" deploy. http GET http://u:hunter2@h/",
                "RULE SET backup.x backup. shell \"a\\r\\n2026-01-01T00:00:00.000Z ERROR forged\"",
                "RULE SET x deploy. http GET http://u:hunter2@h/",
                "RULE SET x deploy. direct true http://u:hunter2@h/")) {
          backup.send("r1 " + line).expect("r1 ERROR auth_denied…");
        }
      }
      logging.awaitLog("DEBUG.*backup");
      logging.signal("TERM");
      assertThat(logging.exitCode()).isZero();
      assertThat(logging.log())
          .noneMatch(line -> line.startsWith("2026-01-01"))
          .noneMatch(line -> line.contains("hunter2"));
    }
  }

  @Test
  void failed_attempts_are_logged_with_the_peers_address_at_most_one_line_a_second(
      @TempDir Path own) throws Exception {
    try (ZtickServer attacked = ZtickServer.in(own).auth(TOKENS).start()) {
      long before = System.nanoTime();
      for (int attempt = 0; attempt < 200; attempt++) {
        // More guesses would have to wait for their answers.
        boolean guesses = attempt < 10;
        try (Wire wire = attacked.connect()) {
          wire.send(guesses ? "AUTH wrong" : "PING")
              .expect(guesses ? "ERROR auth_failed" : "ERROR auth_required")
              .expectClosed();
        }
      }
      long seconds = Duration.ofNanos(System.nanoTime() - before).toSeconds() + 1;
      attacked.signal("TERM");
      assertThat(attacked.exitCode()).isZero();
      assertThat(attacked.log().stream().filter(AuthIT::isRefusal).count())
          .isBetween(1L, seconds + 1);
    }
  }

  @Test
  void late_attempts_are_logged_with_the_peers_address(@TempDir Path own) throws Exception {
    try (ZtickServer server =
            ZtickServer.in(own).set("controller", "auth_timeout", "1s").auth(TOKENS).start();
        Wire late = server.connect()) {
      late.expectClosed();
      await()
          .atMost(ZtickServer.BOUND)
          .until(() -> server.log().stream().anyMatch(AuthIT::isRefusal));
    }
  }

  private static boolean isRefusal(String line) {
    return line.contains("127.0.0.1")
        && line.toLowerCase(Locale.ROOT).contains("auth")
        && !line.contains("listening on")
        && !line.matches(".* connection .*(opened|closed).*");
  }

  /// Sends a byte, and listens a little; false when the server has closed the connection.
  private static boolean sendsAndHearsNothing(Socket socket) throws IOException {
    try {
      socket.getOutputStream().write('A');
      assertThat(socket.getInputStream().read()).as("the end, not a word").isNegative();
      return false;
    } catch (SocketTimeoutException e) {
      return true;
    } catch (SocketException e) {
      return false;
    }
  }
}
