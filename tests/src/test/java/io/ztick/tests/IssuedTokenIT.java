package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tokens that are made, listed, rotated and revoked while the server runs.
class IssuedTokenIT {
  private static final String ADMIN = "the secret of the admin";
  private static final String TEAM = "the secret of the team";
  private static final String PLAIN = "the secret of the plain one";
  private static final String TOKENS =
      """
      [token.admin]
      secret = "the secret of the admin"
      namespace = "*"

      [token.team]
      secret = "the secret of the team"
      namespace = "team."
      commands = ["SET", "GET", "QUERY", "TOKEN"]
      runners = ["http"]

      [token.plain]
      secret = "the secret of the plain one"
      namespace = "plain."
      runners = ["http"]
      """;

  @TempDir Path directory;

  /// What the answer to a CREATE or a ROTATE says.
  private record Made(String secret, String id, long expiresNanos) {}

  private ZtickServer.Setup setup() throws Exception {
    return ZtickServer.withJournal(directory).auth(TOKENS);
  }

  private static Made make(Wire wire, String command) throws Exception {
    List<String> words = Words.of(wire.ask(command));
    assertThat(words).as(command).hasSize(4).startsWith("OK");
    assertThat(words.get(1)).matches("ztk_[A-Za-z0-9_-]{49}");
    assertThat(words.get(2)).matches("tok_[0-9a-f]{16}");
    return new Made(words.get(1), words.get(2), Long.parseLong(words.get(3)));
  }

  @Test
  void a_token_that_was_made_is_good_until_it_is_revoked() throws Exception {
    try (ZtickServer server = setup().start();
        Wire admin = server.connect(ADMIN)) {
      Made made = make(admin, "TOKEN CREATE ci ci. ttl=2h commands=SET,GET \"note=for the CI\"");
      Duration left =
          Duration.between(Instant.now(), Instant.ofEpochSecond(0, made.expiresNanos()));
      assertThat(left).isBetween(Duration.ofMinutes(110), Duration.ofHours(2));
      try (Wire ci = server.connect(made.secret())) {
        ci.send("r1 SET ci.x 2099-01-01").expect("r1 OK");
        ci.send("r2 SET other.x 2099-01-01")
            .expect("r2 ERROR auth_denied insufficient namespace scope");
        ci.send("r3 QUERY").expect("r3 ERROR auth_denied the token may not use the command QUERY");
        ci.send("r4 TOKEN LIST")
            .expect("r4 ERROR auth_denied the token may not use the command TOKEN");
        assertThat(ci.table("WHOAMI"))
            .containsEntry("name", "ci")
            .containsEntry("id", made.id())
            .containsEntry("origin", "issued")
            .containsEntry("namespace", "ci.")
            .containsEntry("commands", "GET,SET")
            .containsEntry("runners", "*")
            .containsEntry("from", "*")
            .containsEntry("expires_ns", Long.toString(made.expiresNanos()));
        assertThat(Words.of(admin.rows("TOKEN LIST").getFirst()))
            .startsWith(made.id(), "ci", "ci.", "GET,SET", "*", "*")
            .endsWith(Long.toString(made.expiresNanos()), "for the CI");
        admin.send("r5 TOKEN REVOKE ci").expect("r5 OK 1");
        ci.expectClosed();
      }
      admin.send("r6 TOKEN REVOKE " + made.id()).expect("r6 ERROR not_found no such token");
      assertThat(admin.rows("TOKEN LIST")).isEmpty();
      try (Wire late = server.connect()) {
        late.send("AUTH " + made.secret()).expect("ERROR auth_failed").expectClosed();
      }
      server.awaitLog("of ci closed: its token or secret is good no longer");
    }
  }

  @Test
  void a_token_hands_out_only_what_it_has_and_sees_only_what_it_could_hand_out() throws Exception {
    try (ZtickServer server = setup().start();
        Wire admin = server.connect(ADMIN);
        Wire team = server.connect(TEAM);
        Wire plain = server.connect(PLAIN)) {
      make(admin, "TOKEN CREATE wide w.");
      Made own = make(team, "TOKEN CREATE own team.a.");
      team.send("r1 TOKEN CREATE x other.")
          .expect("r1 ERROR auth_denied insufficient namespace scope");
      team.send("r2 TOKEN CREATE x team. commands=SET,STAT")
          .expect("r2 ERROR auth_denied the token may not hand out the command STAT");
      team.send("r3 TOKEN CREATE x team. runners=shell")
          .expect("r3 ERROR auth_denied the token may not hand out the runner shell");
      team.send("r4 TOKEN CREATE own team.").expect("r4 ERROR bad_request…");
      team.send("r5 TOKEN REVOKE wide").expect("r5 ERROR not_found no such token");
      team.send("r6 TOKEN ROTATE wide").expect("r6 ERROR not_found no such token");
      plain
          .send("r7 TOKEN CREATE x plain.")
          .expect("r7 ERROR auth_denied the token may not use the command TOKEN");
      plain.send("r8 TOKEN CREATE x * ttl=1x").expect("r8 ERROR bad_request…");
      plain.send("r9 TOKEN CREATE -x *").expect("r9 ERROR bad_request a name has…");
      admin
          .send("r10 TOKEN REVOKE team")
          .expect("r10 ERROR auth_denied the token stands in the auth file and is changed there");
      assertThat(team.rows("TOKEN LIST")).singleElement().asString().startsWith(own.id());
      assertThat(admin.rows("TOKEN LIST")).hasSize(2);
    }
  }

  @Test
  void a_rotated_token_has_two_secrets_for_a_while() throws Exception {
    try (ZtickServer server = setup().start();
        Wire admin = server.connect(ADMIN)) {
      Made first = make(admin, "TOKEN CREATE ci ci.");
      try (Wire old = server.connect(first.secret())) {
        Made second = make(admin, "TOKEN ROTATE ci overlap=1h");
        assertThat(second.id()).isEqualTo(first.id());
        old.send("PING").expect("OK");
        try (Wire fresh = server.connect(second.secret())) {
          fresh.send("PING").expect("OK");
          make(admin, "TOKEN ROTATE " + first.id() + " overlap=0s");
          old.expectClosed();
          fresh.expectClosed();
        }
      }
    }
  }

  @Test
  void the_former_secret_and_its_connections_end_with_the_overlap() throws Exception {
    try (ZtickServer server = setup().start();
        Wire admin = server.connect(ADMIN)) {
      Made first = make(admin, "TOKEN CREATE ci ci.");
      try (Wire old = server.connect(first.secret())) {
        Made second = make(admin, "TOKEN ROTATE ci overlap=1s");
        try (Wire fresh = server.connect(second.secret())) {
          old.expectClosed();
          fresh.send("PING").expect("OK");
        }
      }
      try (Wire late = server.connect()) {
        late.send("AUTH " + first.secret()).expect("ERROR auth_failed");
      }
    }
  }

  @Test
  void a_maker_takes_what_it_made_with_it() throws Exception {
    try (ZtickServer server = setup().start();
        Wire admin = server.connect(ADMIN)) {
      Made boss = make(admin, "TOKEN CREATE boss b. commands=SET,TOKEN ttl=1h");
      try (Wire maker = server.connect(boss.secret())) {
        Made child = make(maker, "TOKEN CREATE child b.c. ttl=10d");
        assertThat(child.expiresNanos()).isEqualTo(boss.expiresNanos());
        try (Wire made = server.connect(child.secret())) {
          admin.send("TOKEN REVOKE boss").expect("OK 2");
          made.expectClosed();
        }
        maker.expectClosed();
      }
    }
  }

  @Test
  void no_line_behind_the_revocation_of_ones_own_token_is_executed() throws Exception {
    try (ZtickServer server = setup().start();
        Wire admin = server.connect(ADMIN)) {
      Made boss = make(admin, "TOKEN CREATE boss b. commands=SET,TOKEN");
      try (Wire own = server.connect(boss.secret())) {
        own.write("r1 TOKEN REVOKE boss\nr2 SET b.behind 2099-01-01\nr3 PING\n");
        assertThat(own.remaining()).isEqualTo("r1 OK 1\n");
      }
      admin.send("GET b.behind").expect("ERROR not_found…");
    }
  }

  @Test
  void whoever_rotates_its_own_token_without_overlap_gets_the_new_secret_first() throws Exception {
    try (ZtickServer server = setup().start();
        Wire admin = server.connect(ADMIN)) {
      Made boss = make(admin, "TOKEN CREATE boss b. commands=SET,TOKEN");
      try (Wire own = server.connect(boss.secret())) {
        own.write("r1 TOKEN ROTATE " + boss.id() + " overlap=0s\nr2 SET b.behind 2099-01-01\n");
        assertThat(own.remaining())
            .startsWith("r1 OK ztk_")
            .contains(" " + boss.id() + " ")
            .hasLineCount(1);
      }
      admin.send("GET b.behind").expect("ERROR not_found…");
    }
  }

  @Test
  void a_namespace_that_came_later_is_counted_over_several_turns() throws Exception {
    int jobs = 10_000;
    try (ZtickServer server = setup().start();
        Wire admin = server.connect(ADMIN)) {
      StringBuilder lines = new StringBuilder();
      for (int job = 0; job < jobs; job++) {
        lines.append("SET late.").append(job).append(" 2099-01-01\n");
      }
      admin.write(lines.toString());
      for (int job = 0; job < jobs; job++) {
        admin.expect("OK");
      }
      try (Wire late = server.connect(make(admin, "TOKEN CREATE late late.").secret())) {
        late.write("STAT\nr1 GET late.0\n");
        List<String> rows = new ArrayList<>();
        for (String line = late.line(); !line.equals("OK"); line = late.line()) {
          rows.add(line);
        }
        assertThat(rows).contains("jobs_total " + jobs, "jobs_planned " + jobs);
        late.expect("r1 OK planned 4070908800000000000");
        late.send("SET late.new 2099-01-01").expect("OK");
        assertThat(late.table("STAT")).containsEntry("jobs_total", "" + (jobs + 1));
      }
    }
  }

  @Test
  void five_tokens_a_minute_can_be_made() throws Exception {
    try (ZtickServer server = setup().set("controller", "max_tokens", 7).start();
        Wire admin = server.connect(ADMIN);
        Wire team = server.connect(TEAM)) {
      for (int i = 0; i < 5; i++) {
        make(admin, "TOKEN CREATE t" + i + " a.");
      }
      admin
          .send("r1 TOKEN CREATE t5 a.")
          .expect("r1 ERROR rate_limited a token makes at most 5 tokens a minute");
      make(team, "TOKEN CREATE t6 team.");
      make(team, "TOKEN CREATE t7 team.");
      team.send("r2 TOKEN CREATE t8 team.").expect("r2 ERROR overloaded max_tokens is 7");
    }
  }

  @Test
  void tokens_survive_a_crash_and_revocations_do_too() throws Exception {
    Made kept;
    Made rotated;
    Made gone;
    try (ZtickServer server = setup().start();
        Wire admin = server.connect(ADMIN)) {
      kept = make(admin, "TOKEN CREATE kept k.");
      gone = make(admin, "TOKEN CREATE gone g.");
      rotated = make(admin, "TOKEN ROTATE kept");
      admin.send("TOKEN REVOKE gone").expect("OK 1");
      server.kill();
    }
    try (ZtickServer server = setup().start()) {
      for (Made good : List.of(kept, rotated)) {
        try (Wire wire = server.connect(good.secret())) {
          wire.send("SET k.x 2099-01-01").expect("OK");
        }
      }
      try (Wire wire = server.connect()) {
        wire.send("AUTH " + gone.secret()).expect("ERROR auth_failed");
      }
      server.stop();
      assertThat(server.log()).noneMatch(line -> line.contains("ztk_"));
    }
    Path state = ZtickServer.state(directory);
    assertThat(Ztick.run("verify", state.toString()).output()).contains("tokens 1\n");
    Ztick text = Ztick.run("dump", state.toString());
    assertThat(text.output()).isEqualTo("SET k.x 4070908800000000000\n");
    assertThat(text.errors()).contains("tokens left out: 1");
    assertThat(Ztick.run("dump", "--format", "json", state.toString()).output())
        .contains("{\"type\":\"token\",\"id\":\"" + kept.id() + "\",\"name\":\"kept\"");
    assertThat(filesHolding(state, kept.secret(), rotated.secret(), gone.secret())).isEmpty();
  }

  private static List<Path> filesHolding(Path root, String... texts) throws Exception {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> Stream.of(texts).anyMatch(text -> holds(file, text)))
          .toList();
    }
  }

  private static boolean holds(Path file, String text) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_token_whose_maker_left_the_auth_file_is_gone_after_a_reload_and_a_start()
      throws Exception {
    String without = TOKENS.substring(0, TOKENS.indexOf("[token.team]"));
    Made made;
    try (ZtickServer server = setup().start();
        Wire team = server.connect(TEAM)) {
      made = make(team, "TOKEN CREATE own team.");
      server.stop();
    }
    try (ZtickServer server = setup().auth(without).start();
        Wire admin = server.connect(ADMIN)) {
      try (Wire wire = server.connect()) {
        wire.send("AUTH " + made.secret()).expect("ERROR auth_failed");
      }
      assertThat(admin.rows("TOKEN LIST")).isEmpty();
      ZtickServer.replaceAuth(directory, TOKENS);
      assertThat(admin.rows("RELOAD")).isEmpty();
      try (Wire team = server.connect(TEAM)) {
        Made again = make(team, "TOKEN CREATE own team.");
        try (Wire own = server.connect(again.secret())) {
          ZtickServer.replaceAuth(directory, without);
          assertThat(admin.rows("RELOAD")).isEmpty();
          own.expectClosed();
          team.expectClosed();
        }
      }
    }
  }

  @Test
  void an_auth_file_with_a_name_that_was_taken_at_run_time_is_refused() throws Exception {
    String more = TOKENS + "[token.ci]\nsecret = 'the secret of another'\nnamespace = 'ci.'\n";
    try (ZtickServer server = setup().start();
        Wire admin = server.connect(ADMIN)) {
      make(admin, "TOKEN CREATE ci ci.");
      ZtickServer.replaceAuth(directory, more);
      admin.send("RELOAD");
      assertThat(admin.line())
          .startsWith("problem ")
          .contains("token.ci: a token of this name was made at run time");
      admin.expect("ERROR bad_request…");
      server.stop();
    }
    try (ZtickServer server = setup().auth(more).launch()) {
      server.awaitLog("token.ci: a token of this name was made at run time");
      assertThat(server.exitCode()).isEqualTo(2);
    }
  }

  @Test
  void CAN_says_what_a_command_would_be_answered() throws Exception {
    try (ZtickServer server = setup().start();
        Wire team = server.connect(TEAM);
        Wire admin = server.connect(ADMIN)) {
      team.send("r1 CAN SET team.x").expect("r1 OK yes");
      team.send("r2 CAN SET other.x").expect("r2 OK no \"insufficient namespace scope\"");
      team.send("CAN STAT").expect("OK no \"the token may not use the command STAT\"");
      team.send("r3 CAN TOKEN").expect("r3 OK yes");
      team.send("r4 CAN NOTHING x").expect("r4 ERROR bad_request…");
      admin.send("CAN BACKUP").expect("OK yes");
    }
  }

  @Test
  void without_authentication_there_are_no_tokens() throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).start();
        Wire wire = server.connect()) {
      wire.send("r1 TOKEN LIST")
          .expect("r1 ERROR bad_request authentication is off, so there are no tokens");
      wire.send("r2 TOKEN CREATE a a.").expect("r2 ERROR bad_request…");
      wire.send("CAN SET x").expect("OK yes");
      assertThat(wire.table("WHOAMI"))
          .containsEntry("name", "anyone")
          .containsEntry("origin", "none")
          .containsEntry("namespace", "*")
          .containsEntry("expires_ns", "never");
    }
  }

  @Test
  void an_expired_token_ends_its_connections_and_frees_its_name() throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).auth(TOKENS).start();
        Wire admin = server.connect(ADMIN)) {
      Made made = make(admin, "TOKEN CREATE ci ci. ttl=1s");
      try (Wire ci = server.connect()) {
        ci.send("AUTH " + made.secret());
        // A slow machine may be later than the token.
        if (ci.line().equals("OK")) {
          ci.expectClosed();
        }
      }
      // Its name is free again.
      await()
          .atMost(ZtickServer.BOUND)
          .until(() -> admin.ask("TOKEN CREATE ci ci."), answer -> answer.startsWith("OK ztk_"));
    }
  }
}
