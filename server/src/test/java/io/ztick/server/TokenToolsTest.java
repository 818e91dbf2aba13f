package io.ztick.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ztick.auth.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class TokenToolsTest {
  @TempDir private Path directory;
  private Path configuration = Path.of("");

  @BeforeEach
  void configure() {
    configuration = Pems.file(directory, "ztick.toml", "[controller]\nauth_file = \"auth.toml\"\n");
  }

  private Ztick bootstrap(Object... more) {
    Object[] all = new Object[4 + more.length];
    System.arraycopy(new Object[] {"token", "bootstrap", "-c", configuration}, 0, all, 0, 4);
    System.arraycopy(more, 0, all, 4, more.length);
    return Ztick.run(all);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a secret", "a secret\n", "a secret\r\n"})
  void the_hash_is_that_of_the_line(String input) {
    var out = new ByteArrayOutputStream();
    var command =
        new TokenHashCommand(new Results(out), new ByteArrayInputStream(input.getBytes(UTF_8)));

    assertThat(new CommandLine(command).execute()).isZero();
    assertThat(out.toString(UTF_8)).isEqualTo(Digest.of("a secret".getBytes(UTF_8)).hex() + "\n");
  }

  @Test
  void the_first_token_is_made_where_there_is_no_file() throws Exception {
    Ztick done = bootstrap();

    Path secretFile = directory.resolve("admin.secret");
    assertThat(done.exitCode()).as(done.errors()).isZero();
    assertThat(done.out()).isEqualTo(secretFile + "\n");
    String secret = Files.readString(secretFile).strip();
    assertThat(secret).matches("ztk_[A-Za-z0-9_-]{49}");
    assertThat(done.errors()).doesNotContain(secret);
    for (String file : new String[] {"admin.secret", "auth.toml"}) {
      assertThat(Files.getPosixFilePermissions(directory.resolve(file)))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
    assertThat(Files.readString(directory.resolve("auth.toml")))
        .isEqualTo(
            "[token.admin]\nsecret_sha256 = \""
                + Digest.of(secret.getBytes(UTF_8)).hex()
                + "\"\nnamespace = \"*\"\n");
    assertThat(Setup.load(configuration, Pems.NOW).access().tokens()).isNotNull();
  }

  @Test
  void it_is_added_to_what_the_file_says() throws Exception {
    String before = "# mine\n[token.team]\nsecret = \"the secret of the team\"\nnamespace = \"a.\"";
    Path auth = Files.writeString(directory.resolve("auth.toml"), before);
    Files.setPosixFilePermissions(auth, PosixFilePermissions.fromString("rw-r-----"));

    Ztick done = bootstrap("--name", "root", "--secret-file", directory.resolve("s"));

    assertThat(done.exitCode()).as(done.errors()).isZero();
    assertThat(Files.readString(auth)).startsWith(before + "\n\n[token.root]\nsecret_sha256 = ");
    assertThat(Files.getPosixFilePermissions(auth))
        .isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
    assertThat(directory.resolve("s")).exists();
  }

  @Test
  void a_file_of_comments_is_one_without_a_token() throws Exception {
    Files.writeString(directory.resolve("auth.toml"), "# nothing yet\n");

    assertThat(bootstrap().exitCode()).isZero();
  }

  @Test
  void a_file_that_would_be_none_with_the_token_stays_as_it_is() throws Exception {
    String before = "token = { team = { secret = 'the secret of the team', namespace = 'a.' } }\n";
    Path auth = Files.writeString(directory.resolve("auth.toml"), before);

    Ztick refused = bootstrap();

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.errors()).contains("[token.admin] cannot be put behind what is there");
    assertThat(auth).hasContent(before);
    assertThat(directory.resolve("admin.secret")).doesNotExist();
  }

  @Test
  void there_is_no_second_one() throws Exception {
    assertThat(bootstrap().exitCode()).isZero();
    String auth = Files.readString(directory.resolve("auth.toml"));

    Ztick refused = bootstrap("--name", "other");

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.errors()).contains("the token admin has the namespace * already");
    assertThat(Files.readString(directory.resolve("auth.toml"))).isEqualTo(auth);
    assertThat(directory.resolve("other.secret")).doesNotExist();
  }

  @Test
  void no_file_is_overwritten_and_nothing_is_left_behind() throws Exception {
    Files.writeString(directory.resolve("admin.secret"), "mine");

    Ztick refused = bootstrap();

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.errors()).contains("there is such a file already");
    assertThat(directory.resolve("auth.toml")).doesNotExist();
    assertThat(Files.readString(directory.resolve("admin.secret"))).isEqualTo("mine");
  }

  @Test
  void without_an_auth_file_in_the_configuration_it_is_refused() {
    configuration = Pems.file(directory, "ztick.toml", "");

    Ztick refused = bootstrap();

    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.errors()).contains("controller.auth_file: not set");
  }

  @Test
  void a_file_with_a_problem_stays_as_it_is() throws Exception {
    Files.writeString(directory.resolve("auth.toml"), "[token.a]\nnamespace = \"a.\"\n");

    Ztick refused = bootstrap();

    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.errors()).contains("auth.toml:1: token.a: ");
    assertThat(Files.readString(directory.resolve("auth.toml"))).doesNotContain("admin");
  }
}
