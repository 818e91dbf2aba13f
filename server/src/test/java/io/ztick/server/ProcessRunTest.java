package io.ztick.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ztick.scheduler.Outcome;
import io.ztick.scheduler.Runner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What holds however processes are started.
@ParameterizedClass
@EnumSource(ProcessRunTest.Way.class)
class ProcessRunTest {
  enum Way {
    SPAWNED,
    BY_THE_JDK;

    Processes.Starter starter() {
      return switch (this) {
        case SPAWNED -> SpawnedChild::start;
        case BY_THE_JDK -> JdkChild::start;
      };
    }
  }

  /// A time-out that a shell with its traps is ready before, also on a slow and busy machine.
  private static final Duration TRAPS_ARE_SET = Duration.ofSeconds(3);

  @TempDir private Path directory;
  private final RunThreads threads;
  private final ProcessRuns runs;

  ProcessRunTest(Way way) {
    threads = new RunThreads(way.starter());
    runs = new ProcessRuns(threads);
  }

  @AfterEach
  void end() {
    threads.close();
  }

  @ParameterizedTest
  @CsvSource({"exit 0, ok", "exit 3, exit 3", "exit 255, exit 255"})
  void the_end_of_the_process_is_the_outcome(String command, String outcome) {
    assertThat(threads.perform(runs.shell(command)).text()).isEqualTo(outcome);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sleep 60 & echo $! $$; sleep 60",
        "trap '' TERM; sleep 60 & echo $! $$; sleep 60",
        "(trap '' TERM; sleep 60) & echo $! $$; sleep 60",
        "(trap '' TERM; exec sleep 60 >/dev/null 2>&1) & echo $! $$; sleep 60",
      })
  void a_timeout_ends_every_process_of_the_group(String command) {
    ProcessRun run =
        runs.shell(command, RunsOfTest.timeouts(TRAPS_ARE_SET, Duration.ofMillis(300)));

    assertThat(threads.perform(run)).isEqualTo(Outcome.TIMEOUT);
    for (String pid : run.output().split(" ", -1)) {
      await().untilAsserted(() -> assertThat(ProcessRuns.isRunning(pid)).isFalse());
    }
  }

  @Test
  void a_member_of_the_group_has_its_grace_also_when_the_leader_is_gone() {
    Path left = directory.resolve("left");
    Path ready = directory.resolve("ready");
    // A shell says on its stderr that its sleep was ended; by the JDK nobody reads that any more
    // when the leader is gone, and SIGPIPE would end it.
    String command =
        ("(exec 2>/dev/null; trap 'sleep 0.2; echo bye > %s; exit' TERM; : > %s;"
                + " while :; do sleep 0.05; done) & wait")
            .formatted(left, ready);
    ProcessRun run =
        runs.shell(command, RunsOfTest.timeouts(Duration.ofMinutes(5), Duration.ofMinutes(5)));

    CompletableFuture<Outcome> outcome = threads.begin(run);
    await().untilAsserted(() -> assertThat(ready).exists());
    run.terminate();

    assertThat(outcome.join().success()).isFalse();
    assertThat(left).hasContent("bye");
  }

  @Test
  void what_a_command_leaves_in_the_background_goes_on_and_holds_nobody_up() {
    ProcessRun run = runs.shell("sleep 600 & echo $!");

    assertThat(threads.perform(run)).isEqualTo(Outcome.OK);
    assertThat(ProcessRuns.isRunning(run.output())).isTrue();
    ProcessHandle.of(Long.parseLong(run.output())).orElseThrow().destroyForcibly();
  }

  @Test
  void input_is_empty_and_no_descriptor_of_the_server_is_open() {
    ProcessRun run = runs.shell("readlink /proc/$$/fd/0; ls /proc/$$/fd; cat; exit 1");

    threads.perform(run);
    assertThat(run.output().lines()).containsExactly("/dev/null", "0", "1", "2");
  }

  @Test
  void the_environment_is_what_was_given_and_nothing_else() throws IOException {
    runs.perform(directory, "cp", "/proc/self/environ", "environ");

    Map<String, String> expected = new TreeMap<>();
    System.getenv()
        .forEach(
            (name, value) -> {
              if (name.matches("PATH|HOME|USER|LANG|TZ|LC_.*")) {
                expected.put(name, value);
              }
            });
    expected.put("ZTICK_JOB_ID", "job");
    expected.put("ZTICK_RULE_ID", "rule");
    expected.put("ZTICK_EXECUTION_NS", "1775044800000000000");
    expected.put("ZTICK_RUN_ID", "7-1775044800000000000");
    expected.put("ZTICK_ATTEMPT", "2");
    assertThat(Files.readString(directory.resolve("environ")).split("\0"))
        .containsExactlyInAnyOrder(
            expected.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .toArray(String[]::new));
  }

  @Test
  void a_variable_of_the_run_cannot_be_replaced_by_one_of_the_server() {
    List<byte[]> server = List.of(utf8("ZTICK_JOB_ID=other"), utf8("PATH=/bin"), utf8("SECRET=1"));
    var environment =
        new ProcessEnvironment(server, List.of("ZTICK_JOB_ID"))
            .of(RunsOfTest.run(new Runner.Direct("true", List.of())));

    assertThat(environment.stream().map(bytes -> new String(bytes, StandardCharsets.UTF_8)))
        .contains("ZTICK_JOB_ID=job", "PATH=/bin")
        .doesNotContain("ZTICK_JOB_ID=other", "SECRET=1");
  }

  @Test
  void of_ten_megabytes_the_last_bytes_are_kept() {
    ProcessRun run =
        runs.shell("yes | head -c 10000000; echo the end; exit 1", RunsOfTest.maxOutputBytes(1000));

    assertThat(threads.perform(run)).isEqualTo(Outcome.exit(1));
    assertThat(run.output()).hasSize(999).endsWith("y\nthe end");
  }

  @Test
  void output_and_errors_may_both_be_flooded() {
    ProcessRun run = runs.shell("yes | head -c 3000000 & yes | head -c 3000000 >&2; wait; exit 4");

    assertThat(threads.perform(run)).isEqualTo(Outcome.exit(4));
  }

  @Test
  void a_process_that_closes_its_output_goes_on() {
    assertThat(threads.perform(runs.shell("exec >&- 2>&-; sleep 0.2; exit 5")))
        .isEqualTo(Outcome.exit(5));
  }

  @Test
  void a_program_without_a_slash_is_found_in_the_path() {
    assertThat(threads.perform(runs.direct("true"))).isEqualTo(Outcome.OK);
  }

  @Test
  void a_process_runs_in_the_directory_of_the_configuration() {
    ProcessRun run = runs.shell("pwd; exit 1", RunsOfTest.directory(directory));

    threads.perform(run);
    assertThat(run.output()).isEqualTo(directory.toString());
  }

  @Test
  void no_descriptor_is_left_behind() throws IOException {
    threads.perform(runs.shell("exit 0"));
    long before = ProcessRuns.openDescriptors();
    for (int i = 0; i < 50; i++) {
      threads.perform(runs.shell("exit 0"));
      threads.perform(runs.direct("/no/such/file"));
    }
    assertThat(ProcessRuns.openDescriptors()).isLessThan(before + 20);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
