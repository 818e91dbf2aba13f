package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// The programs of a user's machine.
final class Tool {
  private Tool() {}

  /// Skips the test, and names the Debian package, when the program is missing.
  static void assumeInstalled(String program, String debianPackage) {
    String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
    for (String directory : path.split(File.pathSeparator, -1)) {
      if (Files.isExecutable(Path.of(directory, program))) {
        return;
      }
    }
    assumeTrue(false, program + " is missing: apt-get install " + debianPackage);
  }

  /// Runs a program to its end; the answer is its standard output.
  static String run(String... command) throws IOException, InterruptedException {
    return run(ZtickServer.BOUND, command);
  }

  /// Runs a program that may take as long as `bound`.
  static String run(Duration bound, String... command) throws IOException, InterruptedException {
    Path output = Files.createTempFile("output", ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .redirectOutput(output.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      boolean ended = process.waitFor(bound.toSeconds(), TimeUnit.SECONDS);
      process.destroyForcibly();
      assertThat(ended).as("%s ends", String.join(" ", command)).isTrue();
      return Files.readString(output);
    } finally {
      Files.delete(output);
    }
  }
}
