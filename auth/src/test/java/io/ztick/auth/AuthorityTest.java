package io.ztick.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.ztick.auth.Login.Reason;
import io.ztick.auth.TokenAnswer.Kind;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorityTest {

  private static final String FILE =
      """
      [token.admin]
      secret = "the secret of admin"
      namespace = "*"

      [token.ci]
      secrets = ["the old secret of ci", "the new secret of ci"]
      namespace = "ci."
      commands = ["SET", "GET", "TOKEN"]
      runners = ["http"]
      from = ["10.0.0.0/8"]
      not_before = 2026-12-01T12:00:00Z
      expires = 2026-12-03T12:00:00Z

      [token.team]
      secret = "the secret of team"
      namespace = "team."
      """;

  private static final Instant NOW = AuthFiles.NOW;
  private static final InetAddress HERE = InetAddress.ofLiteral("10.1.2.3");
  private static final InetAddress ELSEWHERE = InetAddress.ofLiteral("192.0.2.1");
  private static final int MAX_TOKENS = 30;

  @TempDir Path directory;

  private final List<TokenChange> journal = new ArrayList<>();
  private Authority authority = authority(new Tokens(List.of(), NOBODY, List.of()), null);

  private static final DenyList NOBODY = new DenyList(Set.of(), Set.of());

  /// Never the same, so that no limit by the minute is in the way.
  private long nanoTime;

  @BeforeEach
  void read_the_file() throws Exception {
    authority = authority(tokens(FILE), null);
  }

  private Authority authority(Tokens tokens, @Nullable Tenants tenants) {
    return new Authority(tokens, AuthFiles.VOCABULARY, tenants, MAX_TOKENS, journal::add);
  }

  private Tokens tokens(String text) throws Exception {
    Path file = Files.writeString(directory.resolve("auth.toml"), text);
    return AuthFiles.load(file, AuthFiles.RUNNERS, Set.of());
  }

  private Login login(String secret, InetAddress address, Instant now) {
    return authority.login(secret.getBytes(UTF_8), address, now);
  }

  private Login.Accepted accepted(String secret) {
    Login login = login(secret, HERE, NOW);
    assertThat(login).isInstanceOf(Login.Accepted.class);
    return (Login.Accepted) login;
  }

  private Identity who(String name) {
    return accepted(name.equals("ci") ? "the new secret of ci" : "the secret of " + name)
        .identity();
  }

  private static Login refused(Reason reason, @Nullable String name) {
    return new Login.Refused(reason, name);
  }

  private static TokenRequest request(String name, String namespace) {
    return new TokenRequest(
        name, namespace, TokenRequest.DEFAULT_TTL, null, null, null, "for a test");
  }

  private TokenAnswer create(Identity maker, TokenRequest request) {
    nanoTime += TimeUnit.MINUTES.toNanos(1);
    return authority.create(maker, request, NOW, nanoTime);
  }

  private static TokenAnswer.NewSecret made(TokenAnswer answer) {
    assertThat(answer).isInstanceOf(TokenAnswer.NewSecret.class);
    return (TokenAnswer.NewSecret) answer;
  }

  private TokenAnswer.NewSecret make(Identity maker, String name, String namespace) {
    return made(create(maker, request(name, namespace)));
  }

  private static TokenAnswer no(Kind kind, String sentence) {
    return new TokenAnswer.Refused(kind, sentence);
  }

  @Nested
  class OfTheFile {

    @Test
    void a_secret_is_good_while_the_token_is_valid_and_from_its_addresses() {
      String secret = "the old secret of ci";

      assertThat(login(secret, HERE, NOW)).isInstanceOf(Login.Accepted.class);
      assertThat(login(secret, HERE, Instant.parse("2026-12-03T11:59:59.999999999Z")))
          .isInstanceOf(Login.Accepted.class);
      assertThat(login(secret, HERE, NOW.minusNanos(1)))
          .isEqualTo(refused(Reason.NOT_YET_VALID, "ci"));
      assertThat(login(secret, HERE, Instant.parse("2026-12-03T12:00:00Z")))
          .isEqualTo(refused(Reason.EXPIRED, "ci"));
      assertThat(login(secret, ELSEWHERE, NOW)).isEqualTo(refused(Reason.WRONG_ADDRESS, "ci"));
    }

    @Test
    void the_identity_has_the_rights_and_the_time_of_the_token() {
      Identity ci = who("ci");

      assertThat(ci.name()).isEqualTo("ci");
      assertThat(ci.rights().missingForCommand("GET")).isNull();
      assertThat(ci.rights().missingForCommand("REMOVE")).isNotNull();
      assertThat(ci.lifetime().until()).isEqualTo(Instant.parse("2026-12-03T12:00:00Z"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "the secret of ci", "the secret of admin ", "admin"})
    void any_other_secret_is_unknown(String secret) {
      assertThat(login(secret, HERE, NOW)).isEqualTo(refused(Reason.UNKNOWN, null));
    }

    @Test
    void a_secret_of_our_form_with_a_wrong_sum_was_mistyped() {
      assertThat(login("ztk_x", HERE, NOW)).isEqualTo(refused(Reason.MISTYPED, null));
    }

    @Test
    void after_a_reload_a_connection_is_what_the_file_says_now() throws Exception {
      Login.Accepted admin = accepted("the secret of admin");
      Login.Accepted team = accepted("the secret of team");
      Login.Accepted old = accepted("the old secret of ci");
      Login.Accepted renewed = accepted("the new secret of ci");

      authority.use(
          tokens(
              FILE.replace("\"the old secret of ci\", ", "")
                  .replace("[\"SET\", \"GET\", \"TOKEN\"]", "[\"GET\"]")
                  .replaceAll("(?s)\\[token.team].*", "")));

      assertThat(authority.lookAgain(admin, HERE, NOW)).isEqualTo(admin);
      assertThat(authority.lookAgain(team, HERE, NOW)).isEqualTo(refused(Reason.UNKNOWN, null));
      assertThat(authority.lookAgain(old, HERE, NOW)).isEqualTo(refused(Reason.UNKNOWN, null));
      assertThat(authority.lookAgain(renewed, HERE, NOW))
          .isEqualTo(accepted("the new secret of ci"))
          .isNotEqualTo(renewed);
      assertThat(authority.lookAgain(renewed, ELSEWHERE, NOW))
          .isEqualTo(refused(Reason.WRONG_ADDRESS, "ci"));
      assertThat(authority.lookAgain(renewed, HERE, NOW.plus(Duration.ofDays(2))))
          .isEqualTo(refused(Reason.EXPIRED, "ci"));
    }
  }

  @Nested
  class Creation {

    @Test
    void a_token_is_made_told_once_and_good_for_a_day() {
      TokenAnswer.NewSecret made = make(who("admin"), "deploy-bot", "deploy.");
      String secret = made.secret().reveal();

      assertThat(TokenSecret.isWellFormed(secret)).isTrue();
      assertThat(made.token().id()).matches("tok_[0-9a-f]{16}");
      assertThat(made.token().expires()).isEqualTo(NOW.plus(Duration.ofHours(24)));
      Identity identity = accepted(secret).identity();
      assertThat(identity.id()).isEqualTo(made.token().id());
      assertThat(identity.name()).isEqualTo("deploy-bot");
      assertThat(identity.namespace()).isEqualTo(new Namespace("deploy."));
      assertThat(login(secret, HERE, made.token().expires().minusNanos(1)))
          .isInstanceOf(Login.Accepted.class);
      assertThat(login(secret, HERE, made.token().expires()))
          .isEqualTo(refused(Reason.EXPIRED, "deploy-bot"));
      assertThat(made.toString() + journal + authority.list(who("admin"), NOW))
          .doesNotContain(secret);
    }

    @Test
    void without_a_word_about_it_the_rights_are_the_makers_but_for_making_tokens() {
      Rights rights = make(who("ci"), "child", "ci.x.").token().rights();

      assertThat(rights.commands()).isEqualTo(Names.of(Set.of("SET", "GET")));
      assertThat(rights.runners()).isEqualTo(Names.of(Set.of("http")));
      assertThat(rights.addresses()).isEqualTo(who("ci").rights().addresses());
    }

    @Test
    void only_own_rights_can_be_handed_out() {
      assertThat(create(who("ci"), request("child", "deploy.")))
          .isEqualTo(no(Kind.DENIED, "insufficient namespace scope"));
      assertThat(create(who("ci"), wish("REMOVE", "http")))
          .isEqualTo(no(Kind.DENIED, "the token may not hand out the command REMOVE"));
      assertThat(create(who("ci"), wish("SET", "shell")))
          .isEqualTo(no(Kind.DENIED, "the token may not hand out the runner shell"));
      assertThat(create(who("ci"), wish("*", "http")))
          .isEqualTo(no(Kind.DENIED, "the token may not hand out the command * (all commands)"));
      made(create(who("ci"), wish("SET,TOKEN", "http")));
      assertThat(journal).hasSize(1);
    }

    private TokenRequest wish(String commands, String runners) {
      return new TokenRequest(
          "child",
          "ci.",
          TokenRequest.DEFAULT_TTL,
          Names.parse(commands),
          Names.parse(runners),
          null,
          "");
    }

    @Test
    void a_child_expires_no_later_than_its_maker() {
      TokenRequest long_ =
          new TokenRequest("child", "ci.", Duration.ofDays(30), null, null, null, "");

      assertThat(made(create(who("ci"), long_)).token().expires())
          .isEqualTo(Instant.parse("2026-12-03T12:00:00Z"));
    }

    @ParameterizedTest
    @CsvSource({"PT1S, true", "PT0.999S, false", "P366D, true", "P366DT0.001S, false"})
    void a_lifetime_has_bounds(Duration ttl, boolean good) {
      TokenAnswer answer =
          create(who("admin"), new TokenRequest("x", "x.", ttl, null, null, null, ""));

      if (good) {
        assertThat(made(answer).token().expires()).isEqualTo(NOW.plus(ttl));
      } else {
        assertThat(answer).isEqualTo(no(Kind.MALFORMED, "ttl is 1s to 366d"));
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-a", ".a", "a b", "a\n", "é", "a*", "tok_x", "t.0123456789abcdef"})
    void what_is_no_name_is_refused(String name) {
      assertThat(create(who("admin"), request(name, "x.")))
          .isInstanceOfSatisfying(
              TokenAnswer.Refused.class,
              refused -> assertThat(refused.kind()).isEqualTo(Kind.MALFORMED));
    }

    @Test
    void a_name_has_64_characters_and_no_more() {
      make(who("admin"), "a".repeat(64), "x.");

      assertThat(create(who("admin"), request("a".repeat(65), "x.")))
          .isEqualTo(
              no(
                  Kind.MALFORMED,
                  "a name has 1 to 64 of A-Z a-z 0-9 . _ - and begins with a letter or digit"));
    }

    @Test
    void a_wish_lists_at_most_sixty_four_addresses() throws Exception {
      for (int ranges = 64; ranges <= 65; ranges++) {
        Addresses from =
            Addresses.parse(
                IntStream.range(0, ranges)
                    .mapToObj("10.0.%d.1"::formatted)
                    .collect(Collectors.joining(",")));
        TokenAnswer answer =
            create(
                who("admin"),
                new TokenRequest("a" + ranges, "a.", Duration.ofHours(1), null, null, from, ""));
        if (ranges == 64) {
          assertThat(made(answer).token().rights().addresses()).isEqualTo(from);
        } else {
          assertThat(answer).isEqualTo(no(Kind.MALFORMED, "from is at most 64 ranges"));
        }
      }
    }

    @Test
    void a_note_has_256_characters_and_no_more() {
      Duration ttl = TokenRequest.DEFAULT_TTL;
      made(
          create(
              who("admin"), new TokenRequest("a", "a.", ttl, null, null, null, "🎉".repeat(256))));

      assertThat(List.of("🎉".repeat(257), "two\nlines"))
          .allSatisfy(
              note ->
                  assertThat(
                          create(
                              who("admin"),
                              new TokenRequest("b", "b.", ttl, null, null, null, note)))
                      .isEqualTo(
                          no(
                              Kind.MALFORMED,
                              "a note has at most 256 characters, none for control")));
    }

    @Test
    void what_is_no_namespace_and_names_that_nobody_knows_are_refused() {
      assertThat(create(who("admin"), request("a", "rule.")))
          .isEqualTo(
              no(
                  Kind.MALFORMED,
                  "the namespace reaches into \"rule.\", where every namespace has its own part"));
      assertThat(create(who("admin"), wish("SETT", "http")))
          .isInstanceOfSatisfying(
              TokenAnswer.Refused.class,
              refused ->
                  assertThat(refused.sentence())
                      .startsWith("unknown command \"SETT\"; known are "));
      assertThat(create(who("admin"), wish("SET", "bash")))
          .isInstanceOfSatisfying(
              TokenAnswer.Refused.class,
              refused ->
                  assertThat(refused.sentence()).startsWith("unknown runner \"bash\"; known are "));
    }

    @Test
    void a_name_is_there_once_in_the_file_and_at_run_time_until_it_is_free() {
      TokenAnswer taken = no(Kind.MALFORMED, "there is a token of this name already");
      assertThat(create(who("admin"), request("team", "x."))).isEqualTo(taken);
      make(who("admin"), "x", "x.");
      assertThat(create(who("admin"), request("x", "y."))).isEqualTo(taken);

      authority.revoke(who("admin"), "x", NOW);
      make(who("admin"), "x", "y.");
    }

    @Test
    void five_are_made_in_a_minute_by_one_creator_and_a_sixth_later() {
      long start = Long.MAX_VALUE - 5;
      for (int i = 0; i < 5; i++) {
        made(authority.create(who("admin"), request("a" + i, "a."), NOW, start + i));
      }
      long minute = TimeUnit.MINUTES.toNanos(1);

      assertThat(authority.create(who("admin"), request("b", "a."), NOW, start + minute - 1))
          .isEqualTo(no(Kind.RATE_LIMITED, "a token makes at most 5 tokens a minute"));
      made(authority.create(who("ci"), request("c", "ci."), NOW, start + minute - 1));
      made(authority.create(who("admin"), request("b", "a."), NOW, start + minute));
      assertThat(authority.create(who("admin"), request("d", "a."), NOW, start + minute))
          .isEqualTo(no(Kind.RATE_LIMITED, "a token makes at most 5 tokens a minute"));
    }

    @Test
    void there_are_max_tokens_and_no_more() {
      for (int i = 0; i < MAX_TOKENS; i++) {
        make(who("admin"), "a" + i, "a.");
      }

      assertThat(create(who("admin"), request("b", "a.")))
          .isEqualTo(no(Kind.TOO_MANY, "max_tokens is 30"));
      authority.revoke(who("admin"), "a7", NOW);
      make(who("admin"), "b", "a.");
    }

    @Test
    void tokens_make_tokens_eight_times_in_a_row() {
      Identity maker = who("admin");
      for (int i = 1; i <= 8; i++) {
        TokenRequest request =
            new TokenRequest("g" + i, "*", Duration.ofHours(1), Names.all(), null, null, "");
        maker = accepted(made(create(maker, request)).secret().reveal()).identity();
      }

      assertThat(create(maker, request("g9", "a.")))
          .isEqualTo(no(Kind.DENIED, "tokens make tokens at most 8 times in a row"));
    }

    @Test
    void whose_token_is_gone_makes_none_any_more() {
      TokenRequest request =
          new TokenRequest("boss", "*", Duration.ofHours(1), Names.all(), null, null, "");
      Identity boss = accepted(made(create(who("admin"), request)).secret().reveal()).identity();
      authority.revoke(who("admin"), "boss", NOW);

      assertThat(create(boss, request("x", "x.")))
          .isEqualTo(no(Kind.DENIED, "the token is no longer valid"));
    }
  }

  @Nested
  class Administration {

    private Identity maker() {
      return who("ci");
    }

    @Test
    void a_client_sees_the_tokens_that_have_no_right_beyond_its_own() {
      IssuedToken wide = make(who("admin"), "wide", "ci.").token();
      IssuedToken own = make(maker(), "own", "ci.x.").token();

      assertThat(authority.list(who("admin"), NOW)).containsExactly(wide, own);
      assertThat(authority.list(maker(), NOW)).containsExactly(own);
      assertThat(authority.list(who("team"), NOW)).isEmpty();
      assertThat(authority.list(who("admin"), NOW.plus(Duration.ofHours(24)))).isEmpty();
    }

    @Test
    void what_it_does_not_see_is_not_found_as_if_it_were_not_there() {
      IssuedToken wide = make(who("admin"), "wide", "ci.").token();
      TokenAnswer notFound = no(Kind.NOT_FOUND, "no such token");

      for (String word : List.of("wide", wide.id(), "nothing", "tok_0", "team", "", "the secret")) {
        assertThat(authority.revoke(maker(), word, NOW)).isEqualTo(notFound);
        assertThat(authority.rotate(maker(), word, Duration.ZERO, NOW)).isEqualTo(notFound);
      }
      assertThat(authority.list(who("admin"), NOW)).containsExactly(wide);
    }

    @Test
    void a_token_of_the_file_cannot_be_revoked_or_rotated() {
      TokenAnswer denied =
          no(Kind.DENIED, "the token stands in the auth file and is changed there");

      assertThat(authority.revoke(who("admin"), "team", NOW)).isEqualTo(denied);
      assertThat(authority.rotate(who("admin"), "team", Duration.ZERO, NOW)).isEqualTo(denied);
    }

    @Test
    void a_revoked_token_is_gone_and_so_is_all_that_it_made() {
      TokenRequest maker =
          new TokenRequest("boss", "*", Duration.ofHours(1), Names.all(), null, null, "");
      TokenAnswer.NewSecret boss = made(create(who("admin"), maker));
      Login.Accepted connection = accepted(boss.secret().reveal());
      TokenAnswer.NewSecret child = make(connection.identity(), "child", "a.");
      Login.Accepted childConnection = accepted(child.secret().reveal());
      IssuedToken other = make(who("admin"), "other", "a.").token();

      assertThat(authority.revoke(who("admin"), boss.token().id(), NOW))
          .isEqualTo(new TokenAnswer.Revoked(List.of(child.token(), boss.token())));

      assertThat(authority.list(who("admin"), NOW)).containsExactly(other);
      assertThat(authority.lookAgain(connection, HERE, NOW))
          .isEqualTo(refused(Reason.UNKNOWN, null));
      assertThat(authority.lookAgain(childConnection, HERE, NOW))
          .isEqualTo(refused(Reason.UNKNOWN, null));
      assertThat(login(child.secret().reveal(), HERE, NOW))
          .isEqualTo(refused(Reason.UNKNOWN, null));
    }

    @Test
    void after_a_rotation_both_secrets_are_good_for_the_overlap() {
      TokenAnswer.NewSecret first = make(who("admin"), "x", "x.");
      Login.Accepted connection = accepted(first.secret().reveal());

      TokenAnswer.NewSecret second =
          made(authority.rotate(who("admin"), "x", Duration.ofHours(1), NOW));

      Instant end = NOW.plus(Duration.ofHours(1));
      assertThat(second.token().id()).isEqualTo(first.token().id());
      assertThat(second.token().expires()).isEqualTo(first.token().expires());
      assertThat(accepted(first.secret().reveal()).identity().lifetime().until()).isEqualTo(end);
      assertThat(accepted(second.secret().reveal()).identity().lifetime().until())
          .isEqualTo(second.token().expires());
      assertThat(authority.lookAgain(connection, HERE, NOW))
          .isEqualTo(accepted(first.secret().reveal()));
      assertThat(login(first.secret().reveal(), HERE, end)).isEqualTo(refused(Reason.EXPIRED, "x"));
      assertThat(login(second.secret().reveal(), HERE, end)).isInstanceOf(Login.Accepted.class);
    }

    @Test
    void a_second_rotation_ends_the_first_secret_at_once() {
      TokenAnswer.NewSecret first = make(who("admin"), "x", "x.");
      TokenAnswer.NewSecret second =
          made(authority.rotate(who("admin"), "x", Duration.ofHours(1), NOW));
      authority.rotate(who("admin"), "x", Duration.ofHours(1), NOW);

      assertThat(login(first.secret().reveal(), HERE, NOW))
          .isEqualTo(refused(Reason.UNKNOWN, null));
      assertThat(login(second.secret().reveal(), HERE, NOW)).isInstanceOf(Login.Accepted.class);
    }

    @Test
    void an_overlap_does_not_outlast_the_token() {
      TokenAnswer.NewSecret first = make(who("admin"), "x", "x.");
      authority.rotate(who("admin"), "x", Duration.ofDays(7), NOW);

      assertThat(accepted(first.secret().reveal()).identity().lifetime().until())
          .isEqualTo(first.token().expires());
    }

    @ParameterizedTest
    @CsvSource({"PT0S, true", "PT-0.001S, false", "P7D, true", "P7DT0.001S, false"})
    void an_overlap_has_bounds(Duration overlap, boolean good) {
      make(who("admin"), "x", "x.");
      TokenAnswer answer = authority.rotate(who("admin"), "x", overlap, NOW);

      if (good) {
        made(answer);
      } else {
        assertThat(answer).isEqualTo(no(Kind.MALFORMED, "overlap is 0s to 7d"));
      }
    }

    @Test
    void nobody_gets_the_secret_of_a_token_that_lasts_longer() {
      TokenRequest brief =
          new TokenRequest("brief", "*", Duration.ofHours(1), Names.all(), null, null, "");
      Identity caller = accepted(made(create(who("admin"), brief)).secret().reveal()).identity();
      make(who("admin"), "day", "x.");

      assertThat(authority.list(caller, NOW)).hasSize(2);
      assertThat(authority.rotate(caller, "day", Duration.ZERO, NOW))
          .isEqualTo(no(Kind.DENIED, "the token to rotate lasts longer than yours"));
      made(authority.rotate(caller, "brief", Duration.ZERO, NOW));
    }

    @Test
    void expired_tokens_are_cleaned_up() {
      IssuedToken brief =
          made(create(
                  who("admin"),
                  new TokenRequest("a", "a.", Duration.ofHours(1), null, null, null, "")))
              .token();
      make(who("admin"), "b", "b.");

      assertThat(authority.removeExpired(brief.expires().minusNanos(1))).isEmpty();
      assertThat(authority.removeExpired(brief.expires())).containsExactly(brief);
      assertThat(authority.list(who("admin"), NOW)).hasSize(1);
      assertThat(journal.getLast()).isEqualTo(new TokenChange.Removed(brief.id()));
    }
  }

  @Nested
  class Reload {

    @Test
    void the_children_of_a_token_that_is_gone_are_revoked() throws Exception {
      TokenAnswer.NewSecret child = make(who("ci"), "child", "ci.");
      IssuedToken other = make(who("admin"), "other", "a.").token();

      List<IssuedToken> revoked =
          authority.use(tokens(FILE.replace("[token.ci]", "[token.another]")));

      assertThat(revoked).containsExactly(child.token());
      assertThat(journal.getLast()).isEqualTo(new TokenChange.Removed(child.token().id()));
      assertThat(authority.list(who("admin"), NOW)).containsExactly(other);
    }

    @Test
    void the_children_of_a_token_that_was_narrowed_are_narrowed() throws Exception {
      TokenAnswer.NewSecret child = make(who("ci"), "child", "ci.");
      Login.Accepted connection = accepted(child.secret().reveal());

      authority.use(
          tokens(
              FILE.replace("\"SET\", \"GET\"", "\"GET\"")
                  .replace("\"ci.\"", "\"ci.x.\"")
                  .replace("2026-12-03", "2026-12-02")
                  .replace("10.0.0.0/8", "10.1.0.0/16")));

      Identity now = accepted(child.secret().reveal()).identity();
      assertThat(now.namespace()).isEqualTo(new Namespace("ci.x."));
      assertThat(now.rights().missingForCommand("SET")).isNotNull();
      assertThat(now.rights().missingForCommand("GET")).isNull();
      assertThat(now.lifetime().until()).isEqualTo(Instant.parse("2026-12-02T12:00:00Z"));
      assertThat(authority.lookAgain(connection, HERE, NOW))
          .isEqualTo(accepted(child.secret().reveal()));
      assertThat(authority.lookAgain(connection, InetAddress.ofLiteral("10.2.0.1"), NOW))
          .isEqualTo(refused(Reason.WRONG_ADDRESS, "child"));
    }

    @Test
    void a_child_whose_namespace_its_maker_has_lost_is_refused() throws Exception {
      TokenAnswer.NewSecret child = make(who("ci"), "child", "ci.");

      authority.use(tokens(FILE.replace("\"ci.\"", "\"other.\"")));

      assertThat(login(child.secret().reveal(), HERE, NOW))
          .isEqualTo(refused(Reason.MAKER_GONE, "child"));
    }

    @Test
    void names_and_secrets_are_unique_over_file_and_run_time() throws Exception {
      IssuedToken made = make(who("admin"), "bot", "a.").token();
      String hex = made.secrets().getFirst().digest().hex();

      assertThat(authority.conflicts(tokens(FILE), NOW)).isEmpty();
      assertThat(
              authority.conflicts(
                  tokens(
                      FILE
                          + "[token.bot]\nsecret = 'another secret here'\nnamespace = 'b.'\n"
                          + "[token.copy]\nsecret_sha256 = '"
                          + hex
                          + "'\nnamespace = 'c.'\n"),
                  NOW))
          .containsExactly(
              "auth.toml:17: token.bot: a token of this name was made at run time, " + made.id(),
              "auth.toml:20: token.copy: secret is also that of "
                  + made.id()
                  + ", made at run time");
    }

    @Test
    void a_token_that_has_expired_is_in_no_files_way() throws Exception {
      IssuedToken made = make(who("admin"), "bot", "a.").token();
      Tokens file =
          tokens(FILE + "[token.bot]\nsecret = 'another secret here'\nnamespace = 'b.'\n");

      assertThat(authority.conflicts(file, made.expires().minusNanos(1))).hasSize(1);
      assertThat(authority.conflicts(file, made.expires())).isEmpty();
    }

    @Test
    void a_token_that_a_file_ends_is_not_in_its_way() throws Exception {
      TokenAnswer.NewSecret child = make(who("team"), "child", "team.");
      TokenAnswer.NewSecret grandchild =
          make(accepted(child.secret().reveal()).identity(), "grandchild", "team.");
      Tokens file =
          tokens(
              FILE.substring(0, FILE.indexOf("[token.team]"))
                  + "[token.grandchild]\nsecret = 'another secret here'\nnamespace = 'b.'\n");

      assertThat(authority.conflicts(file, NOW)).isEmpty();
      assertThat(authority.use(file)).containsExactly(grandchild.token(), child.token());
      assertThat(accepted("another secret here").identity().name()).isEqualTo("grandchild");
    }
  }

  @Nested
  class Recovery {

    @Test
    void the_journal_brings_everything_back() throws Exception {
      TokenAnswer.NewSecret kept = make(who("admin"), "kept", "a.");
      make(who("admin"), "gone", "a.");
      authority.revoke(who("admin"), "gone", NOW);
      TokenAnswer.NewSecret rotated =
          made(authority.rotate(who("admin"), "kept", Duration.ofHours(1), NOW));
      Login before = login(kept.secret().reveal(), HERE, NOW);

      Authority restarted = authority(tokens(FILE), null);
      restarted.restore(kept());
      int changes = journal.size();

      assertThat(restarted.use(tokens(FILE))).isEmpty();
      assertThat(journal).hasSize(changes);
      assertThat(restarted.list(who("admin"), NOW)).isEqualTo(authority.list(who("admin"), NOW));
      authority = restarted;
      assertThat(login(kept.secret().reveal(), HERE, NOW)).isEqualTo(before);
      assertThat(login(rotated.secret().reveal(), HERE, NOW)).isInstanceOf(Login.Accepted.class);
    }

    @Test
    void a_token_whose_maker_was_narrowed_may_come_from_more_places_than_one_could_list()
        throws Exception {
      authority.use(tokens(from("10.0.0.0/8", "172.16.%d.1")));
      var wanted =
          new TokenRequest(
              "maker", "ci.", Duration.ofHours(1), Names.of(Set.of("TOKEN")), null, null, "");
      TokenAnswer.NewSecret maker = made(create(who("ci"), wanted));
      authority.use(tokens(from("172.16.0.0/12", "10.1.%d.3")));
      IssuedToken made = make(accepted(maker.secret().reveal()).identity(), "x", "ci.").token();
      assertThat(made.rights().addresses().ranges()).hasSize(126);

      Authority restarted = authority(tokens(FILE), null);
      restarted.restore(kept());
      assertThat(restarted.list(who("admin"), NOW)).contains(made);
    }

    /// The file in which ci comes from a range and 63 single addresses.
    private static String from(String range, String single) {
      String all =
          IntStream.range(0, 63)
              .mapToObj(i -> '"' + single.formatted(i) + '"')
              .collect(Collectors.joining(",", "[\"" + range + "\",", "]"));
      return FILE.replace("[\"10.0.0.0/8\"]", all);
    }

    /// What a store by id has.
    private List<IssuedToken> kept() throws MalformedTokenException {
      Map<String, IssuedToken> kept = new LinkedHashMap<>();
      for (TokenChange change : journal) {
        switch (change) {
          case TokenChange.Stored(var token) ->
              kept.put(token.id(), IssuedToken.parse(token.text()));
          case TokenChange.Removed(var id) -> kept.remove(id);
        }
      }
      return List.copyOf(kept.values());
    }

    @Test
    void makers_come_before_what_they_made_whatever_the_order_and_the_clock() throws Exception {
      TokenRequest wish =
          new TokenRequest("boss", "*", Duration.ofHours(1), Names.all(), null, null, "");
      IssuedToken boss = made(create(who("admin"), wish)).token();
      Identity maker =
          new Identity(Identity.Origin.ISSUED, boss.id(), "boss", boss.rights(), Lifetime.ALWAYS);
      Instant before = NOW.minusSeconds(60);
      TokenRequest childs =
          new TokenRequest("child", "a.", Duration.ofHours(1), null, null, null, "");
      IssuedToken child = made(authority.create(maker, childs, before, 0)).token();

      for (List<IssuedToken> order : List.of(List.of(boss, child), List.of(child, boss))) {
        Authority restarted = authority(tokens(FILE), null);
        restarted.restore(order);
        assertThat(restarted.list(who("admin"), NOW)).containsExactly(boss, child);
        assertThat(restarted.revoke(who("admin"), "boss", NOW))
            .isEqualTo(new TokenAnswer.Revoked(List.of(child, boss)));
      }
    }

    @Test
    void a_crash_amid_a_revocation_leaves_no_child_behind() throws Exception {
      Identity boss =
          accepted(
                  made(create(
                          who("admin"),
                          new TokenRequest(
                              "boss", "*", Duration.ofHours(1), Names.all(), null, null, "")))
                      .secret()
                      .reveal())
              .identity();
      TokenAnswer.NewSecret child = make(boss, "child", "a.");

      Authority restarted = authority(tokens(FILE), null);
      restarted.restore(List.of(child.token()));
      authority = restarted;

      assertThat(login(child.secret().reveal(), HERE, NOW))
          .isEqualTo(refused(Reason.MAKER_GONE, "child"));
      assertThat(authority.use(tokens(FILE))).containsExactly(child.token());
    }

    @Test
    void what_is_kept_holds_no_secret() {
      TokenAnswer.NewSecret made = make(who("ci"), "child", "ci.");

      assertThat(made.token().text())
          .doesNotContain(made.secret().reveal(), made.secret().reveal().substring(4, 20))
          .contains("\nname child\n", "\nmaker ci\n", "\nnote for a test\n");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "form 1",
          "maker ci",
          "note for a test",
          "name child",
          "expires 2026-12-02T12:00:00Z"
        })
    void a_text_without_a_field_or_with_one_twice_is_refused(String field) {
      String text = make(who("ci"), "child", "ci.").token().text();
      assertThat(text).contains(field + "\n");

      for (String broken :
          List.of(
              text.replace(field + "\n", ""),
              text + field + "\n",
              text.replace(field, field.substring(0, field.indexOf(' '))))) {
        assertThatExceptionOfType(MalformedTokenException.class)
            .isThrownBy(() -> IssuedToken.parse(broken));
      }
    }

    @ParameterizedTest
    @CsvSource({
      "form 1, form 2",
      "maker ci, colour red",
      "expires 2026, expires x2026",
      "namespace ci., namespace rule.",
      "from 10.0.0.0/8, from 10.0.0.1/8",
      "secret , secret x",
      "secret , note2 ",
    })
    void a_text_of_another_form_is_refused(String part, String other) {
      String text = make(who("ci"), "child", "ci.").token().text();
      assertThat(text).contains(part);

      assertThatExceptionOfType(MalformedTokenException.class)
          .isThrownBy(() -> IssuedToken.parse(text.replace(part, other)));
    }
  }

  @Nested
  class WithTenants {
    private static final String SECRET = "a secret that nobody has set up, but long";

    private Tokens file(String deny) throws Exception {
      Path file = Files.writeString(directory.resolve("auth.toml"), deny + FILE);
      return Tokens.load(
          file,
          new Tokens.Surroundings(AuthFiles.VOCABULARY, Set.of(), AuthFiles.BARE, true, true),
          NOW);
    }

    @BeforeEach
    void allow_tenants() throws Exception {
      authority = authority(file(""), new Tenants(Set.of("http")));
    }

    @Test
    void any_long_secret_is_a_tenants() {
      Identity tenant = accepted(SECRET).identity();

      assertThat(tenant.origin()).isEqualTo(Identity.Origin.TENANT);
      assertThat(tenant.namespace())
          .isEqualTo(Tenants.namespace(Digest.of(SECRET.getBytes(UTF_8))));
      assertThat(login("x".repeat(31), HERE, NOW)).isEqualTo(refused(Reason.UNKNOWN, null));
      assertThat(login("x".repeat(32), HERE, NOW)).isInstanceOf(Login.Accepted.class);
    }

    @Test
    void the_secret_of_a_token_is_never_a_tenants() {
      TokenAnswer.NewSecret made = make(who("admin"), "bot", "a.");

      assertThat(login(made.secret().reveal(), HERE, made.token().expires()))
          .isEqualTo(refused(Reason.EXPIRED, "bot"));
      authority.revoke(who("admin"), "bot", NOW);
      assertThat(login(made.secret().reveal(), HERE, NOW)).isEqualTo(refused(Reason.UNKNOWN, null));
      assertThat(login(made.secret().reveal() + "x", HERE, NOW))
          .isEqualTo(refused(Reason.MISTYPED, null));
    }

    @Test
    void a_denied_tenant_is_refused_by_its_digest_and_by_its_namespace() throws Exception {
      Login.Accepted connection = accepted(SECRET);
      Digest digest = connection.digest();
      String namespace = connection.identity().namespace().prefix();
      String name = connection.identity().name();

      for (String entry : List.of("sha256:" + digest.hex(), namespace)) {
        authority.use(file("deny = ['" + entry + "']\n"));
        assertThat(login(SECRET, HERE, NOW)).isEqualTo(refused(Reason.DENIED, name));
        assertThat(authority.lookAgain(connection, HERE, NOW))
            .isEqualTo(refused(Reason.DENIED, name));
        assertThat(login(SECRET + ".", HERE, NOW)).isInstanceOf(Login.Accepted.class);
      }
      authority.use(file(""));
      assertThat(authority.lookAgain(connection, HERE, NOW)).isEqualTo(connection);
    }

    @Test
    void nobody_is_given_a_namespace_of_tenants() {
      TokenAnswer denied = no(Kind.DENIED, "the namespace overlaps with t., which is for tenants");

      assertThat(create(who("admin"), request("a", "t."))).isEqualTo(denied);
      assertThat(create(who("admin"), request("a", "t.0123456789abcdef."))).isEqualTo(denied);
      assertThat(create(who("admin"), request("a", "t"))).isEqualTo(denied);
      make(who("admin"), "a", "team.");
    }

    @Test
    void tenants_cannot_be_turned_on_beside_a_token_in_their_namespace() throws Exception {
      authority = authority(tokens(FILE), null);
      IssuedToken made = make(who("admin"), "x", "t.x.").token();
      make(who("admin"), "y", "*");
      Authority restarted = authority(file(""), new Tenants(Set.of("http")));
      restarted.restore(authority.list(who("admin"), NOW));

      assertThat(restarted.conflicts(file(""), NOW))
          .containsExactly(
              "controller.tenants: the token "
                  + made.id()
                  + ", made at run time, has the namespace t.x., which overlaps with t.");
    }
  }
}
