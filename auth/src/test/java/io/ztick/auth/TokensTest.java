package io.ztick.auth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

class TokensTest {

  private static final Set<String> KNOWN =
      Set.of("shell", "direct", "http", "awf", "amqp", "redis");
  private static final Set<String> PROCESSES = Set.of("shell", "direct", "awf");

  @TempDir Path directory;
  private Path file = Path.of("");

  @BeforeEach
  void name_the_file() {
    file = directory.resolve("auth.toml");
  }

  private Tokens load(String text) throws IOException, InvalidTokensException {
    return load(text, PROCESSES);
  }

  private Tokens load(String text, Set<String> processes)
      throws IOException, InvalidTokensException {
    write(text.getBytes(UTF_8));
    return AuthFiles.load(file, KNOWN, processes);
  }

  private void write(byte[] bytes) throws IOException {
    Files.write(file, bytes);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private List<String> problems(String text) throws IOException {
    write(text.getBytes(UTF_8));
    return problemsOfFile();
  }

  private List<String> problemsOfFile() {
    InvalidTokensException thrown =
        catchThrowableOfType(
            InvalidTokensException.class, () -> AuthFiles.load(file, KNOWN, PROCESSES));
    assertThat(thrown).as("the file is refused").isNotNull();
    assertThat(thrown.getMessage()).isEqualTo(String.join("\n", thrown.problems()));
    return thrown.problems();
  }

  private static @Nullable Identity authenticate(Tokens tokens, String secret) {
    return AuthFiles.authenticate(tokens, secret);
  }

  private static Identity identity(String name, Namespace namespace) {
    var rights = new Rights(namespace, Names.all(), Names.all(), Addresses.ALL);
    return new Identity(Identity.Origin.FILE, name, name, rights, Lifetime.ALWAYS);
  }

  /// As a service would that got the file from its manager.
  private Tokens loadCredential() throws InvalidTokensException {
    var surroundings =
        new Tokens.Surroundings(
            AuthFiles.VOCABULARY,
            Set.of(),
            new AuthFiles.Machine(Map.of(), directory),
            false,
            false);
    return Tokens.load(file, surroundings, AuthFiles.NOW);
  }

  private static String token(String name, String secret, String namespace) {
    return "[token.%s]\nsecret = \"%s\"\nnamespace = \"%s\"\n".formatted(name, secret, namespace);
  }

  @Nested
  class Authentication {

    @Test
    void a_secret_makes_the_client_the_token_it_belongs_to() throws Exception {
      Tokens tokens =
          load(
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
              """);

      Identity deploy = identity("deploy", new Namespace("deploy."));
      Identity backup = identity("backup", new Namespace("backup."));
      Identity admin = identity("admin", Namespace.ALL);
      assertThat(authenticate(tokens, "sk_deploy_a1b2c3d4e5f6")).isEqualTo(deploy);
      assertThat(authenticate(tokens, "sk_backup_x9y8z7w6v5u4")).isEqualTo(backup);
      assertThat(authenticate(tokens, "sk_admin_top_secret")).isEqualTo(admin);
      assertThat(tokens.identities()).containsExactly(deploy, backup, admin);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          "sk_wrong_secret_0001",
          "sk_right_secret_000",
          "sk_right_secret_00012",
          "SK_RIGHT_SECRET_0001",
          " sk_right_secret_0001",
          "sk_right_secret_0001 ",
          "deploy"
        })
    void any_other_secret_is_nobodys(String secret) throws Exception {
      Tokens tokens = load(token("deploy", "sk_right_secret_0001", "deploy."));

      assertThat(authenticate(tokens, secret)).isNull();
    }

    @Test
    void bytes_that_are_no_utf8_are_nobodys_secret() throws Exception {
      Tokens tokens = load(token("deploy", "sk_right_secret_\uFFFD", "deploy."));
      byte[] latin1 = "sk_right_secret_\u00E9".getBytes(ISO_8859_1);

      assertThat(AuthFiles.authenticate(tokens, latin1)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "correct horse battery staple",
          " outer spaces are kept ",
          "größer als alles 日本 🎉",
          "with = # [signs] 'in' it",
        })
    void a_secret_may_hold_spaces_signs_and_any_script(String secret) throws Exception {
      Tokens tokens = load(token("deploy", secret, "deploy."));

      assertThat(authenticate(tokens, secret)).isNotNull();
    }

    @Test
    void all_string_forms_and_comments_of_toml_are_read() throws Exception {
      Tokens tokens =
          load(
              """
              # who may come in
              [token.basic] # a comment
              secret = "basic \\u00e9\\" string 1" # Duplicate? no
              namespace = "a."
              [token.literal]
              secret = 'literal \\u00e9 string 2'
              namespace = 'b.'
              [token.lines]
              secret = \"""
              many lines, \\
                folded 3\"""
              namespace = '''c.'''
              [ token . "quoted name" ]
              "secret" = "a quoted key's secret"
              namespace = "d."
              """);

      assertThat(authenticate(tokens, "basic é\" string 1")).extracting("name").isEqualTo("basic");
      assertThat(authenticate(tokens, "literal \\u00e9 string 2"))
          .extracting("name")
          .isEqualTo("literal");
      assertThat(authenticate(tokens, "many lines, folded 3"))
          .extracting("name")
          .isEqualTo("lines");
      assertThat(authenticate(tokens, "a quoted key's secret"))
          .extracting("name")
          .isEqualTo("quoted name");
    }

    @Test
    void tables_may_be_written_inline_and_with_dots() throws Exception {
      Tokens tokens =
          load(
              """
              token.a = { secret = "the secret of a ....", namespace = "a." }
              token.b.secret = "the secret of b ...."
              token.b.namespace = "b."
              """);

      assertThat(tokens.identities()).extracting(Identity::name).containsExactly("a", "b");
    }
  }

  @Nested
  class Runners {

    @Test
    void a_token_may_use_the_runners_it_lists() throws Exception {
      Tokens tokens =
          load(
              token("deploy", "sk_right_secret_0001", "deploy.")
                  + "runners = [\"http\", \"shell\"]");

      assertThat(tokens.identities().getFirst().rights().runners())
          .isEqualTo(Names.of(Set.of("http", "shell")));
    }

    @Test
    void without_the_key_it_may_use_all() throws Exception {
      Tokens tokens = load(token("deploy", "sk_right_secret_0001", "deploy."));

      assertThat(KNOWN).allMatch(tokens.identities().getFirst().rights().runners()::contains);
    }

    @Test
    void with_an_empty_list_it_may_use_none() throws Exception {
      Tokens tokens = load(token("deploy", "sk_right_secret_0001", "deploy.") + "runners = []");

      assertThat(KNOWN).noneMatch(tokens.identities().getFirst().rights().runners()::contains);
    }
  }

  @Nested
  class Refusals {

    @Test
    void a_file_that_is_not_there_is_refused_with_its_path() {
      assertThat(problemsOfFile()).containsExactly("auth.toml: there is no file " + file);
    }

    @Test
    void a_directory_is_refused() throws Exception {
      Files.createDirectory(file);

      assertThat(problemsOfFile()).containsExactly("auth.toml: cannot be read: it is a directory");
    }

    @Test
    void a_file_that_cannot_be_opened_is_refused() throws Exception {
      Files.createSymbolicLink(file, file);

      assertThat(problemsOfFile())
          .singleElement()
          .asString()
          .startsWith("auth.toml: cannot be read: ");
    }

    /// Root may read everything, so no file can bring this about everywhere.
    @Test
    void a_file_without_permission_is_refused() {
      assertThat(
              new AuthFile(file, AuthFiles.surroundings(KNOWN, PROCESSES), AuthFiles.NOW)
                  .reason(new AccessDeniedException("x")))
          .isEqualTo("cannot be read: the server's user lacks the permission");
    }

    @Test
    void a_file_that_is_not_utf8_is_refused() throws Exception {
      write("# gr\u00F6\u00DFe\n".getBytes(ISO_8859_1));

      assertThat(problemsOfFile()).containsExactly("auth.toml: cannot be read: it is not UTF-8");
    }

    @Test
    void a_file_of_1_mib_is_read_and_one_byte_more_is_refused() throws Exception {
      String text = token("deploy", "sk_right_secret_0001", "deploy.") + "#";
      String full = text + "x".repeat(1024 * 1024 - text.length());

      assertThat(load(full).identities()).hasSize(1);
      assertThat(problems(full + "x"))
          .containsExactly("auth.toml: cannot be read: it is larger than 1 MiB (1048576 bytes)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "# [token.deploy]\n", "[token]\n", "token = {}\n"})
    void a_file_without_any_token_is_refused(String text) throws Exception {
      assertThat(problems(text))
          .containsExactly("auth.toml: holds no token; each is a table [token.<name>]");
    }

    @Test
    void secret_and_namespace_are_required() throws Exception {
      assertThat(problems("\n[token.deploy]\nrunners = []\n"))
          .containsExactly(
              "auth.toml:2: token.deploy: secret is missing",
              "auth.toml:2: token.deploy: namespace is missing");
    }

    @Test
    void an_empty_secret_and_an_empty_namespace_are_refused() throws Exception {
      assertThat(problems(token("deploy", "", "")))
          .containsExactly(
              "auth.toml:2: token.deploy: secret is empty",
              "auth.toml:3: token.deploy: namespace is empty");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"1", "1.5", "true", "2026-04-01", "[\"sk_a\"]", "{ a = \"sk_a\" }", "[]"})
    void a_secret_and_a_namespace_that_are_no_strings_are_refused(String value) throws Exception {
      assertThat(problems("[token.deploy]\nsecret = " + value + "\nnamespace = " + value + "\n"))
          .containsExactly(
              "auth.toml:2: token.deploy: secret must be a string",
              "auth.toml:3: token.deploy: namespace must be a string");
    }

    @Test
    void unknown_keys_and_tables_are_refused_by_name() throws Exception {
      assertThat(
              problems(
                  """
                  version = 1
                  [token.deploy]
                  secret = "sk_right_secret_0001"
                  namespace = "deploy."
                  sekret = "x"
                  [token.deploy.more]
                  [tokens.deploy]
                  """))
          .containsExactly(
              "auth.toml:1: unknown key \"version\"; there is [token.<name>]",
              "auth.toml:5: token.deploy: unknown key \"sekret\"",
              "auth.toml:6: token.deploy: unknown table \"more\"",
              "auth.toml:7: unknown table \"tokens\"; there is [token.<name>]");
    }

    @Test
    void what_stands_in_the_place_of_a_token_is_refused() throws Exception {
      assertThat(problems("token = 3"))
          .containsExactly("auth.toml:1: token: must be tables [token.<name>]");
      assertThat(problems("[[token]]"))
          .containsExactly("auth.toml:1: token: must be tables [token.<name>]");
      assertThat(problems("[token]\ndeploy = \"sk_right_secret_0001\""))
          .containsExactly("auth.toml:2: token: unknown key \"deploy\"; there is [token.<name>]");
      assertThat(problems("[[token.deploy]]"))
          .containsExactly("auth.toml:1: token: unknown key \"deploy\"; there is [token.<name>]");
    }

    @Test
    void an_unknown_runner_is_refused_by_name() throws Exception {
      assertThat(
              problems(
                  token("deploy", "sk_right_secret_0001", "deploy.")
                      + "runners = [\"http\", \"bash\", \"*\"]"))
          .containsExactly(
              "auth.toml:4: token.deploy: unknown runner \"bash\";"
                  + " known are amqp, awf, direct, http, redis, shell",
              "auth.toml:4: token.deploy: unknown runner \"*\";"
                  + " known are amqp, awf, direct, http, redis, shell");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"http\"", "true", "[1, 2]", "{ http = true }", "[[\"http\"]]"})
    void runners_that_are_no_array_of_strings_are_refused(String value) throws Exception {
      assertThat(
              problems(token("deploy", "sk_right_secret_0001", "deploy.") + "runners = " + value))
          .containsExactly("auth.toml:4: token.deploy: runners must be an array of strings");
    }

    @Test
    void two_tokens_with_one_secret_are_refused_by_their_names() throws Exception {
      assertThat(
              problems(
                  """
                  # ERROR: duplicate secret
                  [token.service1]
                  secret = "shared_secret"
                  namespace = "svc1."

                  [token.service2]
                  secret = "shared_secret"  # Duplicate!
                  namespace = "svc2."
                  """))
          .containsExactly("auth.toml:7: token.service2: secret is also that of token.service1");
    }

    @Test
    void one_secret_in_two_forms_of_string_is_one_secret() throws Exception {
      assertThat(
              problems(
                  """
                  [token.a]
                  secret = "sk_right_secret_é"
                  namespace = "a."
                  [token.b]
                  secret = "sk_right_secret_\\u00e9"
                  namespace = "b."
                  """))
          .containsExactly("auth.toml:5: token.b: secret is also that of token.a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"deploy.*", "*.", "**", "a*b"})
    void a_namespace_with_a_star_that_is_not_exactly_a_star_is_refused(String namespace)
        throws Exception {
      assertThat(problems(token("deploy", "sk_right_secret_0001", namespace)))
          .singleElement()
          .asString()
          .startsWith("auth.toml:3: token.deploy: namespace holds a *");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rule.", "rule.deploy.", "r", "ru", "rul", "rule"})
    void a_namespace_that_reaches_into_rule_is_refused(String namespace) throws Exception {
      assertThat(problems(token("deploy", "sk_right_secret_0001", namespace)))
          .singleElement()
          .asString()
          .startsWith("auth.toml:3: token.deploy: namespace reaches into \"rule.\"");
    }

    @Test
    void a_secret_of_1024_bytes_is_accepted_and_1025_refused() throws Exception {
      String longest = "é".repeat(512);

      assertThat(authenticate(load(token("deploy", longest, "deploy.")), longest)).isNotNull();
      assertThat(problems(token("deploy", longest + "x", "deploy.")))
          .containsExactly("auth.toml:2: token.deploy: secret is longer than 1024 bytes");
    }

    @ParameterizedTest
    @CsvSource({
      "0000, true", "0009, true", "000A, true", "000D, true", "001F, true", "0020, false",
      "007E, false", "007F, true", "0080, true", "0085, true", "009F, true", "00A0, false"
    })
    void a_secret_with_a_control_character_is_refused(String hex, boolean control)
        throws Exception {
      String text = token("deploy", "sk_right_\\u" + hex + "_secret", "deploy.");

      if (control) {
        assertThat(problems(text))
            .containsExactly("auth.toml:2: token.deploy: secret holds a control character");
      } else {
        assertThat(load(text).identities()).hasSize(1);
      }
    }

    @Test
    void all_problems_are_told_at_once_in_the_order_of_the_lines() throws Exception {
      assertThat(
              problems(
                  """
                  [token.a]
                  namespace = "rule.a"
                  runners = ["cron"]
                  secret = ""
                  [token.b]
                  namespace = 1
                  secret = "the secret of b and d"
                  [token.c]
                  namespace = "c." x
                  secret = "the secret of c ...."
                  colour = "red"
                  [token.d]
                  namespace = "d."
                  secret = "the secret of b and d"
                  namespace = "e."
                  """))
          .containsExactly(
              "auth.toml:2: token.a: namespace reaches into \"rule.\","
                  + " where every namespace has its own part",
              "auth.toml:3: token.a: unknown runner \"cron\";"
                  + " known are amqp, awf, direct, http, redis, shell",
              "auth.toml:4: token.a: secret is empty",
              "auth.toml:6: token.b: namespace must be a string",
              "auth.toml:9: not valid TOML at column 18, expected a newline or end-of-input",
              "auth.toml:11: token.c: unknown key \"colour\"",
              "auth.toml:14: token.d: secret is also that of token.b",
              "auth.toml:15: defined a second time, first in line 13");
    }

    @Test
    void a_key_is_missing_only_where_no_toml_error_may_have_hidden_it() throws Exception {
      assertThat(
              problems(
                  """
                  [token.a]
                  secret = sk_a
                  namespace = "a."
                  [token.b]
                  namespace = "b."
                  """))
          .containsExactly(
              "auth.toml:2: not valid TOML at column 10, expected a value",
              "auth.toml:4: token.b: secret is missing");
    }

    @Test
    void a_token_that_is_defined_twice_is_refused_with_both_places() throws Exception {
      assertThat(problems("[token.a]\nnamespace = \"a.\"\nsecret = \"x\"\n[token.a]\n"))
          .containsExactly("auth.toml:4: defined a second time, first in line 1");
    }
  }

  @Nested
  class Warnings {

    private List<String> warnings(String text) throws Exception {
      return load(text, Set.of()).warnings();
    }

    @Test
    void a_good_file_gives_none() throws Exception {
      assertThat(
              warnings(
                  token("deploy", "sk_right_secret_0001", "deploy.")
                      + token("backup", "sk_right_secret_0002", "backup.")
                      + token("admin", "sk_right_secret_0003", "*")))
          .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
      "rw-------, false",
      "r--------, false",
      "rwx--x--x, false",
      "rw--w--w-, false",
      "rw-r-----, true",
      "rw----r--, true",
      "rw-r--r--, true"
    })
    void a_file_that_group_or_others_can_read_gives_one(String permissions, boolean warns)
        throws Exception {
      write(token("deploy", "sk_right_secret_0001", "deploy.").getBytes(UTF_8));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));

      assertThat(AuthFiles.load(file, KNOWN, Set.of()).warnings())
          .isEqualTo(
              warns
                  ? List.of("auth.toml: can be read by group or others; run: chmod 600 " + file)
                  : List.of());
    }

    @ParameterizedTest
    @CsvSource({"r--------, false", "r--r-----, false", "r--r--r--, true"})
    void of_a_credential_only_one_that_others_can_read_gives_one(String permissions, boolean warns)
        throws Exception {
      write(token("deploy", "sk_right_secret_0001", "deploy.").getBytes(UTF_8));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));

      assertThat(loadCredential().warnings()).hasSize(warns ? 1 : 0);
    }

    @Test
    void a_secret_of_16_characters_gives_none_and_one_of_15_does() throws Exception {
      assertThat(warnings(token("deploy", "🎉".repeat(16), "deploy."))).isEmpty();
      assertThat(warnings(token("deploy", "🎉".repeat(15), "deploy.")))
          .containsExactly("auth.toml:2: token.deploy: secret is shorter than 16 characters");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "sk_deploy_a1b2c3d4e5f6",
          "sk_backup_x9y8z7w6v5u4",
          "sk_admin_top_secret",
          "sk_my_service_secret",
          "deploy_secret",
          "backup_secret",
          "monitor_secret",
          "admin_token",
          "shared_secret",
          "sk_correct_secret",
          "sk_billing_abc123",
          "sk_shipping_def456",
          "sk_inventory_ghi789",
          "sk_admin_zzz999",
          "${ZTICK_TOKEN}"
        })
    void a_sample_of_the_documentation_as_secret_gives_one(String secret) throws Exception {
      assertThat(warnings(token("deploy", secret, "deploy.")))
          .containsExactly(
              "auth.toml:2: token.deploy: secret is a sample of the documentation,"
                  + " so everybody knows it");
    }

    @Test
    void a_namespace_that_does_not_end_in_a_dot_gives_one() throws Exception {
      assertThat(warnings(token("deploy", "sk_right_secret_0001", "deploy")))
          .containsExactly(
              "auth.toml:3: token.deploy: namespace does not end in \".\":"
                  + " deploy also covers deployment.x");
    }

    @Test
    void namespaces_that_overlap_give_one_each_with_the_nearest_around_them() throws Exception {
      assertThat(
              warnings(
                  token("inner", "sk_right_secret_0001", "a.b.")
                      + token("same", "sk_right_secret_0002", "a.b.")
                      + token("outer", "sk_right_secret_0003", "a.")
                      + token("apart", "sk_right_secret_0004", "ab.")
                      + token("innermost", "sk_right_secret_0005", "a.b.c.")
                      + token("beside", "sk_right_secret_0006", "a.d.")))
          .containsExactly(
              "auth.toml:3: token.inner: namespace overlaps with that of token.outer",
              "auth.toml:6: token.same: namespace overlaps with that of token.inner",
              "auth.toml:15: token.innermost: namespace overlaps with that of token.same",
              "auth.toml:18: token.beside: namespace overlaps with that of token.outer");
    }

    @Test
    void the_namespace_of_everything_overlaps_with_none() throws Exception {
      assertThat(
              warnings(
                  token("a", "sk_right_secret_0001", "*")
                      + token("b", "sk_right_secret_0002", "*")
                      + token("c", "sk_right_secret_0003", "c.")))
          .isEmpty();
    }

    @Test
    void a_token_that_may_start_processes_gives_one() throws Exception {
      String text = token("deploy", "sk_right_secret_0001", "deploy.");

      assertThat(load(text + "runners = [\"http\", \"shell\", \"direct\"]").warnings())
          .containsExactly(
              "auth.toml:4: token.deploy: may start processes as the server's user"
                  + " (direct, shell); set runners to bound it");
      assertThat(load(text).warnings())
          .containsExactly(
              "auth.toml:1: token.deploy: may start processes as the server's user"
                  + " (awf, direct, shell); set runners to bound it");
    }

    @Test
    void one_that_may_set_no_rule_gives_none() throws Exception {
      String text = token("deploy", "sk_right_secret_0001", "deploy.");

      assertThat(load(text + "commands = [\"SET\"]").warnings()).isEmpty();
    }

    @Test
    void a_token_that_may_start_none_of_the_allowed_processes_gives_none() throws Exception {
      String text = token("deploy", "sk_right_secret_0001", "deploy.");

      assertThat(load(text + "runners = [\"http\"]").warnings()).isEmpty();
      assertThat(load(text + "runners = [\"shell\"]", Set.of("direct")).warnings()).isEmpty();
      assertThat(load(text, Set.of()).warnings()).isEmpty();
    }

    @Test
    void the_token_of_everything_may_start_processes() throws Exception {
      assertThat(load(token("admin", "sk_right_secret_0001", "*")).warnings()).isEmpty();
    }

    @Test
    void all_are_told_in_the_order_of_the_lines() throws Exception {
      write((token("a", "short", "a") + token("b", "shared_secret", "a.b")).getBytes(UTF_8));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

      assertThat(AuthFiles.load(file, KNOWN, Set.of("shell")).warnings())
          .extracting(line -> line.substring(0, line.indexOf(": ")))
          .containsExactly(
              "auth.toml",
              "auth.toml:1",
              "auth.toml:2",
              "auth.toml:3",
              "auth.toml:4",
              "auth.toml:5",
              "auth.toml:6",
              "auth.toml:6");
    }
  }

  @Nested
  class Secrecy {

    @ParameterizedTest
    @ValueSource(
        strings = {
          "secret = \"sk_hidden",
          "secret = 'sk_hidden",
          "secret = \"\"\"sk_hidden",
          "secret = '''sk_hidden",
          "secret = sk_hidden",
          "secret = $sk_hidden",
          "secret = 12sk_hidden",
          "secret = true_sk_hidden",
          "secret = 'a' sk_hidden",
          "secret = 'a', expected sk_hidden",
          "secret = 'a' previously defined at line 1, column 1 sk_hidden",
          "secret = \"sk_hidden\\q\"",
          "secret = \"\\qsk_hidden\"",
          "secret = \"\\uD800sk_hidden\"",
          "secret = \"sk_\u0001hidden\" sk_hidden",
          "secret : \"sk_hidden\"",
          "secret sk_hidden",
          "secret == sk_hidden",
          "sk_hidden",
          "= sk_hidden",
          "secret = [\"sk_hidden\"",
          "secret = { a = sk_hidden }",
          "secret = { a = 'sk_hidden'",
          "secret = 'sk_hidden'\nsecret = 'sk_hidden'",
          "[[secret = 'sk_hidden'",
          "secret = [\"sk_hidden\"]",
          "secret = \"sk_hidden\\u0007\"",
        })
    void a_broken_line_is_not_quoted(String line) throws Exception {
      List<String> problems = problems("[token.deploy]\n" + line + "\nnamespace = \"deploy.\"\n");

      assertThat(problems).isNotEmpty().noneMatch(problem -> problem.contains("hidden"));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "sk_hidden_secret = 'deploy.'",
          "[token.deploy]\nsk_hidden_secret = 'deploy.'",
          "[token.deploy]\nrunners = ['sk_hidden_secret']",
          "[token.deploy]\n[token.deploy.sk_hidden_secret]",
          "[token]\nsk_hidden_secret = 'deploy.'",
          "[sk_hidden_secret]",
        })
    void an_unknown_word_of_16_characters_is_not_told_and_one_of_15_is(String text)
        throws Exception {
      assertThat(problems(text)).isNotEmpty().noneMatch(problem -> problem.contains("hidden"));
      assertThat(problems(text.replace("sk_hidden_secret", "k_hidden_secret")))
          .anyMatch(problem -> problem.contains("unknown "))
          .anyMatch(problem -> problem.contains("\"k_hidden_secret\""));
    }

    @Test
    void no_warning_tells_a_secret() throws Exception {
      Tokens tokens =
          load(token("a", "sk_hidden", "a_hidden") + token("b", "hidden sk", "a_hidden.b"));

      assertThat(tokens.warnings()).isNotEmpty().noneMatch(line -> line.contains("hidden"));
    }

    @Test
    void no_problem_tells_a_secret_and_the_exception_has_no_cause_that_could() throws Exception {
      write(
          (token("a", "sk_hidden" + "x".repeat(1024), "a.")
                  + token("b", "sk_hidden", "b.")
                  + token("c", "sk_hidden", "c."))
              .getBytes(UTF_8));

      InvalidTokensException thrown =
          catchThrowableOfType(
              InvalidTokensException.class, () -> AuthFiles.load(file, KNOWN, PROCESSES));

      assertThat(thrown.problems()).hasSize(2);
      assertThat(thrown.toString()).doesNotContain("hidden");
      assertThat(thrown).hasNoCause().hasNoSuppressedExceptions();
    }

    @Test
    void no_text_form_of_the_tokens_holds_a_secret() throws Exception {
      Tokens tokens = load(token("deploy", "sk_hidden_secret_0001", "deploy."));
      Digest digest = Digest.of("sk_hidden_secret_0001".getBytes(UTF_8));

      assertThat(tokens.identities().toString()).doesNotContain("hidden");
      assertThat(String.valueOf(tokens.search(digest)))
          .contains("deploy")
          .doesNotContain("hidden", digest.hex());
    }

    @Test
    void the_name_of_a_token_fits_a_line_of_the_log() throws Exception {
      String name = "\"a\\nb\\r\\tc\\u001b\\u0085\\\\n\"";
      Tokens tokens = load(token(name, "sk_right_secret_0001", "deploy"), Set.of());
      String escaped = "a\\nb\\r\\tc\\u{1b}\\u{85}\\\\n";

      assertThat(tokens.identities()).extracting(Identity::name).containsExactly(escaped);
      assertThat(tokens.warnings()).singleElement().asString().contains(" token." + escaped + ": ");
    }

    @Test
    void what_the_file_says_cannot_forge_a_line() throws Exception {
      assertThat(
              problems(
                  """
                  "x\\ny" = 1
                  [token."a\\nb"]
                  secret = "sk_right_secret_0001"
                  namespace = "a."
                  runners = ["c\\nd"]
                  "e\\nf" = 1
                  """))
          .hasSize(3)
          .noneMatch(line -> line.contains("\n"));
    }
  }

  @Test
  void a_file_of_thousands_of_tokens_with_one_namespace_is_read() throws Exception {
    String text =
        IntStream.range(0, 10_000)
            .mapToObj(i -> token("t" + i, "a secret, number %05d".formatted(i), "deploy."))
            .collect(Collectors.joining());

    Tokens tokens = load(text, Set.of());

    assertThat(tokens.identities()).hasSize(10_000);
    assertThat(tokens.warnings()).hasSize(9_999);
    assertThat(authenticate(tokens, "a secret, number 09999"))
        .extracting("name")
        .isEqualTo("t9999");
  }
}
