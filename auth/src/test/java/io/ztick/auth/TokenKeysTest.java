package io.ztick.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The keys of a token beside `secret`, `namespace` and `runners`; and `deny`.
class TokenKeysTest {

  private static final String SECRET = "sk_right_secret_0001";
  private static final String HEX = Digest.of(SECRET.getBytes(UTF_8)).hex();

  @TempDir Path directory;
  private Path file = Path.of("");
  private boolean tenants;

  @BeforeEach
  void name_the_file() {
    file = directory.resolve("auth.toml");
  }

  private static Path keep(Path path, String content, String permissions) throws IOException {
    Files.createDirectories(path.resolveSibling(""));
    Files.writeString(path, content);
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  private Tokens load(String text) throws IOException, InvalidTokensException {
    keep(file, text, "rw-------");
    var machine =
        new AuthFiles.Machine(
            Map.of("DEPLOY_TOKEN", SECRET, "EMPTY", ""), directory.resolve("credentials"));
    var surroundings =
        new Tokens.Surroundings(AuthFiles.VOCABULARY, Set.of(), machine, tenants, tenants);
    return Tokens.load(file, surroundings, AuthFiles.NOW);
  }

  private List<String> problems(String text) {
    InvalidTokensException refusal =
        catchThrowableOfType(InvalidTokensException.class, () -> load(text));
    assertThat(refusal).as("the file is refused").isNotNull();
    return refusal.problems();
  }

  private static String token(String lines) {
    return "[token.deploy]\nnamespace = \"deploy.\"\n" + lines + "\n";
  }

  private Rights rights(String lines) throws Exception {
    return load(token("secret = '" + SECRET + "'\n" + lines)).identities().getFirst().rights();
  }

  private List<String> problemsOf(String lines) {
    return problems(token("secret = '" + SECRET + "'\n" + lines));
  }

  @Nested
  class Secrets {

    private void accepts(String lines, String... secrets) throws Exception {
      Tokens tokens = load(token(lines));
      for (String secret : secrets) {
        assertThat(AuthFiles.authenticate(tokens, secret)).extracting("name").isEqualTo("deploy");
      }
      assertThat(tokens.warnings()).isEmpty();
    }

    @Test
    void a_digest_stands_for_its_secret() throws Exception {
      accepts("secret_sha256 = '" + HEX + "'", SECRET);
      accepts("secret_sha256 = '" + HEX.toUpperCase(java.util.Locale.ROOT) + "'", SECRET);
    }

    @Test
    void a_variable_holds_the_secret() throws Exception {
      accepts("secret_env = 'DEPLOY_TOKEN'", SECRET);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\r\n"})
    void a_file_beside_the_auth_file_holds_the_secret(String end) throws Exception {
      keep(directory.resolve("secrets/deploy.secret"), SECRET + end, "rw-------");

      accepts("secret_file = 'secrets/deploy.secret'", SECRET);
    }

    @Test
    void a_file_anywhere_holds_the_secret() throws Exception {
      Path anywhere = keep(directory.resolve("any/where"), SECRET, "r--------");

      accepts("secret_file = '" + anywhere.toAbsolutePath() + "'", SECRET);
    }

    @Test
    void a_credential_holds_the_secret_and_its_group_may_read_it() throws Exception {
      keep(directory.resolve("credentials/deploy"), SECRET, "r--r-----");

      accepts("secret_file = 'credential:deploy'", SECRET);
    }

    @Test
    void several_secrets_are_good_at_once() throws Exception {
      String second = "sk_right_secret_0002";
      String third = "sk_right_secret_0003";
      String digest = Digest.of(second.getBytes(UTF_8)).hex();

      accepts(
          "secrets = ['%s', 'sha256:%s', '%s']".formatted(SECRET, digest, third),
          SECRET,
          second,
          third);
    }

    @Test
    void a_secret_that_looks_like_a_digest_is_a_secret() throws Exception {
      accepts("secret = 'sha256:" + HEX + "'", "sha256:" + HEX);
    }

    @Test
    void none_is_refused_and_so_are_two_ways() {
      assertThat(problems(token("")))
          .containsExactly("auth.toml:1: token.deploy: secret is missing");
      assertThat(problems(token("secret_env = 'DEPLOY_TOKEN'\nsecret = 'sk_other_secret_0001'")))
          .containsExactly(
              "auth.toml:3: token.deploy: secret and secret_env are given; a token has one of"
                  + " them");
    }

    @Test
    void one_secret_given_in_two_ways_to_two_tokens_is_refused() throws Exception {
      keep(directory.resolve("s"), SECRET, "rw-------");
      List<String> ways =
          List.of(
              "secret = '" + SECRET + "'",
              "secret_sha256 = '" + HEX + "'",
              "secret_env = 'DEPLOY_TOKEN'",
              "secret_file = 's'",
              "secrets = ['" + SECRET + "']",
              "secrets = ['sha256:" + HEX + "']");
      for (String one : ways) {
        for (String other : ways) {
          assertThat(problems(token(one) + "[token.b]\nnamespace = 'b.'\n" + other))
              .containsExactly("auth.toml:6: token.b: secret is also that of token.deploy");
        }
      }
    }

    @Test
    void one_secret_twice_in_a_list_is_refused() {
      assertThat(problems(token("secrets = ['" + SECRET + "', 'sha256:" + HEX + "']")))
          .containsExactly("auth.toml:3: token.deploy: secret is also that of token.deploy");
    }

    @Test
    void sixteen_secrets_are_accepted_and_seventeen_or_none_refused() throws Exception {
      assertThat(load(token(list(16))).all().getFirst().digests()).hasSize(16);
      assertThat(problems(token(list(17))))
          .containsExactly("auth.toml:3: token.deploy: secrets must be 1 to 16, not 17");
      assertThat(problems(token("secrets = []")))
          .containsExactly("auth.toml:3: token.deploy: secrets must be 1 to 16, not 0");
    }

    private static String list(int count) {
      return IntStream.range(0, count)
          .mapToObj(i -> "'sk_right_secret_" + i + "_'")
          .collect(Collectors.joining(", ", "secrets = [", "]"));
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '`',
        value = {
          "secret_sha256 = 'abc'| secret_sha256 must be 64 hexadecimal digits, the SHA-256 of"
              + " the secret",
          "secret_sha256 = 7| secret_sha256 must be a string",
          "secret_sha256 ="
              + " 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'|"
              + " secret_sha256 is that of an empty secret",
          "secret_env = 'NOT_SET'| secret_env names a variable \"NOT_SET\" that is not set",
          "secret_env = 'EMPTY'| secret_env names a variable \"EMPTY\" that is empty",
          "secret_env = 'sk-x y'| secret_env is no name of a variable \"sk-x y\"",
          "secret_env = ''| secret_env is empty",
          "secret_file = 'nothing'| secret_file names a file \"nothing\" that does not exist",
          "secret_file = '.'| secret_file names a directory",
          "secret_file = 'credential:a/b'| secret_file is no credential such as"
              + " credential:auth.toml",
          "secret_file = \"a\\u0000b\"| secret_file is no path",
          "secrets = 'x'| secrets must be an array of strings",
          "secrets = [1]| secrets must be an array of strings",
          "secrets = ['']| secrets holds an empty one",
          "secrets = ['sha256:abc']| secrets must be 64 hexadecimal digits, the SHA-256 of the"
              + " secret",
        })
    void what_gives_no_secret_is_refused(String line, String problem) {
      assertThat(problems(token(line))).containsExactly("auth.toml:3: token.deploy: " + problem);
    }

    @Test
    void a_secret_file_of_1024_bytes_is_read_and_a_longer_one_refused() throws Exception {
      Path secret = directory.resolve("s");
      String longest = "x".repeat(1024);
      keep(secret, longest + "\r\n", "rw-------");
      accepts("secret_file = 's'", longest);

      keep(secret, longest + "x", "rw-------");
      assertThat(problems(token("secret_file = 's'")))
          .containsExactly("auth.toml:3: token.deploy: secret is longer than 1024 bytes");
      keep(secret, longest.repeat(2), "rw-------");
      assertThat(problems(token("secret_file = 's'")))
          .containsExactly(
              "auth.toml:3: token.deploy: secret_file names a file of more than 1024 bytes");
    }

    @Test
    void a_secret_file_that_holds_no_secret_is_refused() throws Exception {
      Path secret = directory.resolve("s");
      keep(secret, "\n", "rw-------");
      assertThat(problems(token("secret_file = 's'")))
          .containsExactly("auth.toml:3: token.deploy: secret_file names an empty file");
      keep(secret, "two lines, as in\na key", "rw-------");
      assertThat(problems(token("secret_file = 's'")))
          .containsExactly("auth.toml:3: token.deploy: secret holds a control character");
      Files.write(secret, new byte[] {(byte) 0xff});
      assertThat(problems(token("secret_file = 's'")))
          .containsExactly("auth.toml:3: token.deploy: secret_file names a file that is not UTF-8");
    }

    @Test
    void a_secret_file_that_others_can_read_gives_a_warning() throws Exception {
      Path secret = keep(directory.resolve("s"), SECRET, "rw-r-----");

      assertThat(load(token("secret_file = 's'")).warnings())
          .containsExactly(
              "auth.toml:3: token.deploy: secret_file can be read by group or others;"
                  + " run: chmod 600 "
                  + secret);
    }

    @Test
    void the_digest_of_a_sample_gives_a_warning() throws Exception {
      String hex = Digest.of("sk_deploy_a1b2c3d4e5f6".getBytes(UTF_8)).hex();

      assertThat(load(token("secret_sha256 = '" + hex + "'")).warnings())
          .containsExactly(
              "auth.toml:3: token.deploy: secret is a sample of the documentation,"
                  + " so everybody knows it");
    }

    @Test
    void a_secret_of_our_form_with_a_wrong_sum_gives_a_warning() throws Exception {
      assertThat(load(token("secret = 'ztk_0123456789abcdef'")).warnings())
          .containsExactly(
              "auth.toml:3: token.deploy: secret begins with ztk_, and its check sum is wrong:"
                  + " was it cut?");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "secret_sha256 = 'sk_hidden_secret_0001'",
          "secret_env = 'sk_hidden_secret_0001'",
          "secret_env = 'sk-hidden-secret-0001'",
          "secret_file = 'sk_hidden_secret_0001'",
          "secret_file = \"sk_hidden_secret_0001\\u0000\"",
          "secrets = ['sk_hidden_secret_0001', '']",
          "secrets = ['sha256:sk_hidden_secret_0001']",
          "secret_env = 'NOT_SET'\nsecret = 'sk_hidden_secret_0001'",
          "secret = 'x'\nfrom = ['sk_hidden_secret_0001']",
          "secret = 'x'\ncommands = ['sk_hidden_secret_0001']",
          "secret = 'x'\n[deny]\nsk_hidden_secret_0001 = 1",
        })
    void a_secret_in_the_wrong_place_is_not_told(String lines) {
      assertThat(problems(token(lines)))
          .isNotEmpty()
          .noneMatch(problem -> problem.contains("hidden"));
    }

    @Test
    void a_file_name_that_no_disk_takes_is_not_told() {
      assertThat(problems(token("secret_file = '" + "hidden".repeat(500) + "'")))
          .singleElement()
          .asString()
          .startsWith("auth.toml:3: token.deploy: secret_file names a file that cannot be read: ")
          .doesNotContain("hidden");
    }
  }

  @Nested
  class Times {

    @Test
    void a_token_is_good_from_not_before_and_until_expires() throws Exception {
      Tokens tokens =
          load(
              token(
                  """
                  secret = "sk_right_secret_0001"
                  not_before = 2026-12-01T00:00:00Z
                  expires = 2027-03-01T02:00:00+02:00
                  """));

      assertThat(tokens.identities().getFirst().lifetime())
          .isEqualTo(
              new Lifetime(
                  Instant.parse("2026-12-01T00:00:00Z"), Instant.parse("2027-03-01T00:00:00Z")));
      assertThat(tokens.warnings()).isEmpty();
    }

    @Test
    void without_them_it_is_always_good() throws Exception {
      assertThat(load(token("secret_env = 'DEPLOY_TOKEN'")).identities().getFirst().lifetime())
          .isEqualTo(Lifetime.ALWAYS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2027-03-01T00:00:00", "2027-03-01", "12:00:00"})
    void a_time_without_a_zone_is_refused(String time) {
      assertThat(problemsOf("expires = " + time + "\nnot_before = " + time))
          .containsExactly(
              "auth.toml:4: token.deploy: expires says no zone, so nobody knows when it is;"
                  + " write it like 2027-03-01T00:00:00Z",
              "auth.toml:5: token.deploy: not_before says no zone, so nobody knows when it is;"
                  + " write it like 2027-03-01T00:00:00Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"'2027-03-01T00:00:00Z'", "1803859200", "true", "[]"})
    void what_is_no_time_is_refused(String time) {
      assertThat(problemsOf("expires = " + time))
          .containsExactly(
              "auth.toml:4: token.deploy: expires must be a date and time;"
                  + " write it like 2027-03-01T00:00:00Z");
    }

    @Test
    void a_token_that_would_never_be_good_is_refused() throws Exception {
      String from = "not_before = 2027-01-01T00:00:00Z\n";

      assertThat(rights(from + "expires = 2027-01-01T00:00:00.001Z")).isNotNull();
      assertThat(problemsOf(from + "expires = 2027-01-01T00:00:00Z"))
          .containsExactly("auth.toml:5: token.deploy: expires is not after not_before");
    }

    @Test
    void one_that_has_expired_gives_a_warning() throws Exception {
      String text = token("secret = '" + SECRET + "'\nexpires = %s");

      assertThat(load(text.formatted("2026-12-01T12:00:01Z")).warnings()).isEmpty();
      assertThat(load(text.formatted("2026-12-01T12:00:00Z")).warnings())
          .containsExactly(
              "auth.toml:4: token.deploy: expires is in the past: nobody can use the token");
    }
  }

  @Nested
  class Restrictions {

    @Test
    void a_token_may_give_the_commands_that_it_lists() throws Exception {
      Rights rights = rights("commands = ['SET', 'QUERY']");

      assertThat(rights.missingForCommand("SET")).isNull();
      assertThat(rights.missingForCommand("QUERY")).isNull();
      assertThat(rights.missingForCommand("GET")).isNotNull();
      assertThat(rights("commands = []").missingForCommand("SET")).isNotNull();
      assertThat(rights("").missingForCommand("one of a later version")).isNull();
    }

    @Test
    void unknown_commands_are_refused_with_those_that_are_known() {
      assertThat(problemsOf("commands = ['SET', 'set', '*']"))
          .containsExactly(
              "auth.toml:4: token.deploy: unknown command \"set\"; known are"
                  + " BACKUP, GET, QUERY, REMOVE, RULE, SET, SHOW, STAT, TOKEN",
              "auth.toml:4: token.deploy: unknown command \"*\"; known are"
                  + " BACKUP, GET, QUERY, REMOVE, RULE, SET, SHOW, STAT, TOKEN");
      assertThat(problemsOf("commands = 'SET'"))
          .containsExactly("auth.toml:4: token.deploy: commands must be an array of strings");
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "commands = ['FLY', 'SET', 3]| unknown command \"FLY\"",
          "runners = [3, 'warp']| unknown runner \"warp\"",
          "from = ['host', 3]| from: \"host\" is no address",
        })
    void beside_what_is_no_string_the_strings_of_an_array_are_looked_at(
        String line, String problem) {
      String key = line.substring(0, line.indexOf(' '));
      String start = "auth.toml:4: token.deploy: ";

      assertThat(problemsOf(line))
          .satisfiesExactly(
              first -> assertThat(first).isEqualTo(start + key + " must be an array of strings"),
              second -> assertThat(second).startsWith(start + problem));
      assertThat(problemsOf(key + " = [3]"))
          .containsExactly(start + key + " must be an array of strings");
    }

    @Test
    void a_token_may_be_used_from_the_addresses_that_it_lists() throws Exception {
      Addresses from = rights("from = ['10.0.0.0/8', '::1']").addresses();

      assertThat(from.contains(InetAddress.ofLiteral("10.1.2.3"))).isTrue();
      assertThat(from.contains(InetAddress.ofLiteral("::1"))).isTrue();
      assertThat(from.contains(InetAddress.ofLiteral("11.1.2.3"))).isFalse();
      assertThat(rights("").addresses()).isEqualTo(Addresses.ALL);
    }

    @Test
    void what_is_no_address_is_refused() {
      assertThat(problemsOf("from = ['10.0.0.0/8', 'localhost', '10.0.0.1/8']"))
          .containsExactly(
              "auth.toml:4: token.deploy: from: \"localhost\" is no address such as 10.0.0.0/8,"
                  + " 192.0.2.7 or 2001:db8::/32",
              "auth.toml:4: token.deploy: from: \"10.0.0.1/8\" has bits behind its prefix;"
                  + " 10.0.0.0/8 has none");
      assertThat(problemsOf("from = '::1'"))
          .containsExactly("auth.toml:4: token.deploy: from must be an array of strings");
      assertThat(problemsOf("from = []"))
          .containsExactly(
              "auth.toml:4: token.deploy: from is empty, so nobody could use the token;"
                  + " without it all can");
    }

    @Test
    void sixty_four_addresses_are_accepted_and_one_more_is_refused() throws Exception {
      assertThat(rights(from(64)).addresses().ranges()).hasSize(64);
      assertThat(problemsOf(from(65)))
          .containsExactly("auth.toml:4: token.deploy: from holds more than 64 ranges");
    }

    private static String from(int count) {
      return IntStream.range(0, count)
          .mapToObj(i -> "'10.0." + i + ".1'")
          .collect(Collectors.joining(", ", "from = [", "]"));
    }

    @Test
    void a_name_that_looks_like_an_id_is_refused() {
      assertThat(problems("[token.tok_x]\nsecret = 'sk_right_secret_0001'\nnamespace = 'x.'"))
          .containsExactly(
              "auth.toml:1: token.tok_x: begins with tok_, as the ids of tokens made at run time"
                  + " do");
    }

    @Test
    void all_problems_of_all_keys_are_told_at_once() {
      assertThat(
              problems(
                  """
                  deny = ["x"]
                  [token.a]
                  secret_sha256 = "x"
                  namespace = "*a"
                  not_before = 1
                  expires = 2
                  commands = 3
                  runners = 4
                  from = 5
                  colour = 6
                  """))
          .extracting(problem -> problem.substring(0, problem.indexOf(": ")))
          .containsExactly(
              "auth.toml:1",
              "auth.toml:3",
              "auth.toml:4",
              "auth.toml:5",
              "auth.toml:6",
              "auth.toml:7",
              "auth.toml:8",
              "auth.toml:9",
              "auth.toml:10");
    }
  }

  @Nested
  class WithTenants {

    @BeforeEach
    void allow_tenants() {
      tenants = true;
    }

    @Test
    void there_need_be_no_token() throws Exception {
      assertThat(load("").identities()).isEmpty();
    }

    @Test
    void entries_of_the_deny_list_are_digests_and_namespaces() throws Exception {
      Tokens tokens = load("deny = ['sha256:" + HEX + "', 't.0123456789abcdef.']");

      assertThat(tokens.denied().holds(Digest.of(SECRET.getBytes(UTF_8)))).isTrue();
      assertThat(tokens.denied().holds(new Digest(0x0123456789abcdefL, 1, 2, 3))).isTrue();
      assertThat(tokens.denied().holds(new Digest(0x0123456789abcdeeL, 1, 2, 3))).isFalse();
      assertThat(tokens.warnings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "x",
          "",
          "sha256:",
          "sha256:12",
          "t.0123456789abcdef",
          "t.0123456789ABCDEF.",
          "t.0123456789abcde.",
          "*"
        })
    void another_entry_is_refused(String entry) {
      assertThat(problems("\ndeny = ['" + entry + "']"))
          .containsExactly(
              "auth.toml:2: deny: an entry is sha256: and 64 hexadecimal digits, or a tenant's"
                  + " namespace such as t.0123456789abcdef.");
    }

    @Test
    void a_deny_list_that_is_no_list_is_refused() {
      assertThat(problems("deny = 'x'"))
          .containsExactly("auth.toml:1: deny must be an array of strings");
      assertThat(problems("deny = [1, '*']"))
          .satisfiesExactly(
              first -> assertThat(first).isEqualTo("auth.toml:1: deny must be an array of strings"),
              second -> assertThat(second).startsWith("auth.toml:1: deny: an entry is "));
    }

    @Test
    void the_secret_of_a_token_cannot_be_denied() {
      assertThat(problems("deny = ['sha256:" + HEX + "']\n" + token("secret_env = 'DEPLOY_TOKEN'")))
          .containsExactly("auth.toml:1: deny: the secret of token.deploy is denied");
    }

    @ParameterizedTest
    @CsvSource({
      "t., true",
      "t, true",
      "t.x., true",
      "t.0123456789abcdef., true",
      "tx., false",
      "team., false",
      "x.t., false",
      "*, false"
    })
    void a_namespace_and_those_of_tenants_do_not_overlap(String namespace, boolean refused)
        throws Exception {
      String text =
          "[token.x]\nsecret = 'sk_right_secret_0001'\nnamespace = '%s'".formatted(namespace);

      if (refused) {
        assertThat(problems(text))
            .containsExactly(
                "auth.toml:3: token.x: namespace overlaps with t., which controller.tenants gives"
                    + " to tenants");
      } else {
        assertThat(load(text).identities()).hasSize(1);
      }
      tenants = false;
      assertThat(load(text).identities()).hasSize(1);
    }

    @Test
    void without_tenants_a_deny_list_gives_a_warning() throws Exception {
      tenants = false;

      assertThat(
              load("deny = ['t.0123456789abcdef.']\n" + token("secret_env = 'DEPLOY_TOKEN'"))
                  .warnings())
          .containsExactly("auth.toml:1: deny says nothing while controller.tenants is off");
    }
  }
}
