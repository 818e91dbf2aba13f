package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The trail of who came in, and what was denied or changed.
class AuditIT {
  private static final String TOKENS =
      """
      [token.admin]
      secret = "the secret of the admin"
      namespace = "*"

      [token.team]
      secret = "the secret of the team"
      namespace = "team."
      """;

  @TempDir Path directory;

  /// What follows the time in each line, without the ids of tokens, which are random.
  private static List<String> events(List<String> lines) {
    return lines.stream()
        .map(line -> line.replaceFirst("^\\{\"time\":\"[-0-9T:.]+Z\",\"event\":", ""))
        .map(line -> line.replaceAll("tok_[0-9a-f]{16}", "tok_"))
        .toList();
  }

  @Test
  void the_file_tells_each_event_and_no_secret() throws Exception {
    Path file = directory.resolve("audit.log");
    String secret;
    try (ZtickServer server =
            ZtickServer.in(directory)
                .auth(TOKENS)
                .set("log", "level", "off")
                .set("audit", "to", "file")
                .set("audit", "file", "audit.log")
                .startUnread();
        Wire admin = server.connect("the secret of the admin")) {
      try (Wire wrong = server.connect()) {
        wrong.send("AUTH a guessed secret").expect("ERROR auth_failed");
      }
      try (Wire team = server.connect("the secret of the team")) {
        team.send("SET other.x 2099-01-01").expect("ERROR auth_denied…");
        team.send("SET other.x 4070908800000000000").expect("ERROR auth_denied…");
        team.send("RULE SET team.r team. http GET http://u:hunter2@h/").expect("OK");
        team.send("REMOVERULE team.r").expect("OK");
        team.send("REMOVERULE team.r").expect("ERROR not_found…");
      }
      secret = Words.of(admin.ask("TOKEN CREATE ci ci. \"note=for the CI\"")).get(1);
      try (Wire ci = server.connect(secret)) {
        admin.send("TOKEN ROTATE ci").expect("OK…");
        admin.send("TOKEN REVOKE ci").expect("OK 1");
        ci.expectClosed();
      }
      admin.send("TOKEN CREATE x rule.").expect("ERROR bad_request…");
      assertThat(admin.rows("RELOAD")).hasSize(1);
      admin.send("QUIT").expect("OK").expectClosed();
      server.signal("TERM");
      server.exitCode();
    }
    expectEvents(Files.readAllLines(file));
  }

  private static void expectEvents(List<String> lines) {
    assertThat(String.join("", lines)).doesNotContain("secret of", "guessed", "hunter2", "ztk_");
    String admin = "\"token\":\"admin\",\"token_id\":\"admin\",\"address\":\"127.0.0.1\"";
    String team = admin.replace("admin", "team");
    String ci = "\"token\":\"ci\",\"token_id\":\"tok_\",\"address\":\"127.0.0.1\"";
    String subject = ",\"subject\":\"ci\",\"subject_id\":\"tok_\"";
    String scope =
        "\"denied\"," + team + ",\"command\":\"SET\",\"reason\":\"insufficient namespace scope\"}";
    assertThat(events(lines))
        .satisfiesExactly(
            event -> assertThat(event).startsWith("\"server_started\",\"listening_on\":\"127."),
            event -> assertThat(event).isEqualTo("\"login_accepted\"," + admin + origin("file")),
            event ->
                assertThat(event)
                    .isEqualTo(
                        "\"login_refused\",\"address\":\"127.0.0.1\",\"reason\":\"no token has the"
                            + " secret\"}"),
            event -> assertThat(event).isEqualTo("\"login_accepted\"," + team + origin("file")),
            event -> assertThat(event).isEqualTo(scope),
            event -> assertThat(event).isEqualTo(scope),
            event ->
                assertThat(event)
                    .isEqualTo(
                        "\"rule_set\","
                            + team
                            + ",\"rule\":\"team.r\",\"pattern\":\"team.\",\"runner\":\"http\"}"),
            event ->
                assertThat(event).isEqualTo("\"rule_removed\"," + team + ",\"rule\":\"team.r\"}"),
            event ->
                assertThat(event)
                    .startsWith("\"token_created\"," + admin + subject + ",\"namespace\":\"ci.\","),
            event -> assertThat(event).isEqualTo("\"login_accepted\"," + ci + origin("issued")),
            event -> assertThat(event).isEqualTo("\"token_rotated\"," + admin + subject + "}"),
            event -> assertThat(event).isEqualTo("\"token_revoked\"," + admin + subject + "}"),
            event ->
                assertThat(event)
                    .isEqualTo(
                        "\"session_ended\","
                            + ci
                            + ",\"reason\":\"its token or secret is good no longer\"}"),
            event ->
                assertThat(event)
                    .isEqualTo("\"reload_done\",\"why\":\"RELOAD of token admin\",\"problems\":0}"),
            event -> assertThat(event).isEqualTo("\"server_stopped\"}"));
  }

  private static String origin(String origin) {
    return ",\"origin\":\"" + origin + "\"}";
  }

  @Test
  void the_file_tells_what_comes_by_time_and_by_reloads() throws Exception {
    Path file = directory.resolve("audit.log");
    String makers = TOKENS + "commands = ['TOKEN']\n";
    try (ZtickServer server =
            ZtickServer.in(directory)
                .auth(makers)
                .set("audit", "to", "file")
                .set("audit", "file", "audit.log")
                .start();
        Wire admin = server.connect("the secret of the admin")) {
      String secret = Words.of(admin.ask("TOKEN CREATE brief b. ttl=1s")).get(1);
      try (Wire brief = server.connect(secret)) {
        brief.expectClosed();
      }
      await()
          .atMost(ZtickServer.BOUND)
          .until(() -> Files.readString(file).contains("token_expired"));
      try (Wire team = server.connect("the secret of the team")) {
        team.send("TOKEN CREATE own team. commands=").expect("OK…");
      }
      ZtickServer.replaceAuth(directory, "unknown = 1\n" + makers);
      admin.send("RELOAD");
      assertThat(admin.line()).startsWith("problem ");
      admin.expect("ERROR bad_request…");
      ZtickServer.replaceAuth(directory, TOKENS.substring(0, TOKENS.indexOf("[token.team]")));
      assertThat(admin.rows("RELOAD")).isEmpty();
      server.stop();
    }
    String reload = ",\"why\":\"RELOAD of token admin\",\"problems\":";
    assertThat(events(Files.readAllLines(file)))
        .contains(
            "\"session_ended\",\"token\":\"brief\",\"token_id\":\"tok_\","
                + "\"address\":\"127.0.0.1\",\"reason\":\"its token has expired\"}",
            "\"token_expired\",\"subject\":\"brief\",\"subject_id\":\"tok_\"}")
        .containsSubsequence(
            "\"reload_refused\"" + reload + "1}",
            "\"token_orphaned\",\"subject\":\"own\",\"subject_id\":\"tok_\"}",
            "\"reload_done\"" + reload + "0}");
  }

  @Test
  void stderr_holds_the_events_between_the_lines_of_the_log() throws Exception {
    try (ZtickServer server =
            ZtickServer.in(directory).auth(TOKENS).set("audit", "to", "stderr").start();
        Wire _ = server.connect("the secret of the team")) {
      assertThat(server.awaitLog("login_accepted")).startsWith("{\"time\":").endsWith("\"}");
    }
  }

  @Test
  void unless_it_is_asked_for_there_is_none() throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).auth(TOKENS).start()) {
      try (Wire team = server.connect("the secret of the team")) {
        team.send("PING").expect("OK");
      }
      server.stop();
      assertThat(server.log()).noneMatch(line -> line.startsWith("{"));
    }
  }
}
