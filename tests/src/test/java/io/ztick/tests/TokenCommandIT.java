package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `ztick token`, `whoami`, `can` and `reload` against a running server.
class TokenCommandIT {
  private static final String ADMIN = "sk_admin_0123456789";
  private static final String TEAM = "sk_team_0123456789";

  private static final String TOKENS =
      """
      [token.admin]
      secret = "%s"
      namespace = "*"
      [token.team]
      secret = "%s"
      namespace = "team."
      commands = ["GET", "SET", "TOKEN"]
      runners = []
      """
          .formatted(ADMIN, TEAM);

  private static final String SECRET = "ztk_[A-Za-z0-9_-]{49}";

  @TempDir Path directory;
  private @Nullable ZtickServer started;

  @BeforeEach
  void start() throws Exception {
    started = ZtickServer.in(directory).auth(TOKENS).start();
  }

  @AfterEach
  void stop() {
    if (started != null) {
      started.close();
    }
  }

  private ZtickServer server() {
    return Objects.requireNonNull(started);
  }

  private Ztick run(String secret, Object... arguments) throws Exception {
    Map<String, String> environment = new HashMap<>();
    environment.put("ZTICK_ENDPOINT", "ztick://127.0.0.1:" + server().port());
    environment.put("ZTICK_TOKEN", secret);
    return Ztick.run(environment, arguments);
  }

  private String admin(Object... arguments) throws Exception {
    return out(ADMIN, arguments);
  }

  private String out(String secret, Object... arguments) throws Exception {
    Ztick done = run(secret, arguments).expectDone();
    assertThat(done.errors()).isEmpty();
    return done.output();
  }

  private static List<String> groups(String text, String regex) {
    Matcher matcher = Pattern.compile(regex, Pattern.DOTALL).matcher(text);
    assertThat(matcher.matches()).as("%s matches %s", text, regex).isTrue();
    return List.of(matcher.group(1), matcher.group(2));
  }

  @Test
  void a_token_is_made_used_rotated_and_revoked() throws Exception {
    List<String> made =
        groups(
            admin("token", "create", "ci", "team.ci.", "--ttl", "2h", "--commands", "SET,GET"),
            "secret   (" + SECRET + ")\nid       (tok_\\S+)\nexpires  \\S+ \\(in 1h 59m\\)\n");
    String secret = made.getFirst();
    assertThat(out(secret, "set", "team.ci.a", "2099-04-01")).isEqualTo("OK\n");
    assertThat(run(secret, "set", "team.a", "2099-04-01").exitCode()).isEqualTo(1);

    String rotated =
        groups(
                admin("token", "rotate", "ci", "--overlap", "0s", "-o", "wire"),
                "OK (" + SECRET + ") (" + made.getLast() + ") [0-9]{19}\n")
            .getFirst();
    assertThat(run(secret, "ping").errors()).startsWith("ztick: auth_failed");
    assertThat(out(rotated, "get", "team.ci.a", "-o", "wire")).startsWith("OK planned ");

    assertThat(admin("token", "revoke", made.getLast())).isEqualTo("revoked 1 token\n");
    assertThat(run(rotated, "ping").errors()).startsWith("ztick: auth_failed");
    assertThat(run(ADMIN, "token", "revoke", "ci"))
        .isEqualTo(new Ztick(1, "", "ztick: not_found: no such token\n"));
  }

  @Test
  void tokens_are_listed_in_every_format() throws Exception {
    admin("token", "create", "one", "a.", "--runners", "", "--note", "for \"the\" CI");
    admin("token", "create", "two", "*", "--commands", "*", "--from", "10.0.0.0/8,::1");

    assertThat(admin("token", "list", "-o", "wire").lines())
        .satisfiesExactly(
            one ->
                assertThat(one)
                    .matches(
                        "tok_\\S+ one a\\. \\S+ \"\" \\* [0-9]{19} [0-9]{19}"
                            + " \"for \\\\\"the\\\\\" CI\""),
            two ->
                assertThat(two)
                    .matches("tok_\\S+ two \\* \\* \\* 10.0.0.0/8,::1 [0-9]{19} [0-9]{19} \"\""));
    assertThat(admin("token", "list", "-o", "json"))
        .containsPattern("\"name\":\"one\",\"namespace\":\"a.\",\"commands\":\\[\"")
        .contains("\"runners\":[],\"from\":[\"*\"],\"created_ns\":")
        .contains("\"from\":[\"10.0.0.0/8\",\"::1\"],");
    assertThat(admin("token", "list"))
        .startsWith("ID ")
        .containsPattern("\ntok_\\S+ +two +\\* .* in 23h 59m")
        .doesNotContain("ztk_");
    assertThat(out(TEAM, "token", "list")).as("within its own rights").isEmpty();
  }

  @Test
  void a_secret_may_go_into_a_file_of_its_own() throws Exception {
    Path file = Files.writeString(directory.resolve("ci.secret"), "what was there before\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    for (List<String> words :
        List.of(List.of("create", "ci", "team."), List.of("rotate", "ci", "-o", "json"))) {
      Object[] arguments = new Object[words.size() + 3];
      arguments[0] = "token";
      for (int i = 0; i < words.size(); i++) {
        arguments[i + 1] = words.get(i);
      }
      arguments[words.size() + 1] = "--secret-file";
      arguments[words.size() + 2] = file;
      assertThat(admin(arguments)).doesNotContain("ztk_").contains(file.toString());
      assertThat(file).content().matches(SECRET + "\n");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      assertThat(out(Files.readString(file).strip(), "whoami")).contains("ci\n");
    }
    Ztick refused = run(ADMIN, "token", "create", "b", "b.", "--secret-file", "/nowhere/x");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.errors())
        .isEqualTo("ztick: /nowhere/x: cannot be written: no such directory\n");
    assertThat(run(ADMIN, "token", "create", "b", "b.", "--secret-file", directory).errors())
        .isEqualTo("ztick: " + directory + ": cannot be written: it is no file\n");
    assertThat(admin("token", "list", "-o", "json")).as("nothing was made").hasLineCount(1);
  }

  @Test
  void who_somebody_is_has_every_format() throws Exception {
    assertThat(out(TEAM, "whoami", "-o", "wire"))
        .isEqualTo(
            """
            name team
            id team
            origin file
            namespace team.
            commands GET,SET,TOKEN
            runners ""
            from *
            expires_ns never
            """);
    assertThat(out(TEAM, "whoami", "-o", "json"))
        .isEqualTo(
            "{\"name\":\"team\",\"id\":\"team\",\"origin\":\"file\",\"namespace\":\"team.\","
                + "\"commands\":[\"GET\",\"SET\",\"TOKEN\"],\"runners\":[],\"from\":[\"*\"],"
                + "\"expires_ns\":\"never\"}\n");
    assertThat(out(TEAM, "whoami")).contains("namespace  team.\n", "expires    never\n");
  }

  @Test
  void the_exit_code_says_whether_somebody_can() throws Exception {
    assertThat(out(TEAM, "can", "set", "team.a")).isEqualTo("yes\n");
    assertThat(run(TEAM, "can", "SET", "other"))
        .isEqualTo(new Ztick(1, "no: insufficient namespace scope\n", ""));
    assertThat(run(TEAM, "can", "SET", "other", "-o", "wire").output())
        .isEqualTo("OK no \"insufficient namespace scope\"\n");
    assertThat(run(TEAM, "can", "BACKUP", "-o", "json").output())
        .startsWith("{\"allowed\":false,\"reason\":\"");
    assertThat(run(TEAM, "can", "FLY").errors()).startsWith("ztick: bad_request: ");
  }

  @Test
  void a_reload_takes_what_the_file_says_or_tells_every_problem() throws Exception {
    Path file = directory.resolve("auth.toml");
    Files.writeString(file, TOKENS.replace("\"team.\"", "\"crew.\""));
    assertThat(admin("reload", "-o", "wire")).isEqualTo("OK\n");
    assertThat(out(TEAM, "can", "SET", "crew.a")).isEqualTo("yes\n");

    Files.writeString(file, "[token.a]\nsecret = 1\nnames = 2\n");
    Ztick refused = run(ADMIN, "reload");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.output()).isEmpty();
    assertThat(refused.errors().lines())
        .hasSizeGreaterThan(2)
        .allSatisfy(line -> assertThat(line).startsWith("ztick: "))
        .anySatisfy(line -> assertThat(line).contains("auth.toml:2: token.a: "))
        .last()
        .asString()
        .contains("nothing was changed");
    assertThat(out(TEAM, "can", "SET", "crew.a")).isEqualTo("yes\n");
    assertThat(run(TEAM, "reload").errors()).startsWith("ztick: auth_denied: ");
  }
}
