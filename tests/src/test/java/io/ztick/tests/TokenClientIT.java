package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.ztick.client.AccessDeniedException;
import io.ztick.client.AuthenticationException;
import io.ztick.client.BadRequestException;
import io.ztick.client.ClientOptions;
import io.ztick.client.Endpoint;
import io.ztick.client.Identity;
import io.ztick.client.IssuedSecret;
import io.ztick.client.NotFoundException;
import io.ztick.client.Permission;
import io.ztick.client.RateLimitedException;
import io.ztick.client.Token;
import io.ztick.client.TokenDetails;
import io.ztick.client.TokenRequest;
import io.ztick.client.ZtickClient;
import io.ztick.client.ZtickException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The Java client's calls about tokens against the real server.
class TokenClientIT {
  private static final String ADMIN = "sk_admin_0123456789";
  private static final String TOKENS =
      """
      [token.admin]
      secret = "%s"
      namespace = "*"
      expires = 2099-01-01T00:00:00Z
      """
          .formatted(ADMIN);

  @TempDir Path directory;

  private static ZtickClient connect(ZtickServer server, String secret) {
    return ZtickClient.connect(
        ClientOptions.builder(new Endpoint("127.0.0.1", server.port(), false))
            .token(Token.of(secret))
            .build());
  }

  @Test
  void a_token_is_listed_as_it_was_made_and_knows_itself() throws Exception {
    try (ZtickServer server = ZtickServer.withJournal(directory).auth(TOKENS).start();
        ZtickClient admin = connect(server, ADMIN)) {
      Instant before = Instant.now();
      IssuedSecret made =
          admin.createToken(
              TokenRequest.of("ci", "deploy.")
                  .ttl(Duration.ofHours(2))
                  .commands("SET", "GET")
                  .runners()
                  .from("127.0.0.0/8")
                  .note("for the CI"));
      assertThat(made.expires())
          .isBetween(before.plusSeconds(7190), Instant.now().plusSeconds(7210));
      TokenDetails listed = admin.tokens().getFirst();
      assertThat(listed)
          .isEqualTo(
              new TokenDetails(
                  made.id(),
                  "ci",
                  "deploy.",
                  List.of("GET", "SET"),
                  List.of(),
                  List.of("127.0.0.0/8"),
                  listed.created(),
                  made.expires(),
                  "for the CI"));
      try (ZtickClient ci = connect(server, made.secret())) {
        Identity identity = ci.whoAmI();
        assertThat(identity.id()).isEqualTo(made.id());
        assertThat(identity.origin()).isEqualTo("issued");
        assertThat(identity.commands()).containsExactly("GET", "SET");
        assertThat(identity.runners()).isEmpty();
        assertThat(identity.expires()).contains(made.expires());
        assertThat(ci.can("SET", "deploy.a")).isEqualTo(new Permission(true, ""));
        assertThat(ci.can("SET", "a").allowed()).isFalse();
        assertThat(ci.can("TOKEN").allowed()).isFalse();
        assertThatThrownBy(ci::tokens).isInstanceOf(AccessDeniedException.class);
      }
    }
  }

  @Test
  void a_token_has_two_secrets_while_it_is_rotated_and_none_when_it_is_revoked() throws Exception {
    try (ZtickServer server = ZtickServer.withJournal(directory).auth(TOKENS).start();
        ZtickClient admin = connect(server, ADMIN)) {
      IssuedSecret made = admin.createToken(TokenRequest.of("ci", "deploy."));
      try (ZtickClient ci = connect(server, made.secret())) {
        IssuedSecret rotated = admin.rotateToken("ci", Duration.ofHours(1));
        assertThat(rotated.id()).isEqualTo(made.id());
        for (String secret : List.of(made.secret(), rotated.secret())) {
          try (ZtickClient either = connect(server, secret)) {
            either.set("deploy.a", Duration.ofHours(1));
          }
        }
        assertThat(admin.revokeToken(made.id())).isEqualTo(1);
        await()
            .atMost(ZtickServer.BOUND)
            .untilAsserted(
                () -> assertThatThrownBy(ci::ping).isInstanceOf(AuthenticationException.class));
        assertThatThrownBy(() -> connect(server, rotated.secret()))
            .isInstanceOf(AuthenticationException.class);
      }
      assertThatThrownBy(() -> admin.revokeToken(made.id())).isInstanceOf(NotFoundException.class);
      assertThatThrownBy(() -> admin.revokeToken("admin"))
          .isInstanceOf(AccessDeniedException.class);
    }
  }

  @Test
  void nobody_makes_more_than_five_a_minute() throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).auth(TOKENS).start();
        ZtickClient admin = connect(server, ADMIN)) {
      for (int i = 0; i < 5; i++) {
        var _ = admin.createToken(TokenRequest.of("t" + i, "a."));
      }
      TokenRequest sixth = TokenRequest.of("t5", "a.");
      assertThatThrownBy(() -> admin.createToken(sixth)).isInstanceOf(RateLimitedException.class);
      assertThat(admin.tokens()).hasSize(5);
    }
  }

  @Test
  void a_reload_says_what_is_wrong_and_what_is_doubtful() throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).auth(TOKENS).start();
        ZtickClient admin = connect(server, ADMIN)) {
      Path file = directory.resolve("auth.toml");
      Files.writeString(file, TOKENS + "[token.b]\nsecret = \"short\"\nnamespace = \"b.\"\n");
      assertThat(admin.reload()).anyMatch(warning -> warning.contains("16 characters"));
      Files.writeString(file, TOKENS + "[token.b]\n");
      ZtickException refused = catchThrowableOfType(ZtickException.class, admin::reload);
      assertThat(refused).isInstanceOf(BadRequestException.class);
      assertThat(((BadRequestException) refused).problems())
          .isNotEmpty()
          .allMatch(problem -> problem.startsWith("auth.toml:"));
    }
  }

  @Test
  void without_authentication_everybody_is_anyone() throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).start();
        ZtickClient client =
            ZtickClient.connect(ClientOptions.of("ztick://127.0.0.1:" + server.port()))) {
      Identity identity = client.whoAmI();
      assertThat(identity.origin()).isEqualTo("none");
      assertThat(identity.expires()).isEmpty();
      assertThatThrownBy(() -> client.createToken(TokenRequest.of("a", "a.")))
          .isInstanceOf(BadRequestException.class);
    }
  }
}
