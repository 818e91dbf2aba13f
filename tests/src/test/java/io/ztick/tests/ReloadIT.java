package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tokens and the certificate are read again while the server runs.
class ReloadIT {
  private static final String ADMIN =
      "[token.admin]\nnamespace = '*'\nsecret = 'the secret of the admin'\n";
  private static final int MANY_JOBS = 40_000;

  @TempDir Path directory;

  private static String token(String name, String lines) {
    return "[token.%s]\nsecret = 'the secret of %s'\n%s\n".formatted(name, name, lines);
  }

  private static String some(String more) {
    return token("some", "namespace = 'some.'\nrunners = ['http']\n" + more);
  }

  private ZtickServer.Setup setup(String tokens) throws IOException {
    return ZtickServer.in(directory).auth(ADMIN + tokens);
  }

  @Test
  void sighup_lets_new_tokens_in_and_closes_the_connections_of_old_ones() throws Exception {
    try (ZtickServer server = setup(some("") + token("other", "namespace = 'other.'")).start();
        Wire some = server.connect("the secret of some");
        Wire other = server.connect("the secret of other")) {
      ZtickServer.replaceAuth(directory, ADMIN + some("") + token("new", "namespace = 'new.'"));
      server.signal("HUP");
      other.expectClosed();
      server.awaitLog("reload: done");
      some.send("r1 SET some.x 2099-01-01").expect("r1 OK");
      try (Wire late = server.connect();
          Wire fresh = server.connect("the secret of new")) {
        late.send("AUTH the secret of other").expect("ERROR auth_failed").expectClosed();
        fresh.send("r1 SET new.x 2099-01-01").expect("r1 OK");
        assertThat(fresh.table("STAT")).containsEntry("jobs_total", "1");
      }
      server.awaitLog("of other closed: its token or secret is good no longer");
    }
  }

  @Test
  void RELOAD_narrows_and_widens_connections_at_once() throws Exception {
    try (ZtickServer server = setup(some("")).start();
        Wire admin = server.connect("the secret of the admin");
        Wire some = server.connect("the secret of some")) {
      some.send("r1 SET some.x 2099-01-01").expect("r1 OK");
      ZtickServer.replaceAuth(directory, ADMIN + some("commands = ['GET']"));
      assertThat(admin.rows("RELOAD")).isEmpty();
      some.send("r2 SET some.x 2099-01-01")
          .expect("r2 ERROR auth_denied the token may not use the command SET");
      some.send("r3 GET some.x").expect("r3 OK planned 4070908800000000000");
      ZtickServer.replaceAuth(directory, ADMIN + token("some", "namespace = '*'"));
      assertThat(admin.rows("RELOAD")).isEmpty();
      some.send("r4 SET other.x 2099-01-01").expect("r4 OK");
    }
  }

  @Test
  void whoever_reloads_its_own_secret_away_hears_so_before_the_connection_ends() throws Exception {
    try (ZtickServer server = setup("").start();
        Wire admin = server.connect("the secret of the admin")) {
      ZtickServer.replaceAuth(
          directory,
          ADMIN.replace("the admin'", "the next admin'")
              + token("open", "namespace = 'open'\nrunners = ['http']"));
      admin.write("r1 RELOAD\nr2 PING\n");
      assertThat(admin.line()).startsWith("r1 warning \"").contains("namespace does not end in");
      assertThat(admin.remaining()).isEqualTo("r1 OK\n");
      server.awaitLog("of admin closed: its token or secret is good no longer");
      try (Wire next = server.connect("the secret of the next admin")) {
        next.send("PING").expect("OK");
      }
    }
  }

  @Test
  void RELOAD_is_for_tokens_of_everything() throws Exception {
    try (ZtickServer server = setup(some("")).start();
        Wire some = server.connect("the secret of some")) {
      some.send("r1 RELOAD").expect("r1 ERROR auth_denied RELOAD needs a token of the namespace *");
      some.send("r2 RELOAD now").expect("r2 ERROR bad_request…");
    }
  }

  @Test
  void a_bad_file_changes_nothing_and_all_its_problems_are_told() throws Exception {
    try (ZtickServer server = setup(some("")).start();
        Wire admin = server.connect("the secret of the admin");
        Wire some = server.connect("the secret of some")) {
      ZtickServer.replaceAuth(
          directory, token("bad", "") + token("worse", "namespace = 'worse.'\nlifetime = 1"));
      admin.send("r1 RELOAD");
      assertThat(admin.line()).startsWith("r1 problem \"").contains("auth.toml:1: token.bad: ");
      assertThat(admin.line()).startsWith("r1 problem \"").contains("token.worse: ");
      admin.expect("r1 ERROR bad_request nothing was changed, problems: 2");
      some.send("r1 SET some.x 2099-01-01").expect("r1 OK");
      try (Wire again = server.connect("the secret of some")) {
        again.send("PING").expect("OK");
      }
      server.awaitLog("reload: nothing was changed, problems: 2");
      assertThat(server.log()).noneMatch(line -> line.contains("the secret of"));
    }
  }

  @Test
  void warnings_are_told_beside_OK() throws Exception {
    try (ZtickServer server = setup("").start();
        Wire admin = server.connect("the secret of the admin")) {
      ZtickServer.replaceAuth(
          directory, ADMIN + token("open", "namespace = 'open'\nrunners = ['http']"));
      admin.send("RELOAD");
      assertThat(admin.line()).startsWith("warning \"").contains("namespace does not end in");
      admin.expect("OK");
    }
  }

  @Test
  void with_watch_a_change_of_the_file_is_enough() throws Exception {
    try (ZtickServer server = setup("").set("controller", "watch", true).start()) {
      ZtickServer.replaceAuth(directory, ADMIN + some(""));
      server.awaitLog("reload: a change of the files");
      server.awaitLog("reload: done");
      try (Wire some = server.connect("the secret of some")) {
        some.send("PING").expect("OK");
      }
      assertThat(server.log().stream().filter(line -> line.contains("reload: done"))).hasSize(1);
    }
  }

  @Test
  void without_watch_a_change_of_the_file_is_not() throws Exception {
    try (ZtickServer server = setup("").start();
        Wire admin = server.connect("the secret of the admin")) {
      ZtickServer.replaceAuth(directory, ADMIN + some(""));
      long uptime = Long.parseLong(admin.table("STAT").get("uptime_ns"));
      await()
          .atMost(ZtickServer.BOUND)
          .until(
              () -> Long.parseLong(admin.table("STAT").get("uptime_ns")) > uptime + 2_000_000_000L);
      assertThat(server.log()).noneMatch(line -> line.contains("reload"));
    }
  }

  @Test
  void a_listing_that_tells_more_than_the_token_may_see_now_ends() throws Exception {
    try (ZtickServer server = setup(some("")).start();
        Wire admin = server.connect("the secret of the admin");
        Wire slow = Wire.connectNarrow(server.port())) {
      String prefix = beginLongListing(admin, slow);
      ZtickServer.replaceAuth(directory, ADMIN + some("commands = ['GET']"));
      assertThat(admin.rows("RELOAD")).isEmpty();
      slow.send("r2 GET some.none");
      assertThat(behindRows(slow, prefix))
          .isEqualTo(
              "r1 ERROR auth_denied the token has fewer rights than when this was asked for");
      slow.expect("r2 ERROR not_found…");
    }
  }

  @Test
  void a_listing_of_a_token_that_is_gone_ends_by_an_error_and_the_connection_behind_it()
      throws Exception {
    try (ZtickServer server = setup(some("")).start();
        Wire admin = server.connect("the secret of the admin");
        Wire slow = Wire.connectNarrow(server.port())) {
      String prefix = beginLongListing(admin, slow);
      ZtickServer.replaceAuth(directory, ADMIN);
      assertThat(admin.rows("RELOAD")).isEmpty();
      assertThat(behindRows(slow, prefix))
          .isEqualTo("r1 ERROR auth_denied its token or secret is good no longer");
      slow.expectClosed();
    }
  }

  /// Sets many jobs and reads the first of them.
  ///
  /// @return what their ids begin with
  private static String beginLongListing(Wire admin, Wire slow) throws Exception {
    String prefix = "some." + "x".repeat(240);
    StringBuilder lines = new StringBuilder();
    for (int job = 0; job < MANY_JOBS; job++) {
      lines.append("SET ").append(prefix).append(job).append(" 2099-01-01\n");
    }
    Thread writer = Thread.ofPlatform().start(() -> write(admin, lines.toString()));
    for (int job = 0; job < MANY_JOBS; job++) {
      admin.expect("OK");
    }
    writer.join();
    slow.send("AUTH the secret of some").expect("OK").send("r1 QUERY");
    assertThat(slow.line()).startsWith("r1 " + prefix);
    return prefix;
  }

  /// The line behind the rows of a listing, which are not all.
  private static String behindRows(Wire slow, String prefix) throws IOException {
    int rows = 1;
    String line = slow.line();
    for (; line.startsWith("r1 " + prefix); line = slow.line()) {
      rows++;
    }
    assertThat(rows).isLessThan(MANY_JOBS);
    return line;
  }

  private static void write(Wire wire, String text) {
    try {
      wire.write(text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void new_connections_see_the_new_certificate_and_old_ones_go_on() throws Exception {
    SelfSigned first = SelfSigned.create(directory, "EC");
    SelfSigned second = SelfSigned.create(directory, "RSA");
    Path certificate = Files.copy(first.certificate(), directory.resolve("cert.pem"));
    Path key = Files.copy(first.key(), directory.resolve("key.pem"));
    try (ZtickServer server =
            setup("")
                .set("controller", "tls_cert", "cert.pem")
                .set("controller", "tls_key", "key.pem")
                .start();
        Wire admin = first.connect(server.port(), "TLSv1.3")) {
      admin.send("AUTH the secret of the admin").expect("OK");
      Files.copy(second.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
      admin.send("r1 RELOAD");
      assertThat(admin.line()).startsWith("r1 problem").contains("controller.tls_key: ");
      admin.expect("r1 ERROR bad_request…");
      Files.copy(second.key(), key, StandardCopyOption.REPLACE_EXISTING);
      assertThat(admin.rows("RELOAD")).isEmpty();
      try (Wire wire = second.connect(server.port(), "TLSv1.3")) {
        wire.send("PING").expect("ERROR auth_required");
      }
      admin.send("PING").expect("OK");
    }
  }
}
