package io.ztick.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Tokens that begin, end, and are good for some commands and from some addresses.
class TokenLifeIT {
  private static final String SECRET = "a secret of some length";

  @TempDir Path directory;

  private static String token(String lines) {
    return "[token.some]\nnamespace = \"some.\"\n" + lines + "\n";
  }

  private static String token(String key, String value) {
    return token("secret = '" + SECRET + "'\n" + key + " = " + value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "expires | 2026-01-01T00:00:00Z | the token has expired \\(token some\\)",
        "not_before | 2261-01-01T00:00:00Z | the token is not valid yet \\(token some\\)",
        "from | ['10.0.0.0/8', '::1'] | the token may not be used from this address"
            + " \\(token some\\)",
      })
  void a_token_that_is_not_good_now_or_here_fails_and_the_log_says_why(
      String key, String value, String reason) throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).auth(token(key, value)).start()) {
      try (Wire wire = server.connect()) {
        wire.send("AUTH " + SECRET).expect("ERROR auth_failed").expectClosed();
      }
      server.awaitLog("AUTH from 127.0.0.1 refused: " + reason);
      server.awaitLog("of nobody closed: its AUTH failed");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "expires | 2261-01-01T00:00:00Z",
        "not_before | 2026-01-01T00:00:00Z",
        "from | ['127.0.0.0/8', '::1']",
      })
  void a_token_that_is_good_now_and_here_is_accepted(String key, String value) throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).auth(token(key, value)).start();
        Wire wire = server.connect(SECRET)) {
      wire.send("r1 SET some.x 2099-01-01").expect("r1 OK");
    }
  }

  @Test
  void an_expired_token_closes_its_connections() throws Exception {
    // A slow machine may need longer to start than a token lasts.
    for (int seconds = 4; seconds <= 64; seconds *= 2) {
      Instant expires = Instant.now().plusSeconds(seconds).truncatedTo(ChronoUnit.SECONDS);
      String auth =
          token("expires", expires.toString())
              + "[token.other]\nsecret = 'the secret of the other'\nnamespace = '*'\n";
      try (ZtickServer server = ZtickServer.in(directory).auth(auth).start();
          Wire wire = server.connect();
          Wire other = server.connect("the secret of the other")) {
        Optional<String> answer = wire.send("AUTH " + SECRET).lineIfAny();
        if (answer.equals(Optional.of("OK"))) {
          wire.expectClosed();
          Duration late = Duration.between(expires, Instant.now());
          assertThat(late).isBetween(Duration.ZERO, Duration.ofSeconds(5));
          server.awaitLog("of some closed: its token has expired");
          other.send("PING").expect("OK");
          return;
        }
      }
    }
    throw new AssertionError("the server never started within a minute");
  }

  @Test
  void a_command_that_the_token_does_not_list_is_denied_before_namespace_and_runner()
      throws Exception {
    String auth = token("commands", "['SET', 'RULE']\nrunners = ['http']");
    try (ZtickServer server = ZtickServer.in(directory).auth(auth).start();
        Wire wire = server.connect(SECRET)) {
      wire.send("r1 SET some.x 4070908800000000000").expect("r1 OK");
      wire.send("r2 SET some.y 2099-01-01").expect("r2 OK");
      wire.send("r3 GET some.x")
          .expect("r3 ERROR auth_denied the token may not use the command GET");
      wire.send("r4 GET other.x")
          .expect("r4 ERROR auth_denied the token may not use the command GET");
      wire.send("r5 SET other.x 4070908800000000000")
          .expect("r5 ERROR auth_denied insufficient namespace scope");
      wire.send("r6 QUERY").expect("r6 ERROR auth_denied the token may not use the command QUERY");
      wire.send("r7 RULE SET some. some. shell true")
          .expect("r7 ERROR auth_denied the token may not use the runner shell");
      wire.send("r8 RULE SET other. other. shell true")
          .expect("r8 ERROR auth_denied insufficient namespace scope");
      wire.send("r9 GET").expect("r9 ERROR bad_request…");
      wire.send("PING").expect("OK");
    }
  }

  @Test
  void a_secret_may_be_given_as_digest_variable_file_and_in_a_list() throws Exception {
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest("the secret of digest".getBytes(UTF_8));
    keep("file.secret", "the secret of file\n");
    String auth =
        """
        [token.digest]
        secret_sha256 = "%s"
        namespace = "digest."
        [token.variable]
        secret_env = "A_TOKEN_OF_THE_TEST"
        namespace = "variable."
        [token.file]
        secret_file = "file.secret"
        namespace = "file."
        [token.list]
        secrets = ["the secret of list", "another secret of list"]
        namespace = "list."
        """
            .formatted(HexFormat.of().formatHex(digest));
    try (ZtickServer server =
        ZtickServer.in(directory)
            .auth(auth)
            .environment("A_TOKEN_OF_THE_TEST", "the secret of variable")
            .start()) {
      for (String token : new String[] {"digest", "variable", "file", "list"}) {
        try (Wire wire = server.connect("the secret of " + token)) {
          wire.send("SET " + token + ".x 2099-01-01").expect("OK");
        }
      }
      try (Wire wire = server.connect("another secret of list")) {
        wire.send("GET list.x").expect("OK planned 4070908800000000000");
      }
      server.signal("TERM");
      assertThat(server.exitCode()).isZero();
      assertThat(server.log()).noneMatch(line -> line.contains("secret of"));
    }
  }

  private void keep(String name, String content) throws IOException {
    Path file = Files.writeString(directory.resolve(name), content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }
}
