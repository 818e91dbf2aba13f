package io.ztick.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ztick.scheduler.Outcome;
import io.ztick.scheduler.Rule;
import io.ztick.scheduler.Run;
import io.ztick.scheduler.Runner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessRunTest {
  private static final Run RUN =
      new Run("job", 0, 1, 1, new Rule("rule", "*", new Runner.Shell("")));

  private static final List<byte[]> ENVIRONMENT =
      ProcessEnvironment.ofServer(List.of())
          .of(RunsOfTest.run(new Runner.Direct("true", List.of())));

  /// A time-out that a shell with its traps is ready before, also on a slow and busy machine.
  private static final Duration TRAPS_ARE_SET = Duration.ofSeconds(3);

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({"exit 0, ok", "exit 3, exit 3", "exit 255, exit 255", "kill -9 $$, signal 9"})
  void the_end_of_the_process_is_the_outcome(String command, String outcome) {
    assertThat(shell(command).perform().text()).isEqualTo(outcome);
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
    ProcessRun run = shell(command, RunsOfTest.timeouts(TRAPS_ARE_SET, Duration.ofMillis(300)));

    assertThat(run.perform()).isEqualTo(Outcome.TIMEOUT);
    for (String pid : run.output().split(" ", -1)) {
      await().untilAsserted(() -> assertThat(runs(pid)).isFalse());
    }
  }

  @Test
  void a_member_of_the_group_has_its_grace_also_when_the_leader_is_gone() {
    Path left = directory.resolve("left");
    String command =
        "(trap 'sleep 0.2; echo bye > %s; exit' TERM; while :; do sleep 0.05; done) & wait"
            .formatted(left);
    ProcessRun run = shell(command, RunsOfTest.timeouts(TRAPS_ARE_SET, Duration.ofMinutes(5)));

    assertThat(run.perform()).isEqualTo(Outcome.TIMEOUT);
    assertThat(left).hasContent("bye");
  }

  @Test
  void what_a_command_leaves_in_the_background_goes_on_and_holds_nobody_up() {
    ProcessRun run = shell("sleep 600 & echo $!");

    assertThat(run.perform()).isEqualTo(Outcome.OK);
    assertThat(runs(run.output())).isTrue();
    ProcessHandle.of(Long.parseLong(run.output())).orElseThrow().destroyForcibly();
  }

  @Test
  void a_run_that_was_ended_before_it_began_ends_at_once() {
    ProcessRun run = shell("exec sleep 600");
    run.terminate();

    assertThat(run.perform()).isEqualTo(Outcome.signal(15));
  }

  @Test
  void kill_reaches_the_group_when_its_leader_has_already_obeyed_term() {
    ProcessRun run =
        shell(
            "(trap '' TERM; exec sleep 600) & echo $$ $! > pids; wait",
            RunsOfTest.directory(directory));
    CompletableFuture<Outcome> outcome = CompletableFuture.supplyAsync(run::perform);
    await().until(() -> Files.exists(directory.resolve("pids")));
    String[] pids = await().until(() -> read("pids").split("\\s"), words -> words.length == 2);
    // Only when the member ignores TERM may it be sent.
    await().until(() -> Files.readString(Path.of("/proc", pids[1], "comm")).equals("sleep\n"));

    run.terminate();
    await().until(() -> !runs(pids[0]));
    assertThat(outcome).isNotDone();
    assertThat(runs(pids[1])).isTrue();

    run.kill();
    assertThat(outcome.join()).isEqualTo(Outcome.signal(15));
    await().until(() -> !runs(pids[1]));
  }

  @Test
  void a_process_leads_a_session_of_its_own() {
    perform("cp", "/proc/self/stat", "stat");

    String[] stat = read("stat").split(" ", -1);
    String pid = stat[0];
    assertThat(List.of(stat[4], stat[5])).containsExactly(pid, pid);
  }

  @Test
  void every_signal_has_its_default_and_none_is_blocked() {
    perform("cp", "/proc/self/status", "status");

    assertThat(read("status").lines())
        .contains("SigIgn:\t0000000000000000", "SigBlk:\t0000000000000000");
  }

  @Test
  void input_is_empty_and_no_descriptor_of_the_server_is_open() {
    ProcessRun run = shell("readlink /proc/$$/fd/0; ls /proc/$$/fd; cat; exit 1");

    run.perform();
    assertThat(run.output().lines()).containsExactly("/dev/null", "0", "1", "2");
  }

  @Test
  void the_environment_is_what_was_given_and_nothing_else() {
    perform("cp", "/proc/self/environ", "environ");

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
    assertThat(read("environ").split("\0"))
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
        shell("yes | head -c 10000000; echo the end; exit 1", RunsOfTest.maxOutputBytes(1000));

    assertThat(run.perform()).isEqualTo(Outcome.exit(1));
    assertThat(run.output()).hasSize(999).endsWith("y\nthe end");
  }

  @Test
  void output_and_errors_may_both_be_flooded() {
    ProcessRun run = shell("yes | head -c 3000000 & yes | head -c 3000000 >&2; wait; exit 4");

    assertThat(run.perform()).isEqualTo(Outcome.exit(4));
  }

  @Test
  void a_process_that_closes_its_output_goes_on() {
    assertThat(shell("exec >&- 2>&-; sleep 0.2; exit 5").perform()).isEqualTo(Outcome.exit(5));
  }

  @Test
  void a_program_without_a_slash_is_found_in_the_path() {
    assertThat(run("true").perform()).isEqualTo(Outcome.OK);
  }

  @Test
  void what_cannot_be_started_is_said_with_the_reason() throws IOException {
    Path plain = Files.createFile(directory.resolve("plain"));

    assertThat(run("/no/such/file").perform().text())
        .isEqualTo("cannot start /no/such/file: No such file or directory");
    assertThat(run("no-such-program").perform().text())
        .isEqualTo("cannot start no-such-program: No such file or directory");
    assertThat(run(plain.toString()).perform().text())
        .isEqualTo("cannot start " + plain + ": Permission denied");
    assertThat(run("true", "x".repeat(200_000)).perform().text())
        .isEqualTo("cannot start true: Argument list too long");
    assertThat(shell("exit 0", RunsOfTest.directory(Path.of("/no/such"))).perform().text())
        .isEqualTo("cannot start in /no/such: No such file or directory");
  }

  @Test
  void a_process_runs_in_the_directory_of_the_configuration() {
    ProcessRun run = shell("pwd; exit 1", RunsOfTest.directory(directory));

    run.perform();
    assertThat(run.output()).isEqualTo(directory.toString());
  }

  @Test
  void no_descriptor_is_left_behind() throws IOException {
    shell("exit 0").perform();
    long before = openDescriptors();
    for (int i = 0; i < 50; i++) {
      shell("exit 0").perform();
      run("/no/such/file").perform();
    }
    assertThat(openDescriptors()).isLessThan(before + 20);
  }

  private static long openDescriptors() throws IOException {
    try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.count();
    }
  }

  private void perform(String... command) {
    var run = new ProcessRun(RUN, List.of(command), ENVIRONMENT, RunsOfTest.directory(directory));
    assertThat(run.perform()).as(run.output()).isEqualTo(Outcome.OK);
  }

  private static ProcessRun run(String... command) {
    return new ProcessRun(RUN, List.of(command), ENVIRONMENT, RunsOfTest.DEFAULTS);
  }

  private static ProcessRun shell(String command) {
    return shell(command, RunsOfTest.DEFAULTS);
  }

  private static ProcessRun shell(String command, Configuration.Runs runs) {
    return new ProcessRun(RUN, List.of("/bin/sh", "-c", command), ENVIRONMENT, runs);
  }

  private String read(String file) {
    try {
      return Files.readString(directory.resolve(file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static boolean runs(String pid) {
    return stat(pid).map(fields -> !fields[0].equals("Z")).orElse(false);
  }

  private static Optional<String[]> stat(String pid) {
    try {
      String stat = Files.readString(Path.of("/proc", pid, "stat"));
      return Optional.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", 4));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
