package io.ztick.tests;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where secrets are looked for once they have been used: nowhere are they found.
class SecretsIT {
  private static final String TOKENS =
      """
      [token.admin]
      secret = "hushhush-of-the-admin"
      namespace = "*"

      [token.several]
      secrets = ["hushhush-of-several", "hushhush-of-several-too"]
      namespace = "several."

      [token.file]
      secret_file = "file.secret"
      namespace = "file."
      """;
  private static final String WRONG = "hushhush-of-nobody";

  @TempDir Path directory;
  private final List<String> secrets =
      new ArrayList<>(
          List.of(
              "hushhush-of-the-admin",
              "hushhush-of-several",
              "hushhush-of-several-too",
              "hushhush-of-the-file",
              WRONG));

  @Test
  void no_secret_is_in_logs_dumps_backups_or_the_heap() throws Exception {
    Path file = Files.writeString(directory.resolve("file.secret"), "hushhush-of-the-file\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    ZtickServer.Setup setup =
        ZtickServer.withJournal(directory).auth(TOKENS).set("log", "level", "trace");
    Path state = ZtickServer.state(directory);
    try (ZtickServer server = setup.start()) {
      use(server);
      Path heap = directory.resolve("heap.hprof");
      // A full collection comes before each of them.
      String histogram = jcmd(server, "GC.class_histogram");
      jcmd(server, "GC.heap_dump", heap.toString());
      assertThat(histogram).contains("io.ztick.").doesNotContain("hushhush", "ztk_");
      assertThat(found(heap, secrets)).as("secrets in the heap").isEmpty();
      assertThat(found(heap, List.of("made.x"))).as("what has to be found").hasSize(1);
      Files.delete(heap);
      server.stop();
      assertThat(server.log())
          .noneMatch(line -> line.contains("hushhush") || line.contains("ztk_"));
      assertThat(server.log())
          .anyMatch(line -> line.contains(" TRACE ") || line.contains(" DEBUG"));
    }
    try (Stream<Path> files = Files.walk(state)) {
      List<Path> kept = files.filter(Files::isRegularFile).toList();
      assertThat(kept).anyMatch(path -> path.toString().contains("backup-of-it"));
      for (Path path : kept) {
        assertThat(found(path, secrets)).as(path.toString()).isEmpty();
      }
    }
    for (String format : List.of("text", "json")) {
      Ztick dump = Ztick.run("dump", "--format", format, state.toString());
      assertThat(dump.output() + dump.errors()).contains("made").doesNotContain("hush", "ztk_");
    }
  }

  /// Everything that a secret goes through.
  private void use(ZtickServer server) throws Exception {
    try (Wire admin = server.connect("hushhush-of-the-admin");
        Wire several = server.connect("hushhush-of-several-too");
        Wire ofFile = server.connect("hushhush-of-the-file");
        Wire wrong = server.connect()) {
      wrong.send("AUTH " + WRONG).expect("ERROR auth_failed").expectClosed();
      several.send("AUTH hushhush-of-several").expect("ERROR bad_request already authenticated");
      ofFile.send("SET other.x now").expect("ERROR auth_denied…");
      secrets.add(Words.of(admin.ask("TOKEN CREATE made made.")).get(1));
      secrets.add(Words.of(admin.ask("TOKEN ROTATE made")).get(1));
      admin.send("SET made.x 2099-01-01").expect("OK");
      for (String secret : secrets.subList(5, secrets.size())) {
        try (Wire made = server.connect(secret)) {
          made.send("SET made.y 2099-01-01").expect("OK");
        }
      }
      assertThat(admin.rows("RELOAD")).isNotNull();
      admin.send("BACKUP backup-of-it").expect("OK…");
    }
  }

  private static String jcmd(ZtickServer server, String... command) throws Exception {
    List<String> words = new ArrayList<>();
    words.add(
        Path.of(Objects.requireNonNull(System.getProperty("java.home")), "bin", "jcmd").toString());
    words.add(Long.toString(server.pid()));
    words.addAll(List.of(command));
    return Tool.run(words.toArray(String[]::new));
  }

  /// The texts that a file holds, in one of the forms that a heap has them in.
  private static List<String> found(Path file, List<String> texts) throws IOException {
    String content = new String(Files.readAllBytes(file), ISO_8859_1);
    return texts.stream()
        .filter(
            text ->
                Stream.of(ISO_8859_1, UTF_16LE, UTF_16BE)
                    .map(charset -> new String(text.getBytes(charset), ISO_8859_1))
                    .anyMatch(content::contains))
        .toList();
  }
}
