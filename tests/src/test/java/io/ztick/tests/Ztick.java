package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A use of the `ztick` command that has ended.
record Ztick(int exitCode, String output, String errors) {
  private static final long BOUND_SECONDS = 4 * ZtickServer.BOUND.toSeconds();

  static Ztick run(Object... arguments) throws IOException, InterruptedException {
    return run(Map.of(), arguments);
  }

  static Ztick run(Map<String, String> environment, Object... arguments)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile("output", ".txt");
    Path errors = Files.createTempFile("errors", ".txt");
    try {
      Process process = start(environment, output, errors, arguments);
      boolean ended = process.waitFor(BOUND_SECONDS, TimeUnit.SECONDS);
      process.destroyForcibly();
      assertThat(ended).as("ztick %s ends", List.of(arguments)).isTrue();
      return new Ztick(process.exitValue(), Files.readString(output), Files.readString(errors));
    } finally {
      Files.delete(output);
      Files.delete(errors);
    }
  }

  static Process start(
      Map<String, String> environment, Path output, Path errors, Object... arguments)
      throws IOException {
    return start(new File("/dev/null"), environment, output, errors, arguments);
  }

  static Process start(
      File input, Map<String, String> environment, Path output, Path errors, Object... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ZtickServer.home().resolve("bin/ztick").toString());
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(input)
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile());
    // What whoever runs the tests has for themselves.
    for (String own : List.of("ZTICK_TOKEN", "ZTICK_ENDPOINT", "ZTICK_PROFILE", "NO_COLOR")) {
      builder.environment().remove(own);
    }
    builder.environment().put("XDG_CONFIG_HOME", "/dev/null");
    builder.environment().putAll(environment);
    return builder.start();
  }

  /// The same, with an exit code of 0.
  static Ztick ok(Object... arguments) throws IOException, InterruptedException {
    return run(arguments).expectDone();
  }

  /// `verify`, without a complaint.
  static Ztick verified(Path directory) throws IOException, InterruptedException {
    Ztick verify = ok("verify", directory);
    assertThat(verify.output.lines()).last().isEqualTo("ok");
    return verify;
  }

  Ztick expectDone() {
    assertThat(exitCode).as("exit code; stderr: %s", errors).isZero();
    return this;
  }

  void expectFailure(String error) {
    assertThat(exitCode).as("exit code; stderr: %s", errors).isEqualTo(1);
    assertThat(output).isEmpty();
    assertThat(errors).startsWith("ztick: ").contains(error).hasLineCount(1);
  }

  /// Refused with a reason and no stack trace.
  Ztick expectRefused() {
    assertThat(exitCode).as("exit code; output: %s", output).isEqualTo(1);
    assertThat(errors).isNotBlank().doesNotContain("\tat ", "Exception");
    return this;
  }

  /// The number behind this word at the start of a line.
  long number(String key) {
    List<Long> numbers =
        output
            .lines()
            .map(Words::of)
            .filter(words -> words.size() == 2 && words.getFirst().equals(key))
            .map(words -> Long.parseLong(words.getLast()))
            .toList();
    assertThat(numbers).as("%s in:\n%s", key, output).hasSize(1);
    return numbers.getFirst();
  }

  ZtickServer.Recovered recovered() {
    return new ZtickServer.Recovered(number("last_change"), number("dropped_bytes"));
  }

  /// The planned jobs and the rules in the text of a `dump`, as {@link Step} knows them.
  Map<String, String> state() {
    Map<String, String> state = new LinkedHashMap<>();
    for (String line : output.lines().toList()) {
      List<String> words = Words.of(line);
      boolean rule = words.getFirst().equals("RULE");
      List<String> said = words.subList(rule ? 2 : 1, words.size());
      state.put(said.getFirst(), String.join(" ", said.subList(1, said.size())));
    }
    return state;
  }
}
