package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A program with nothing but the client on its class path, in a small heap, while the server dies
/// twice. `-Dztick.client.jobs=1000000` makes it a million jobs.
class ClientMillionIT {
  private static final int JOBS = Integer.getInteger("ztick.client.jobs", 20_000);
  private static final String SECRET = "sk_million_0123456789abcdef";
  private static final List<String> JARS =
      List.of("ztick-client", "ztick-protocol", "slf4j-api", "jspecify");

  @TempDir Path directory;

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void no_call_is_lost_in_silence_when_the_server_is_killed_twice() throws Exception {
    SelfSigned tls = SelfSigned.create(directory, "EC");
    ZtickServer.Setup setup =
        ZtickServer.withJournal(directory)
            .set("controller", "tls_cert", tls.certificate().toString())
            .set("controller", "tls_key", tls.key().toString())
            .auth("[token.all]\nsecret = \"" + SECRET + "\"\nnamespace = \"*\"\n");
    List<String> said = new ArrayList<>();
    ZtickServer server = setup.start();
    setup.set("controller", "listen", "127.0.0.1:" + server.port());
    Path errors = directory.resolve("errors.txt");
    Process program = start(server.port(), tls, errors);
    try (BufferedReader output = program.inputReader(StandardCharsets.UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        said.add(line);
        if (line.equals("scheduling 40%") || line.equals("reading 60%")) {
          server.kill();
          server.close();
          server = setup.start();
        }
      }
      assertThat(program.waitFor(ZtickServer.BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } finally {
      server.close();
      program.destroyForcibly();
    }
    assertThat(program.exitValue()).as("%s\n%s", said, Files.readString(errors)).isZero();
    assertAccount(said);
    assertThat(Files.readString(errors) + said).doesNotContain(SECRET);
    said.forEach(System.out::println);
  }

  private static void assertAccount(List<String> said) {
    long ok = number(said, "outcomes .*", "OK");
    long nothing = number(said, "outcomes .*", "NOTHING_SENT");
    long unknown = number(said, "outcomes .*", "UNKNOWN");
    assertThat(ok + nothing + unknown).as("calls with a clear end").isEqualTo(JOBS);
    assertThat(unknown).as("calls in flight when the server died").isBetween(1L, 10_000L);
    assertThat(number(said, "reads .*", "OK") + number(said, "reads .*", "NOTHING_SENT"))
        .isEqualTo(JOBS);
    assertThat(said).contains("listing of " + JOBS + " jobs", "done");
  }

  private static long number(List<String> said, String line, String key) {
    String found = said.stream().filter(text -> text.matches(line)).findFirst().orElseThrow();
    for (String word : found.split(" ", -1)) {
      if (word.startsWith(key + "=")) {
        return Long.parseLong(word.substring(key.length() + 1));
      }
    }
    throw new AssertionError(key + " in " + found);
  }

  private Process start(int port, SelfSigned tls, Path errors) throws IOException {
    String java =
        Path.of(Objects.requireNonNull(System.getProperty("java.home")), "bin/java").toString();
    ProcessBuilder builder =
        new ProcessBuilder(
                java,
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-cp",
                classPath(),
                "io.ztick.tests.ClientProgram",
                "ztick+tls://127.0.0.1:" + port,
                tls.certificate().toString(),
                Integer.toString(JOBS))
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectError(errors.toFile());
    builder.environment().put("ZTICK_TOKEN", SECRET);
    return builder.start();
  }

  /// The program's own classes, and of everything else the client's jars only.
  private String classPath() throws IOException {
    String all = Objects.requireNonNull(System.getProperty("java.class.path"));
    List<String> entries = new ArrayList<>();
    for (String entry : all.split(File.pathSeparator, -1)) {
      Path path = Path.of(entry);
      if (entry.endsWith(".jar")
          && JARS.stream().anyMatch(jar -> path.getFileName().toString().startsWith(jar))) {
        entries.add(entry);
      }
      if (Files.exists(path.resolve("io/ztick/tests/ClientProgram.class"))) {
        entries.add(copied(path).toString());
      }
    }
    assertThat(entries).as("of %s", all).hasSize(JARS.size() + 1);
    return String.join(File.pathSeparator, entries);
  }

  private Path copied(Path classes) throws IOException {
    Path copy = directory.resolve("classes");
    Path target = Files.createDirectories(copy.resolve("io/ztick/tests"));
    try (Stream<Path> files = Files.list(classes.resolve("io/ztick/tests"))) {
      for (Path file : files.toList()) {
        if (file.getFileName().toString().startsWith("ClientProgram")) {
          Files.copy(file, target.resolve(file.getFileName()));
        }
      }
    }
    return copy;
  }
}
