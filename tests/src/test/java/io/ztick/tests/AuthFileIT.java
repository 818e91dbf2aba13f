package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What `auth.toml` may hold, and what is refused or warned of at the start.
class AuthFileIT {
  /// One good token, and one for each fault, named after it.
  private static final String EVERY_FAULT =
      """
      [token.good]
      secret = "secret of good"
      namespace = "good."

      [token.nosecret]
      namespace = "nosecret."

      [token.emptysecret]
      secret = ""
      namespace = "emptysecret."

      [token.numbersecret]
      secret = 12345678
      namespace = "numbersecret."

      [token.nonamespace]
      secret = "secret of nonamespace"

      [token.emptynamespace]
      secret = "secret of emptynamespace"
      namespace = ""

      [token.listnamespace]
      secret = "secret of listnamespace"
      namespace = ["a."]

      [token.unknownkey]
      secret = "secret of unknownkey"
      namespace = "unknownkey."
      colour = "blue"

      [token.unknownrunner]
      secret = "secret of unknownrunner"
      namespace = "unknownrunner."
      runners = ["shell", "telepathy"]

      [token.star]
      secret = "secret of star"
      namespace = "star.*"

      [token.twostars]
      secret = "secret of twostars"
      namespace = "**"

      [token.rule]
      secret = "secret of rule"
      namespace = "rule."

      [token.ruledeploy]
      secret = "secret of ruledeploy"
      namespace = "rule.deploy."

      [token.ruleprefix]
      secret = "secret of ruleprefix"
      namespace = "rul"

      [token.twin]
      secret = "secret of good"
      namespace = "twin."

      [token.control]
      secret = "secret of\\ncontrol"
      namespace = "control."

      [token.toolong]
      secret = "LONG"
      namespace = "toolong."
      """;

  @TempDir Path directory;

  @Test
  void all_problems_are_reported_at_once_one_line_each_and_never_a_secret() throws Exception {
    String tokens = EVERY_FAULT.replace("LONG", "secret of " + "x".repeat(1015));
    String log = refusal(tokens);
    tokens
        .lines()
        .filter(line -> line.startsWith("[token.") && !line.equals("[token.good]"))
        .map(line -> line.substring(1, line.length() - 1))
        .forEach(token -> assertThat(log).containsPattern("auth\\.toml:\\d+: " + token + ": "));
    assertThat(log)
        .contains("colour", "telepathy")
        .doesNotContain("secret of ", "12345678", "\tat ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "; auth.toml",
        "# only a comment; auth.toml",
        "[token]; auth.toml",
        "[tokens.a]\\nsecret=\"secret of a\"\\nnamespace=\"a.\"; tokens",
        "[token.a]\\nsecret=\"secret of a\"\\nnamespace=\"a.\"\\n[more]\\nx=1; more",
        "[token.a]\\nsecret=\"secret of a\"\\nnamespace=\"a.\"\\nrunners=\"shell\"; token.a",
        "[token.a]\\nsecret=secret of a\\nnamespace=\"a.\"; auth.toml:2",
        "[token.a]\\nsecret=\"secret of a; auth.toml:2",
        "token = 5; token"
      })
  void a_file_that_is_wrong_as_a_whole_is_refused(String tokens, String named) throws Exception {
    assertThat(refusal(tokens == null ? "" : tokens.replace("\\n", "\n")))
        .contains("auth.toml", named)
        .doesNotContain("secret of ", "\tat ");
  }

  @Test
  void a_missing_or_unreadable_file_is_refused() throws Exception {
    Files.createDirectory(directory.resolve("folder.toml"));
    for (String file : new String[] {"missing.toml", "folder.toml"}) {
      try (ZtickServer server =
          ZtickServer.in(directory).set("controller", "auth_file", file).launch()) {
        assertThat(server.exitCode()).isEqualTo(2);
        assertThat(String.join("\n", server.log())).contains(file).doesNotContain("\tat ");
      }
    }
  }

  @Test
  void the_limits_of_secrets_and_namespaces_are_accepted_on_their_good_side() throws Exception {
    String longest = "é".repeat(512);
    String tokens =
        """
        [token.longest]
        secret = "LONGEST"
        namespace = "longest."

        [token."a name with spaces"]
        secret = '''secret of literal'''
        namespace = "rules."
        runners = ["http", "shell", "direct", "awf"]

        [token.ruler]
        secret = \"""secret of ruler\"""
        namespace = "ruler"
        runners = []
        """
            .replace("LONGEST", longest);
    try (ZtickServer server = ZtickServer.in(directory).auth(tokens).start();
        Wire longestSecret = server.connect(longest);
        Wire literal = server.connect("secret of literal");
        Wire ruler = server.connect("secret of ruler")) {
      longestSecret.send("SET longest.a 2099-04-01").expect("OK");
      literal.send("RULE SET rules.a rules. shell true").expect("OK");
      ruler.send("SET rulerx 2099-04-01").expect("OK");
      assertThat(ruler.ask("RULE SET ruler ruler http GET http://x/"))
          .startsWith("ERROR auth_denied ");
      assertThat(server.awaitLog("listening on")).contains("authentication on (3 tokens)");
    }
  }

  @Test
  void a_relative_path_is_relative_to_the_directory_of_the_configuration_file() throws Exception {
    Path folder = Files.createDirectory(directory.resolve("folder"));
    Files.writeString(
        folder.resolve("tokens.toml"), "[token.a]\nsecret = \"secret of a\"\nnamespace = \"a.\"\n");
    try (ZtickServer server =
            ZtickServer.in(directory).set("controller", "auth_file", "folder/tokens.toml").start();
        Wire wire = server.connect("secret of a")) {
      wire.send("r1 PING").expect("r1 OK");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[token.named]\nsecret = \"fifteen letters\"\nnamespace = \"named.\"\nrunners = [\"http\"]",
        "[token.named]\nsecret = \"sk_deploy_a1b2c3d4e5f6\"\nnamespace = \"named.\"\nrunners = []",
        "[token.named]\nsecret = \"a secret that is long\"\nnamespace = \"named\"\nrunners = []",
        "[token.named]\nsecret = \"a secret that is long\"\nnamespace = \"named.\"",
        "[token.named]\nsecret = \"a secret that is long\"\nnamespace = \"named.\"\nrunners = []\n"
            + "[token.b]\nsecret = \"another that is long\"\nnamespace = \"named.b.\"\nrunners = []"
      })
  void a_doubtful_token_is_warned_of_by_name(String tokens) throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).auth(tokens).start()) {
      server.awaitLog("listening on");
      assertThat(server.log()).anyMatch(line -> line.contains("WARN") && line.contains("named"));
    }
  }

  @Test
  void a_good_file_is_not_warned_of_until_it_can_be_read_by_others() throws Exception {
    String tokens =
        """
        [token.a]
        secret = "a secret that is long enough"
        namespace = "a."
        runners = ["http"]
        """;
    ZtickServer.Setup setup = ZtickServer.in(directory).auth(tokens);
    try (ZtickServer server = setup.start()) {
      assertThat(server.log()).noneMatch(line -> line.contains("WARN"));
    }
    Files.setPosixFilePermissions(
        directory.resolve("auth.toml"), PosixFilePermissions.fromString("rw-r--r--"));
    try (ZtickServer server = setup.start()) {
      assertThat(server.log())
          .anyMatch(line -> line.contains("WARN") && line.contains("auth.toml"));
    }
  }

  @Test
  void a_listener_that_is_not_loopback_is_warned_of_without_tls_or_authentication()
      throws Exception {
    ZtickServer.Setup setup = ZtickServer.in(directory).set("controller", "listen", "0.0.0.0:0");
    try (ZtickServer server = setup.launch()) {
      server.awaitLog("listening on");
      assertThat(server.log())
          .anyMatch(line -> line.contains("WARN") && line.contains("authentication"));
    }
    setup.auth("[token.a]\nsecret = \"a secret that is long\"\nnamespace = \"*\"\n");
    try (ZtickServer server = setup.launch()) {
      server.awaitLog("listening on");
      assertThat(server.log()).anyMatch(line -> line.contains("WARN") && line.contains("TLS"));
    }
  }

  private String refusal(String tokens) throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).auth(tokens).launch()) {
      assertThat(server.exitCode()).isEqualTo(2);
      return String.join("\n", server.log());
    }
  }
}
