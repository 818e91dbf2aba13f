package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The sessions about tokens that the README prints, as they are typed.
class TokenReadmeIT {
  private static final Pattern CHAPTER = Pattern.compile("(?s)\n## Tokens\n(.*?)\n## ");
  private static final Pattern SESSION = Pattern.compile("(?s)```bash\n(.*?)```");
  private static final Pattern CONFIGURATION = Pattern.compile("(?s)```toml\n(.*?)```");

  @TempDir Path directory;

  @BeforeEach
  void needsAShell() {
    Tool.assumeInstalled("bash", "bash");
    Tool.assumeInstalled("openssl", "openssl");
  }

  @Test
  void tokens_are_set_up_rotated_and_revoked_as_printed() throws Exception {
    List<String> sessions = found(SESSION);
    assertThat(sessions).hasSize(5);
    Files.writeString(directory.resolve("ztick.toml"), found(CONFIGURATION).getFirst());
    type("", sessions.get(0));

    try (ZtickServer server =
        ZtickServer.in(directory).set("controller", "auth_file", "auth.toml").start()) {
      String endpoint = "ztick://127.0.0.1:" + server.port();
      String made = type(endpoint, sessions.get(1));
      assertThat(made)
          .contains("name       admin\n", "secret_file  ci.secret\n", "\nyes\n")
          .doesNotContain("ztk_");
      String first = Files.readString(directory.resolve("ci.secret")).strip();

      assertThat(type(endpoint, sessions.get(2))).doesNotContain("ztk_");
      String second = Files.readString(directory.resolve("ci.secret")).strip();
      assertThat(second).isNotEqualTo(first);
      for (String secret : List.of(first, second)) {
        server.connect(secret).close();
      }

      assertThat(type(endpoint, sessions.get(3))).matches("(?s)[0-9a-f]{64}\nOK\n");

      assertThat(type(endpoint, sessions.get(4))).startsWith("revoked 1 token\n");
      for (String secret : List.of(first, second)) {
        try (Wire wire = server.connect()) {
          wire.send("AUTH " + secret).expect("ERROR auth_failed");
        }
      }
    }
  }

  /// Runs the lines of a session, none of which may fail or complain; what they print.
  private String type(String endpoint, String session) throws IOException, InterruptedException {
    Path output = directory.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-euo", "pipefail", "-c", session)
            .directory(directory.toFile())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    Map<String, String> environment = builder.environment();
    for (String own : List.of("ZTICK_TOKEN", "ZTICK_ENDPOINT", "ZTICK_PROFILE", "NO_COLOR")) {
      environment.remove(own);
    }
    environment.put("HOME", directory.toString());
    environment.put("XDG_CONFIG_HOME", directory.resolve("config").toString());
    environment.put("PATH", ZtickServer.home().resolve("bin") + ":" + environment.get("PATH"));
    if (!endpoint.isEmpty()) {
      environment.put("ZTICK_ENDPOINT", endpoint);
    }
    Process process = builder.start();
    boolean ended = process.waitFor(4 * ZtickServer.BOUND.toSeconds(), TimeUnit.SECONDS);
    process.destroyForcibly();
    String printed = Files.readString(output);
    assertThat(ended).as("%s ends; it printed %s", session, printed).isTrue();
    assertThat(process.exitValue()).as("%s; it printed %s", session, printed).isZero();
    return printed;
  }

  private static List<String> found(Pattern block) throws IOException {
    String readme = Files.readString(ZtickServer.home().resolve("README.md"));
    var chapter = CHAPTER.matcher(readme);
    assertThat(chapter.find()).as("there is a chapter about tokens").isTrue();
    return block.matcher(chapter.group(1)).results().map(found -> found.group(1)).toList();
  }
}
