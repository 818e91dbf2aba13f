package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The distribution's command, run to its end as a process of its own, and what it left behind.
record ZtickCommand(int exitCode, String out, String errors) {

  static ZtickCommand run(Object... arguments) throws IOException, InterruptedException {
    return run(Map.of(), arguments);
  }

  static ZtickCommand run(Map<String, String> environment, Object... arguments)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile("out", ".txt");
    Path errors = Files.createTempFile("errors", ".txt");
    try {
      Process process = start(environment, out, errors, arguments);
      boolean ended = process.waitFor(ZtickServer.BOUND.toSeconds(), TimeUnit.SECONDS);
      process.destroyForcibly();
      assertThat(ended).as("ztick %s ends", Arrays.toString(arguments)).isTrue();
      return new ZtickCommand(process.exitValue(), Files.readString(out), Files.readString(errors));
    } finally {
      Files.delete(out);
      Files.delete(errors);
    }
  }

  static Process start(Map<String, String> environment, Path out, Path errors, Object... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ZtickServer.home().resolve("bin/ztick").toString());
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectOutput(out.toFile())
            .redirectError(errors.toFile());
    // A secret of whoever runs the tests.
    builder.environment().remove("ZTICK_TOKEN");
    builder.environment().putAll(environment);
    return builder.start();
  }

  /// The same, but for what it said about itself.
  ZtickCommand expectDone() {
    assertThat(exitCode).as("exit code; stderr: %s", errors).isZero();
    return this;
  }

  void expectFailure(String error) {
    assertThat(exitCode).as("exit code; stderr: %s", errors).isEqualTo(1);
    assertThat(out).isEmpty();
    assertThat(errors).startsWith("ztick: ").contains(error).hasLineCount(1);
  }
}
