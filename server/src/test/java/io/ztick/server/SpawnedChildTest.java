package io.ztick.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ztick.scheduler.Outcome;
import io.ztick.scheduler.Rule;
import io.ztick.scheduler.Run;
import io.ztick.scheduler.Runner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What only a process has that is the leader of a session.
class SpawnedChildTest {
  private static final Run RUN =
      new Run("job", 0, 1, 1, new Rule("rule", "*", new Runner.Shell("")));

  private static final List<byte[]> ENVIRONMENT =
      ProcessEnvironment.ofServer(List.of())
          .of(RunsOfTest.run(new Runner.Direct("true", List.of())));

  @TempDir private Path directory;
  private final RunThreads threads = new RunThreads(SpawnedChild::start);

  @AfterEach
  void end() {
    threads.close();
  }

  @Test
  void this_system_has_all_that_it_needs() {
    assertThat(SpawnedChild.isSupported()).isTrue();
  }

  @Test
  void a_signal_that_ended_the_process_is_the_outcome() {
    assertThat(threads.perform(shell("kill -9 $$"))).isEqualTo(Outcome.signal(9));
  }

  @Test
  void a_run_that_was_ended_before_it_began_ends_at_once() {
    ProcessRun run = shell("exec sleep 600");
    run.terminate();

    assertThat(threads.perform(run)).isEqualTo(Outcome.signal(15));
  }

  @Test
  void kill_reaches_the_group_when_its_leader_has_already_obeyed_term() {
    ProcessRun run =
        shell(
            "(trap '' TERM; exec sleep 600) & echo $$ $! > pids; wait",
            RunsOfTest.directory(directory));
    CompletableFuture<Outcome> outcome = threads.begin(run);
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
  void what_cannot_be_started_is_said_with_the_reason() throws IOException {
    Path plain = Files.createFile(directory.resolve("plain"));

    assertThat(threads.perform(run("/no/such/file")).text())
        .isEqualTo("cannot start /no/such/file: No such file or directory");
    assertThat(threads.perform(run("no-such-program")).text())
        .isEqualTo("cannot start no-such-program: No such file or directory");
    assertThat(threads.perform(run(plain.toString())).text())
        .isEqualTo("cannot start " + plain + ": Permission denied");
    assertThat(threads.perform(run("true", "x".repeat(200_000))).text())
        .isEqualTo("cannot start true: Argument list too long");
    assertThat(threads.perform(shell("exit 0", RunsOfTest.directory(Path.of("/no/such")))).text())
        .isEqualTo("cannot start in /no/such: No such file or directory");
  }

  @Test
  void a_thousand_runs_at_once_leave_neither_a_zombie_nor_a_descriptor() throws IOException {
    threads.perform(shell("exit 0"));
    long before = openDescriptors();
    List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      outcomes.add(threads.begin(i % 2 == 0 ? run("true") : run("/no/such/file")));
    }
    for (int i = 0; i < 1000; i++) {
      assertThat(outcomes.get(i).join().success()).isEqualTo(i % 2 == 0);
    }

    assertThat(openDescriptors()).isLessThan(before + 20);
    assertThat(ProcessHandle.current().children()).isEmpty();
  }

  private static long openDescriptors() throws IOException {
    try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.count();
    }
  }

  private void perform(String... command) {
    var run =
        new ProcessRun(
            RUN, List.of(command), ENVIRONMENT, threads.processes, RunsOfTest.directory(directory));
    assertThat(threads.perform(run)).as(run.output()).isEqualTo(Outcome.OK);
  }

  private ProcessRun run(String... command) {
    return new ProcessRun(
        RUN, List.of(command), ENVIRONMENT, threads.processes, RunsOfTest.DEFAULTS);
  }

  private ProcessRun shell(String command) {
    return shell(command, RunsOfTest.DEFAULTS);
  }

  private ProcessRun shell(String command, Configuration.Runs runs) {
    return new ProcessRun(
        RUN, List.of("/bin/sh", "-c", command), ENVIRONMENT, threads.processes, runs);
  }

  private String read(String file) {
    try {
      return Files.readString(directory.resolve(file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
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
