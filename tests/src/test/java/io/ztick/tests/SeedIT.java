package io.ztick.tests;

import static io.ztick.tests.Wire.assertLines;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The guide "Configuring Client Authentication", sentence by sentence.
class SeedIT {
  static final String QUICK_START =
      """
      [token.deploy]
      secret = "sk_deploy_a1b2c3d4e5f6"
      namespace = "deploy."

      [token.backup]
      secret = "sk_backup_x9y8z7w6v5u4"
      namespace = "backup."

      [token.admin]
      secret = "sk_admin_top_secret"
      namespace = "*"
      """;
  private static final String DEPLOY = "sk_deploy_a1b2c3d4e5f6";
  private static final String ADMIN = "sk_admin_top_secret";

  @TempDir static Path directory;
  private static ZtickServer server;

  @BeforeAll
  static void start() throws Exception {
    server = ZtickServer.in(directory).auth(QUICK_START).start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "r1 SET deploy.daily 2026-04-01 12:00:00",
        "r1 GET deploy.daily",
        "r1 QUERY",
        "r1 REMOVE deploy.daily",
        "r1 RULE SET deploy.r deploy. shell true",
        "RULE SET deploy.r deploy. shell true",
        "r1 REMOVERULE deploy.r",
        "r1 LISTRULES",
        "r1 STAT",
        "r1 PING",
        "PING",
        "HELP",
        "QUIT",
        "AUTH",
        "nonsense"
      })
  void every_tcp_connection_must_send_an_auth_command_first(String line) throws Exception {
    try (Wire wire = server.connect()) {
      wire.send(line).expect("ERROR auth_required").expectClosed();
    }
  }

  @Test
  void the_secret_does_not_match_any_token_in_the_auth_file() throws Exception {
    try (Wire wire = server.connect()) {
      wire.send("AUTH sk_wrong").expect("ERROR auth_failed").expectClosed();
    }
  }

  @Test
  void connections_that_do_not_authenticate_within_5_seconds_are_closed_without_a_response()
      throws Exception {
    long before = System.nanoTime();
    try (Wire wire = server.connect()) {
      wire.expectClosed();
      assertThat(Duration.ofNanos(System.nanoTime() - before))
          .isGreaterThanOrEqualTo(Duration.ofSeconds(5));
    }
  }

  @Test
  void a_token_can_access_any_identifier_starting_with_its_namespace() throws Exception {
    try (Wire wire = server.connect()) {
      wire.session(
          """
          > AUTH sk_deploy_a1b2c3d4e5f6
          < OK
          > SET deploy.daily 2026-04-01 12:00:00
          < OK
          > SET deploy.release.v1.2.3 2026-04-01
          < OK
          > SET deploy.weekly 2099-04-01
          < OK
          > GET deploy.weekly
          < OK planned 4078684800000000000
          """);
      assertThat(wire.rows("QUERY deploy."))
          .isNotEmpty()
          .allMatch(row -> row.startsWith("deploy."));
    }
  }

  @Test
  void identifiers_outside_the_namespace_are_rejected_with_error_auth_denied() throws Exception {
    try (Wire wire = server.connect()) {
      wire.session(
          """
          > AUTH sk_deploy_a1b2c3d4e5f6
          < OK
          > SET backup.daily 2026-04-01 12:00:00
          < ERROR auth_denied insufficient namespace scope
          > GET app.task
          < ERROR auth_denied insufficient namespace scope
          > REMOVE monitoring.alert
          < ERROR auth_denied insufficient namespace scope
          > r1 SET backup.daily 2026-04-01 12:00:00
          < r1 ERROR auth_denied insufficient namespace scope
          """);
    }
  }

  @Test
  void a_token_with_the_namespace_star_can_access_all_identifiers() throws Exception {
    try (Wire wire = server.connect(ADMIN)) {
      wire.session(
          """
          > SET deploy.wildcard 2099-04-01
          < OK
          > SET backup.weekly 2099-04-01
          < OK
          > SET monitoring.alert 2099-04-01
          < OK
          > QUERY monitoring.
          < monitoring.alert planned 4078684800000000000
          < OK
          > RULE SET any.rule any. shell true
          < OK
          > REMOVERULE any.rule
          < OK
          > REMOVE backup.weekly
          < OK
          > REMOVE monitoring.alert
          < OK
          """);
    }
  }

  @Test
  void query_results_are_automatically_filtered_to_the_tokens_namespace(@TempDir Path own)
      throws Exception {
    try (ZtickServer three = ZtickServer.in(own).auth(QUICK_START).start();
        Wire admin = three.connect(ADMIN);
        Wire deploy = three.connect(DEPLOY)) {
      admin.session(
          """
          > SET deploy.x 2099-04-01
          < OK
          > SET backup.y 2099-04-01
          < OK
          > SET app.z 2099-04-01
          < OK
          """);
      deploy.session(
          """
          > QUERY
          < deploy.x planned 4078684800000000000
          < OK
          > QUERY deploy.
          < deploy.x planned 4078684800000000000
          < OK
          > QUERY backup.
          < OK
          """);
      admin.session(
          """
          > QUERY
          < app.z planned 4078684800000000000
          < backup.y planned 4078684800000000000
          < deploy.x planned 4078684800000000000
          < OK
          > QUERY backup.
          < backup.y planned 4078684800000000000
          < OK
          """);
    }
  }

  @Test
  void rule_set_is_restricted_by_namespace_on_both_the_rule_identifier_and_the_rule_pattern()
      throws Exception {
    try (Wire wire = server.connect(DEPLOY)) {
      wire.session(
          """
          > RULE SET deploy.rule1 deploy. shell ...
          < OK
          > RULE SET rule.deploy. deploy. shell ...
          < OK
          > RULE SET backup.rule backup. shell ...
          < ERROR auth_denied insufficient namespace scope
          > RULE SET deploy.rule backup. shell ...
          < ERROR auth_denied insufficient namespace scope
          > REMOVERULE deploy.rule1
          < OK
          > REMOVERULE rule.deploy.
          < OK
          """);
    }
  }

  @Test
  void using_socat() throws Exception {
    Tool.assumeInstalled("socat", "socat");
    assertThat(
            bash(
                """
                (echo "AUTH sk_deploy_a1b2c3d4e5f6"; \\
                 echo "r1 SET deploy.daily 2026-04-01 12:00:00") | \\
                socat - TCP:localhost:5678
                """))
        .isEqualTo("OK\nr1 OK\n");
  }

  @Test
  void using_python() throws Exception {
    Tool.assumeInstalled("python3", "python3");
    String program =
        """
        import socket

        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.connect(('localhost', 5678))

        # Authenticate
        sock.send(b'AUTH sk_deploy_a1b2c3d4e5f6\\n')
        response = sock.recv(1024).decode()
        print(f"Auth: {response}")  # Auth: OK

        # Send a command
        sock.send(b'r1 SET deploy.job.1 2026-04-01 12:00:00\\n')
        response = sock.recv(1024).decode()
        print(f"Set: {response}")  # Set: r1 OK

        sock.close()
        """;
    assertThat(Tool.run("python3", "-c", program.replace("5678", Integer.toString(server.port()))))
        .isEqualTo("Auth: OK\n\nSet: r1 OK\n\n");
  }

  @Test
  void using_bash() throws Exception {
    assertThat(
            bash(
                """
                # Simple bash TCP connection
                exec 3<>/dev/tcp/localhost/5678

                # Authenticate
                echo "AUTH sk_deploy_a1b2c3d4e5f6" >&3
                read -t 2 response <&3
                echo "Auth response: $response"

                # Send a command
                echo "r1 SET deploy.daily 2026-04-01 12:00:00" >&3
                read -t 2 response <&3
                echo "Command response: $response"

                exec 3>&-
                """))
        .isEqualTo("Auth response: OK\nCommand response: r1 OK\n");
  }

  @Test
  void the_fixes_of_the_troubleshooting_section_work(@TempDir Path own) throws Exception {
    Tool.assumeInstalled("socat", "socat");
    String tokens =
        """
        [token.correct]
        secret = "sk_correct_secret"
        namespace = "deploy."
        """;
    try (ZtickServer correct = ZtickServer.in(own).auth(tokens).start()) {
      assertLines(
          bash(
              correct,
              """
              (echo "AUTH sk_correct_secret"; echo "r1 SET deploy.daily 2026-04-01 12:00:00") | \\
              socat - TCP:localhost:5678
              (echo "AUTH sk_correct_secret"; sleep 1) | socat - TCP:localhost:5678
              (echo "AUTH sk_correct_secret"; echo "r1 SET backup.daily 2026-04-01 12:00:00") | \\
              socat - TCP:localhost:5678
              echo "r1 SET deploy.daily 2026-04-01 12:00:00" | socat - TCP:localhost:5678
              echo "AUTH sk_wrong_secret" | socat - TCP:localhost:5678
              echo "AUTH" | socat - TCP:localhost:5678
              """),
          "OK",
          "r1 OK",
          "OK",
          "OK",
          "r1 ERROR auth_denied insufficient namespace scope",
          "ERROR auth_required",
          "ERROR auth_failed",
          "ERROR auth_required");
    }
  }

  @Test
  void a_secret_is_any_string_spaces_allowed_and_there_are_as_many_tokens_as_needed(
      @TempDir Path own) throws Exception {
    String tokens =
        """
        [token.deploy]
        secret = "deploy_secret"
        namespace = "deploy."

        [token.backup]
        secret = "backup secret with spaces"
        namespace = "backup."

        [token.monitoring]
        secret = "monitor_secret"
        namespace = "monitoring."
        """;
    try (ZtickServer many = ZtickServer.in(own).auth(tokens).start();
        Wire deploy = many.connect("deploy_secret");
        Wire backup = many.connect("backup secret with spaces");
        Wire monitoring = many.connect("monitor_secret")) {
      deploy.send("r1 SET deploy.a 2099-04-01").expect("r1 OK");
      backup.send("r1 SET backup.a 2099-04-01").expect("r1 OK");
      monitoring.send("r1 SET monitoring.a 2099-04-01").expect("r1 OK");
      assertThat(deploy.table("QUERY")).containsOnlyKeys("deploy.a");
      assertThat(backup.table("QUERY")).containsOnlyKeys("backup.a");
      assertThat(monitoring.table("QUERY")).containsOnlyKeys("monitoring.a");
      deploy.send("r1 GET backup.a").expect("r1 ERROR auth_denied insufficient namespace scope");
    }
  }

  @Test
  void two_tokens_cannot_share_the_same_secret(@TempDir Path own) throws Exception {
    refuses(
        own,
        """
        # ERROR: duplicate secret
        [token.service1]
        secret = "shared_secret"
        namespace = "svc1."

        [token.service2]
        secret = "shared_secret"  # Duplicate!
        namespace = "svc2."
        """,
        "service2");
  }

  @Test
  void an_empty_namespace_is_invalid(@TempDir Path own) throws Exception {
    refuses(own, "[token.app]\nsecret = \"sk_app_secret\"\nnamespace = \"\"\n", "token.app");
  }

  @ParameterizedTest
  @ValueSource(strings = {"secret = \"sk_app_secret\"", "namespace = \"app.\""})
  void every_token_must_have_secret_and_namespace(String only, @TempDir Path own) throws Exception {
    refuses(own, "[token.app]\n" + only + "\n", "token.app");
  }

  @Test
  void a_server_restart_is_required_for_changes_to_take_effect(@TempDir Path own) throws Exception {
    ZtickServer.Setup setup = ZtickServer.in(own).auth(QUICK_START);
    String changed = QUICK_START.replace(DEPLOY, "sk_deploy_rotated");
    try (ZtickServer before = setup.start()) {
      setup.auth(changed);
      try (Wire old = before.connect(DEPLOY);
          Wire early = before.connect()) {
        old.send("PING").expect("OK");
        early.send("AUTH sk_deploy_rotated").expect("ERROR auth_failed").expectClosed();
      }
    }
    try (ZtickServer after = setup.start();
        Wire rotated = after.connect("sk_deploy_rotated");
        Wire old = after.connect()) {
      rotated.send("PING").expect("OK");
      old.send("AUTH " + DEPLOY).expect("ERROR auth_failed").expectClosed();
    }
  }

  @Test
  void to_disable_authentication_comment_out_the_auth_file_line_and_restart(@TempDir Path own)
      throws Exception {
    try (ZtickServer on = ZtickServer.in(own).auth(QUICK_START).start();
        Wire wire = on.connect()) {
      wire.send("r1 SET any.job 2099-04-01").expect("ERROR auth_required").expectClosed();
    }
    Path file = own.resolve("ztick.toml");
    Files.writeString(file, Files.readString(file).replace("auth_file", "# auth_file"));
    try (ZtickServer off = ZtickServer.in(own).start();
        Wire wire = off.connect()) {
      wire.send("r1 SET any.job 2099-04-01").expect("r1 OK");
      wire.send("r2 RULE SET any.rule other. shell true").expect("r2 OK");
    }
  }

  @Test
  void each_service_can_only_access_jobs_and_rules_with_its_namespace_prefix(@TempDir Path own)
      throws Exception {
    String tokens =
        """
        [token.billing]
        secret = "sk_billing_abc123"
        namespace = "billing."

        [token.shipping]
        secret = "sk_shipping_def456"
        namespace = "shipping."

        [token.inventory]
        secret = "sk_inventory_ghi789"
        namespace = "inventory."

        [token.admin]
        secret = "sk_admin_zzz999"
        namespace = "*"
        """;
    try (ZtickServer shared = ZtickServer.in(own).auth(tokens).start();
        Wire admin = shared.connect("sk_admin_zzz999");
        Wire billing = shared.connect("sk_billing_abc123");
        Wire shipping = shared.connect("sk_shipping_def456")) {
      billing.send("SET billing.invoice 2099-04-01").expect("OK");
      billing.send("RULE SET billing.r billing. shell true").expect("OK");
      shipping.session(
          """
          > GET billing.invoice
          < ERROR auth_denied insufficient namespace scope
          > REMOVERULE billing.r
          < ERROR auth_denied insufficient namespace scope
          > LISTRULES
          < OK
          > QUERY
          < OK
          """);
      admin.send("GET billing.invoice").expect("OK planned 4078684800000000000");
      admin.send("REMOVERULE billing.r").expect("OK");
    }
  }

  @Test
  void environment_based_secrets(@TempDir Path own) throws Exception {
    String script =
        """
        cd DIRECTORY
        export ZTICK_TOKEN='sk from the environment'
        # Inject token from env var into config
        cat > auth.toml << EOF
        [token.app]
        secret = "${ZTICK_TOKEN}"
        namespace = "app."
        EOF
        """;
    assertThat(bash(script.replace("DIRECTORY", own.toString()))).isEmpty();
    try (ZtickServer app = ZtickServer.in(own).set("controller", "auth_file", "auth.toml").start();
        Wire wire = app.connect("sk from the environment")) {
      wire.send("SET app.job 2099-04-01").expect("OK");
    }
  }

  private static void refuses(Path directory, String tokens, String named) throws Exception {
    try (ZtickServer refused = ZtickServer.in(directory).auth(tokens).launch()) {
      assertThat(refused.exitCode()).isEqualTo(2);
      assertThat(String.join("\n", refused.log()))
          .contains("auth.toml:")
          .contains(named)
          .doesNotContain("shared_secret", "sk_app_secret", "\tat ");
    }
  }

  private static String bash(String script) throws IOException, InterruptedException {
    return bash(server, script);
  }

  /// Runs the script as printed. By itself socat waits half a second for the last answer; a busy
  /// machine may need longer.
  private static String bash(ZtickServer server, String script)
      throws IOException, InterruptedException {
    Tool.assumeInstalled("bash", "bash");
    String patience = "socat() { command socat -t 30 \"$@\"; }\n";
    return Tool.run(
        "bash", "-c", patience + script.replace("5678", Integer.toString(server.port())));
  }
}
