package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a service manager gives the server and hears from it.
class ServiceIT {
  private static final String SECRET = "a secret that is long enough";
  private static final String TOKENS =
      "[token.admin]\nsecret = \"" + SECRET + "\"\nnamespace = \"*\"\n";

  @TempDir Path directory;

  @Test
  void a_server_is_ready_when_it_listens_and_has_what_it_kept() throws Exception {
    try (ZtickServer server = ZtickServer.withJournal(directory).start();
        Wire wire = server.connect()) {
      wire.send("SET kept.job 2099-04-01").expect("OK");
      server.stop();
    }
    try (NotificationSocket systemd = NotificationSocket.at(socket());
        ZtickServer server =
            ZtickServer.withJournal(directory).environment("NOTIFY_SOCKET", socket()).launch()) {
      assertThat(systemd.next(server.pid()))
          .isEqualTo("STATUS=starting EXTEND_TIMEOUT_USEC=30000000");
      String ready = systemd.next(server.pid(), "READY=1");
      assertThat(ready).matches("READY=1 STATUS=listening on 127\\.0\\.0\\.1:[0-9]+");
      int port = Integer.parseInt(ready.substring(ready.lastIndexOf(':') + 1));
      try (Wire wire = Wire.connect(port)) {
        wire.send("GET kept.job").expect("OK planned 4078684800000000000");
      }
    }
  }

  @Test
  void the_watchdog_is_fed_again_and_again_and_the_stop_is_told() throws Exception {
    String socket = "@ztick-" + UUID.randomUUID();
    // A process knows its number, and keeps it when it becomes the server.
    List<String> numbered = List.of("sh", "-c", "WATCHDOG_PID=$$ exec \"$0\" \"$@\"");
    try (NotificationSocket systemd = NotificationSocket.at(socket);
        ZtickServer server =
            ZtickServer.in(directory)
                .under(numbered)
                .environment("NOTIFY_SOCKET", socket)
                .environment("WATCHDOG_USEC", "200000")
                .start()) {
      systemd.next(server.pid(), "READY=1");
      for (int message = 0; message < 5; message++) {
        assertThat(systemd.next(server.pid())).isEqualTo("WATCHDOG=1");
      }
      server.signal("TERM");
      String stopping = systemd.next(server.pid(), "STOPPING=1");
      assertThat(stopping).startsWith("STOPPING=1 STATUS=stopping EXTEND_TIMEOUT_USEC=");
      long micros = Long.parseLong(stopping.substring(stopping.lastIndexOf('=') + 1));
      assertThat(UnitFile.value("TimeoutStopSec")).isEqualTo("2min");
      assertThat(Duration.ofMillis(micros / 1_000))
          .as("with the default stop_wait the unit waits long enough by itself")
          .isLessThan(Duration.ofMinutes(2));
      assertThat(server.exitCode()).isZero();
    }
  }

  @Test
  void a_service_manager_that_cannot_be_reached_is_a_warning() throws Exception {
    try (ZtickServer server =
            ZtickServer.in(directory).environment("NOTIFY_SOCKET", socket()).start();
        Wire wire = server.connect()) {
      assertThat(server.awaitLog("service manager")).contains("WARN", socket());
      wire.send("PING").expect("OK");
      server.stop();
    }
  }

  @Test
  void without_a_service_manager_nothing_is_loaded_for_one() throws Exception {
    Path classes = directory.resolve("classes.txt");
    try (ZtickServer server =
        ZtickServer.in(directory)
            .environment("NOTIFY_SOCKET", "")
            .environment("ZTICK_JAVA_OPTS", "-Xlog:class+load:file=" + classes)
            .start()) {
      server.stop();
    }
    assertThat(Files.readString(classes))
        .contains("io.ztick.server.Server ", "EpollServerSocketChannel ")
        .doesNotContain("EpollDomainDatagramChannel");
  }

  @Test
  void jobs_hear_nothing_of_the_service_manager() throws Exception {
    Path variables = directory.resolve("variables.txt");
    try (ZtickServer server =
            ZtickServer.in(directory)
                .environment("NOTIFY_SOCKET", socket())
                .environment("WATCHDOG_USEC", "60000000")
                .environment("CREDENTIALS_DIRECTORY", directory.toString())
                .start();
        Wire wire = server.connect()) {
      wire.send("RULE SET env env. shell \"env > " + variables + "\"").expect("OK");
      wire.send("SET env.job now").expect("OK").awaitStatus("env.job", "executed");
    }
    assertThat(Files.readAllLines(variables))
        .anyMatch(variable -> variable.startsWith("ZTICK_JOB_ID="))
        .noneMatch(variable -> variable.matches("(NOTIFY_|WATCHDOG_|CREDENTIALS_).*"));
  }

  @Test
  void tokens_that_are_a_credential_are_read_without_a_warning() throws Exception {
    Path credentials = credentials();
    try (ZtickServer server =
            withCredential().environment("CREDENTIALS_DIRECTORY", credentials.toString()).start();
        Wire wire = server.connect(SECRET)) {
      wire.send("PING").expect("OK");
      assertThat(server.log()).noneMatch(line -> line.contains("chmod"));
    }
  }

  @Test
  void a_credential_without_a_service_manager_is_a_problem_with_its_line() throws Exception {
    try (ZtickServer server = withCredential().environment("CREDENTIALS_DIRECTORY", "").launch()) {
      assertThat(server.exitCode()).isEqualTo(2);
      assertThat(server.log())
          .singleElement()
          .asString()
          .matches(".*ztick\\.toml:[0-9]+: controller\\.auth_file: .*CREDENTIALS_DIRECTORY.*");
    }
  }

  @Test
  void an_operator_who_has_not_the_credential_can_ask_for_a_backup() throws Exception {
    Path credentials = credentials();
    try (ZtickServer server =
        withCredential()
            .journal(ZtickServer.state(directory))
            .environment("CREDENTIALS_DIRECTORY", credentials.toString())
            .start()) {
      Path file = directory.resolve("ztick.toml");
      String fixed = Files.readString(file).replace("127.0.0.1:0", "127.0.0.1:" + server.port());
      Files.writeString(file, fixed);
      Ztick.run(Map.of("ZTICK_TOKEN", SECRET), "backup", "one", "-c", file).expectDone();
      server.stop();
    }
    Ztick.verified(ZtickServer.state(directory).resolve("backups/one"));
  }

  @Test
  void a_check_says_ok_while_a_server_runs_and_names_what_a_start_would_refuse() throws Exception {
    try (ZtickServer server = ZtickServer.withJournal(directory).start()) {
      Path file = directory.resolve("ztick.toml");
      assertThat(Ztick.ok("check-config", file).output()).isEqualTo(file + ": ok\n");
      Files.writeString(file, "[runs]\nstop_wait = 5\n[shell]\npath = \"/none\"\n");
      Ztick refused = Ztick.run("check-config", file);
      assertThat(refused.exitCode()).isEqualTo(2);
      assertThat(refused.output()).isEmpty();
      assertThat(refused.errors())
          .contains(file + ":2: runs.stop_wait: ", file + ":4: shell.path: ")
          .hasLineCount(2);
      server.stop();
    }
  }

  /// As systemd makes them where it can keep access control lists: the mask reads like the rights
  /// of a group.
  private Path credentials() throws IOException {
    Path credentials = Files.createDirectory(directory.resolve("credentials"));
    Path file = Files.writeString(credentials.resolve("auth.toml"), TOKENS);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r-----"));
    return credentials;
  }

  private ZtickServer.Setup withCredential() {
    return ZtickServer.in(directory).set("controller", "auth_file", "credential:auth.toml");
  }

  private String socket() {
    return directory.resolve("notify").toString();
  }
}
