package io.ztick.tests;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.ztick.client.ClientOptions;
import io.ztick.client.Endpoint;
import io.ztick.client.Job;
import io.ztick.client.Rule;
import io.ztick.client.Token;
import io.ztick.client.UnknownOutcomeException;
import io.ztick.client.ZtickClient;
import io.ztick.client.ZtickException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The client's example is the same wherever it is printed, and does what it says.
class ClientExampleIT {
  private static final String PORT = "5678";
  private static final String ENDPOINT = "ztick://localhost:" + PORT;
  private static final String FENCE = "```";

  @TempDir Path directory;

  /// The example, for a process of its own: its token stands in the environment.
  static final class Example {
    private Example() {}

    public static void main(String[] arguments) {
      // example
      ClientOptions options =
          ClientOptions.builder(Endpoint.parse(arguments[0]))
              .token(Token.ofEnvironment("ZTICK_TOKEN"))
              .build();
      try (ZtickClient client = ZtickClient.connect(options)) {
        client.setRule(
            Rule.shell("rule.hello.", "hello.", "echo \"$ZTICK_JOB_ID\" >> /tmp/hello.txt"));
        client.set("hello.world", Duration.ofSeconds(5));
        Job job = client.get("hello.world");
        System.out.println(job.id() + " is " + job.status() + " for " + job.execution());

        // Without waiting: any number of calls in flight, answered in their order.
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        for (int day = 1; day <= 28; day++) {
          Instant time = Instant.parse("2099-02-%02dT03:00:00Z".formatted(day));
          answers.add(client.setAsync("hello.daily.%02d".formatted(day), time));
        }
        answers.forEach(CompletableFuture::join);

        // Read while it is consumed, a million jobs as well as 28.
        try (Stream<Job> jobs = client.query("hello.daily.")) {
          System.out.println(jobs.count() + " jobs are planned");
        }
      } catch (UnknownOutcomeException e) {
        System.err.println("whether the last change is kept is not known: " + e.getMessage());
      } catch (ZtickException e) {
        System.err.println("the server or the connection said no: " + e.getMessage());
      } catch (CompletionException e) {
        System.err.println("a call that was joined failed: " + e.getCause());
      }
      // end
    }
  }

  @Test
  void the_example_says_what_it_finds() throws Exception {
    try (ZtickServer server =
        ZtickServer.in(directory)
            .auth("[token.hello]\nsecret = \"sk_hello_0123\"\nnamespace = \"hello.\"\n")
            .start()) {
      assertThat(run(server.port(), "sk_hello_0123"))
          .containsPattern("hello.world is PLANNED for [0-9TZ:.-]+\n28 jobs are planned\n");
      assertThat(run(server.port(), "wrong"))
          .isEqualTo("the server or the connection said no: auth_failed\n");
    }
  }

  @Test
  void the_example_is_printed_as_it_is_compiled() throws Exception {
    Path root = Path.of(System.getProperty("basedir", "."), "..");
    Path source = Path.of("src/test/java/io/ztick/tests/ClientExampleIT.java");
    String compiled =
        Files.readString(root.resolve("tests").resolve(source))
            .replace("Endpoint.parse(arguments[0])", "Endpoint.parse(\"" + ENDPOINT + "\")");
    String example = outdented(between(compiled, "      // example\n", "      // end\n"));
    assertThat(fenced(root.resolve("README.md"), "")).isEqualTo(example);
    Path types = root.resolve("client/src/main/java/io/ztick/client/package-info.java");
    assertThat(fenced(types, "/// ?")).isEqualTo(example);
  }

  private static String fenced(Path file, String prefix) throws IOException {
    String text =
        Files.readString(file)
            .lines()
            .map(line -> line.replaceFirst("^" + prefix, ""))
            .collect(joining("\n"));
    return between(text, FENCE + "java\n", FENCE);
  }

  private static String outdented(String lines) {
    return lines.lines().map(line -> line.replaceFirst("^ {6}", "") + "\n").collect(joining());
  }

  private static String between(String text, String begin, String end) {
    int from = text.indexOf(begin) + begin.length();
    return text.substring(from, text.indexOf(end, from));
  }

  private String run(int port, String token) throws Exception {
    Path output = directory.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(Objects.requireNonNull(System.getProperty("java.home")), "bin/java")
                    .toString(),
                "-cp",
                Objects.requireNonNull(System.getProperty("java.class.path")),
                Example.class.getName(),
                ENDPOINT.replace(PORT, Integer.toString(port)))
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("ZTICK_TOKEN", token);
    Process process = builder.start();
    assertThat(process.waitFor(ZtickServer.BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return Files.readString(output, StandardCharsets.UTF_8)
        .lines()
        .filter(line -> !line.contains(" io.ztick.client."))
        .map(line -> line + "\n")
        .collect(joining());
  }
}
