package io.ztick.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ztick.client.ScriptedServer.Peer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What calls about tokens say on the wire, and what they make of the answers.
class TokensTest {
  private static final String SECRET = "ztk_0123456789";

  private ScriptedServer server;
  private ZtickClient client;
  private Peer peer;

  @BeforeEach
  void connect() throws Exception {
    server = new ScriptedServer();
    client = ZtickClient.connect(server.options().repeatUnknown(true).build());
    peer = server.peer();
  }

  @AfterEach
  void close() throws Exception {
    peer.close();
    client.close();
    server.close();
  }

  @Test
  void what_a_request_leaves_unsaid_is_left_to_the_server() throws Exception {
    var made = client.createTokenAsync(TokenRequest.of("ci", "deploy."));
    assertThat(peer.line()).isEqualTo("1 TOKEN CREATE ci deploy.");
    peer.say("1 OK " + SECRET + " tok_1 5000000006");
    IssuedSecret issued = done(made);
    assertThat(issued)
        .isEqualTo(new IssuedSecret(SECRET, "tok_1", Instant.ofEpochSecond(5).plusNanos(6)));
    assertThat(issued).asString().contains("tok_1").doesNotContain(SECRET);
  }

  @Test
  void each_option_of_a_request_is_one_word() throws Exception {
    TokenRequest request =
        TokenRequest.of("a b", "*")
            .ttl(Duration.ofHours(2))
            .commands("SET", "GET")
            .runners()
            .from("10.0.0.0/8", "::1")
            .note("for \"CI\"");
    var _ = client.createTokenAsync(request);
    assertThat(peer.line())
        .isEqualTo(
            "1 TOKEN CREATE \"a b\" * ttl=7200000000000ns commands=SET,GET runners="
                + " from=10.0.0.0/8,::1 \"note=for \\\"CI\\\"\"");
  }

  @Test
  void a_request_that_is_changed_leaves_the_one_before_as_it_was() throws Exception {
    TokenRequest plain = TokenRequest.of("ci", "deploy.");
    var _ = client.createTokenAsync(plain.note("one").note("two"));
    var _ = client.createTokenAsync(plain);
    assertThat(peer.line()).isEqualTo("1 TOKEN CREATE ci deploy. note=two");
    assertThat(peer.line()).isEqualTo("2 TOKEN CREATE ci deploy.");
  }

  @Test
  void a_time_to_live_that_cannot_be_is_refused_without_a_line() {
    TokenRequest request = TokenRequest.of("ci", "deploy.");
    assertThatThrownBy(() -> request.ttl(Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> client.rotateToken("ci", Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void the_list_tells_everything_of_each_token_and_ignores_what_is_added() throws Exception {
    var tokens = client.tokensAsync();
    assertThat(peer.line()).isEqualTo("1 TOKEN LIST");
    peer.say("1 tok_1 ci deploy. GET,SET \"\" 10.0.0.0/8 1 2 \"for the CI\"");
    peer.say("1 tok_2 ops * * * * 3 4 \"\" later", "1 OK");
    assertThat(done(tokens))
        .containsExactly(
            new TokenDetails(
                "tok_1",
                "ci",
                "deploy.",
                List.of("GET", "SET"),
                List.of(),
                List.of("10.0.0.0/8"),
                Instant.EPOCH.plusNanos(1),
                Instant.EPOCH.plusNanos(2),
                "for the CI"),
            new TokenDetails(
                "tok_2",
                "ops",
                "*",
                List.of("*"),
                List.of("*"),
                List.of("*"),
                Instant.EPOCH.plusNanos(3),
                Instant.EPOCH.plusNanos(4),
                ""));
  }

  @Test
  void revoking_tells_how_many_tokens_are_gone() throws Exception {
    var revoked = client.revokeTokenAsync("tok_1");
    assertThat(peer.line()).isEqualTo("1 TOKEN REVOKE tok_1");
    peer.say("1 OK 3");
    assertThat(done(revoked)).isEqualTo(3);
  }

  @Test
  void rotating_says_how_long_the_former_secret_stays_good() throws Exception {
    var rotated = client.rotateTokenAsync("ci", Duration.ofMinutes(5));
    assertThat(peer.line()).isEqualTo("1 TOKEN ROTATE ci overlap=300000000000ns");
    peer.say("1 OK " + SECRET + " tok_1 7");
    assertThat(done(rotated).secret()).isEqualTo(SECRET);
  }

  @Test
  void a_secret_that_was_lost_on_its_way_is_not_asked_for_again() throws Exception {
    var rotated = client.rotateTokenAsync("ci", Duration.ZERO);
    var sent = client.sendAsync(List.of("TOKEN", "CREATE", "x", "y."));
    var removed = client.removeAsync("a");
    var created = client.createTokenAsync(TokenRequest.of("ci", "deploy."));
    peer.take(4).close();
    assertThat(Failures.of(rotated)).isInstanceOf(UnknownOutcomeException.class);
    assertThat(Failures.of(sent)).isInstanceOf(UnknownOutcomeException.class);
    assertThat(Failures.of(created)).isInstanceOf(UnknownOutcomeException.class);
    peer = server.peer();
    assertThat(peer.line()).isEqualTo("3 REMOVE a");
    peer.say("3 OK");
    done(removed);
  }

  @Test
  void a_secret_that_the_server_may_not_have_kept_is_not_asked_for_again() throws Exception {
    var created = client.createTokenAsync(TokenRequest.of("ci", "deploy."));
    peer.take(1).say("1 ERROR unavailable the disk is full");
    assertThat(Failures.of(created)).isInstanceOf(UnknownOutcomeException.class);
  }

  @Test
  void an_identity_has_a_method_for_each_key_of_the_wire() throws Exception {
    var identity = client.whoAmIAsync();
    assertThat(peer.line()).isEqualTo("1 WHOAMI");
    peer.say("1 name deploy", "1 id tok_7", "1 origin issued", "1 namespace deploy.");
    peer.say("1 commands GET,SET", "1 runners \"\"", "1 from *", "1 expires_ns 5", "1 news 1");
    peer.say("1 OK");
    Identity me = done(identity);
    assertThat(List.of(me.name(), me.id(), me.origin(), me.namespace()))
        .containsExactly("deploy", "tok_7", "issued", "deploy.");
    assertThat(me.commands()).containsExactly("GET", "SET");
    assertThat(me.runners()).isEmpty();
    assertThat(me.from()).containsExactly("*");
    assertThat(me.expires()).contains(Instant.EPOCH.plusNanos(5));
    assertThat(me.values()).containsEntry("news", "1");
  }

  @Test
  void an_identity_may_never_expire() throws Exception {
    var identity = client.whoAmIAsync();
    peer.take(1).say("1 expires_ns never", "1 OK");
    assertThat(done(identity).expires()).isEmpty();
  }

  @Test
  void can_is_answered_by_a_reason_when_it_is_no() throws Exception {
    var yes = client.canAsync("SET", "deploy.a b");
    var no = client.canAsync("SET", "other");
    var plain = client.canAsync("TOKEN");
    assertThat(peer.line()).isEqualTo("1 CAN SET \"deploy.a b\"");
    assertThat(peer.line()).isEqualTo("2 CAN SET other");
    assertThat(peer.line()).isEqualTo("3 CAN TOKEN");
    peer.say("1 OK yes", "2 OK no \"insufficient namespace scope\"", "3 OK perhaps");
    assertThat(done(yes)).isEqualTo(new Permission(true, ""));
    assertThat(done(no)).isEqualTo(new Permission(false, "insufficient namespace scope"));
    assertThat(Failures.of(plain)).isInstanceOf(ProtocolException.class);
  }

  @Test
  void a_reload_tells_what_the_server_warns_of() throws Exception {
    var reloaded = client.reloadAsync();
    assertThat(peer.line()).isEqualTo("1 RELOAD");
    peer.say("1 warning \"auth.toml:3: short\"", "1 OK");
    assertThat(done(reloaded)).containsExactly("auth.toml:3: short");
  }

  @Test
  void a_reload_that_was_refused_tells_every_problem() throws Exception {
    var reloaded = client.reloadAsync();
    peer.take(1).say("1 problem \"auth.toml:3: one\"", "1 problem two");
    peer.say("1 ERROR bad_request nothing was changed, problems: 2");
    ZtickException refused = Failures.of(reloaded);
    assertThat(refused).isInstanceOf(BadRequestException.class);
    assertThat(((BadRequestException) refused).problems())
        .containsExactly("auth.toml:3: one", "two");
    assertThat(refused.rows()).hasSize(2);
    assertThat(refused.sentence()).contains("nothing was changed, problems: 2");
  }

  private static <T> T done(CompletableFuture<T> future) throws Exception {
    return future.get(ScriptedServer.BOUND.toSeconds(), TimeUnit.SECONDS);
  }
}
