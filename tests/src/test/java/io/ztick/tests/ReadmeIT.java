package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the README shows is what happens.
class ReadmeIT {
  private static final String COMMANDS = "SET|GET|SHOW|QUERY|RULE";
  private static final Pattern BLOCK = Pattern.compile("(?s)```console\n(.*?)```");
  private static final Pattern VARYING = Pattern.compile("[0-9]{19}");

  @TempDir static Path directory;
  private static ZtickServer server;

  @BeforeAll
  static void start() throws Exception {
    server = ZtickServer.in(directory).start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void five_minutes_go_as_printed() throws Exception {
    Path output = directory.resolve("hello.txt");
    String printed = blocks().get(0) + blocks().get(1);
    String session = printed.replace("/tmp/ztick-hello.txt", output.toString());
    try (Wire wire = Wire.connect(server.port())) {
      for (String line : session.lines().filter(line -> !line.startsWith("$")).toList()) {
        if (line.startsWith("SHOW")) {
          awaitExecuted("hello.world");
        }
        if (line.matches("(" + COMMANDS + ") .*")) {
          wire.send(line);
        } else {
          assertThat(normal(wire.line())).isEqualTo(normal(line));
        }
      }
    }
    assertThat(output).content().matches("hello.world ran at [0-9:]{8}\n");
  }

  @Test
  void a_pipeline_of_a_program_is_answered_as_printed() throws Exception {
    Tool.assumeInstalled("socat", "socat");
    List<String> lines = blocks().get(2).lines().toList();
    String command =
        lines
            .getFirst()
            .substring(2)
            .replace("socat -", "socat -t 30 -")
            .replace("localhost:5678", "127.0.0.1:" + server.port());
    assertThat(Tool.run("bash", "-c", command).lines())
        .containsExactlyElementsOf(lines.subList(1, lines.size()));
  }

  @Test
  void every_command_of_the_table_is_one_that_help_knows() throws Exception {
    List<String> helped = new ArrayList<>();
    try (Wire wire = Wire.connect(server.port())) {
      wire.send("HELP");
      for (String line = wire.line(); !line.equals("OK"); line = wire.line()) {
        helped.add(line.split(" ", 2)[0]);
      }
    }
    assertThat(helped)
        .isNotEmpty()
        .allSatisfy(command -> assertThat(readme()).containsPattern("\n\\| .*`" + command));
  }

  private static void awaitExecuted(String job) {
    await()
        .atMost(ZtickServer.BOUND)
        .until(
            () -> {
              try (Wire wire = Wire.connect(server.port())) {
                return wire.send("GET " + job).line().startsWith("OK executed ");
              }
            });
  }

  private static String normal(String line) {
    return VARYING.matcher(line).replaceAll("N");
  }

  private static List<String> blocks() throws IOException {
    return BLOCK.matcher(readme()).results().map(block -> block.group(1)).toList();
  }

  private static String readme() throws IOException {
    return Files.readString(ZtickServer.home().resolve("README.md"));
  }
}
