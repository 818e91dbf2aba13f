package io.ztick.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `conf/auth.toml`, which users install and fill in.
class SampleFileTest {

  private static final Set<String> KNOWN = Set.of("shell", "direct", "http");

  @TempDir Path directory;

  private static String sample() throws IOException {
    return Files.readString(Path.of("..", "conf", "auth.toml"));
  }

  private static String uncommented() throws IOException {
    return sample().replaceAll("(?m)^#(?=[\\[a-z])", "");
  }

  private Tokens load(String text) throws IOException, InvalidTokensException {
    return AuthFiles.load(Files.writeString(directory.resolve("auth.toml"), text), KNOWN, Set.of());
  }

  private InvalidTokensException refusal(String text) {
    return catchThrowableOfType(InvalidTokensException.class, () -> load(text));
  }

  @Test
  void it_is_refused_as_installed() throws Exception {
    assertThat(refusal(sample()).problems())
        .containsExactly("auth.toml: holds no token; each is a table [token.<name>]");
  }

  @Test
  void it_is_refused_while_no_secret_is_filled_in() throws Exception {
    assertThat(refusal(uncommented()).problems())
        .hasSize(4)
        .allMatch(problem -> problem.endsWith(": secret is empty"));
  }

  @Test
  void it_is_good_once_the_secrets_are_filled_in() throws Exception {
    String filled =
        uncommented()
            .replaceAll(
                "\\[token\\.(.*)]\nsecret = \"\"", "[token.$1]\nsecret = \"of its own: $1\"");

    assertThat(load(filled).identities())
        .extracting(Identity::name)
        .containsExactly("deploy", "backup", "shop", "admin");
  }
}
