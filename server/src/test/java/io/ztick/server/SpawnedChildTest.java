package io.ztick.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ztick.scheduler.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What only a process has that is the leader of a session.
class SpawnedChildTest {
  @TempDir private Path directory;
  private final RunThreads threads = new RunThreads(SpawnedChild::start);
  private final ProcessRuns runs = new ProcessRuns(threads);

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
    assertThat(threads.perform(runs.shell("kill -9 $$"))).isEqualTo(Outcome.signal(9));
  }

  @Test
  void a_run_that_was_ended_before_it_began_ends_at_once() {
    ProcessRun run = runs.shell("exec sleep 600");
    run.terminate();

    assertThat(threads.perform(run)).isEqualTo(Outcome.signal(15));
  }

  @Test
  void kill_reaches_the_group_when_its_leader_has_already_obeyed_term() {
    ProcessRun run =
        runs.shell(
            "(trap '' TERM; exec sleep 600) & echo $$ $! > pids; wait",
            RunsOfTest.directory(directory));
    CompletableFuture<Outcome> outcome = threads.begin(run);
    Path file = directory.resolve("pids");
    await().until(() -> Files.exists(file));
    String[] pids =
        await().until(() -> Files.readString(file).split("\\s"), words -> words.length == 2);
    // Only when the member ignores TERM may it be sent.
    await().until(() -> Files.readString(Path.of("/proc", pids[1], "comm")).equals("sleep\n"));

    run.terminate();
    await().until(() -> !ProcessRuns.isRunning(pids[0]));
    assertThat(outcome).isNotDone();
    assertThat(ProcessRuns.isRunning(pids[1])).isTrue();

    run.kill();
    assertThat(outcome.join()).isEqualTo(Outcome.signal(15));
    await().until(() -> !ProcessRuns.isRunning(pids[1]));
  }

  @Test
  void a_process_leads_a_session_of_its_own() throws IOException {
    runs.perform(directory, "cp", "/proc/self/stat", "stat");

    String[] stat = Files.readString(directory.resolve("stat")).split(" ", -1);
    String pid = stat[0];
    assertThat(List.of(stat[4], stat[5])).containsExactly(pid, pid);
  }

  @Test
  void every_signal_has_its_default_and_none_is_blocked() throws IOException {
    runs.perform(directory, "cp", "/proc/self/status", "status");

    assertThat(Files.readString(directory.resolve("status")).lines())
        .contains("SigIgn:\t0000000000000000", "SigBlk:\t0000000000000000");
  }

  @Test
  void what_cannot_be_started_is_said_with_the_reason() throws IOException {
    Path plain = Files.createFile(directory.resolve("plain"));

    assertThat(threads.perform(runs.direct("/no/such/file")).text())
        .isEqualTo("cannot start /no/such/file: No such file or directory");
    assertThat(threads.perform(runs.direct("no-such-program")).text())
        .isEqualTo("cannot start no-such-program: No such file or directory");
    assertThat(threads.perform(runs.direct(plain.toString())).text())
        .isEqualTo("cannot start " + plain + ": Permission denied");
    assertThat(threads.perform(runs.direct("true", "x".repeat(200_000))).text())
        .isEqualTo("cannot start true: Argument list too long");
    assertThat(
            threads.perform(runs.shell("exit 0", RunsOfTest.directory(Path.of("/no/such")))).text())
        .isEqualTo("cannot start in /no/such: No such file or directory");
  }

  @Test
  void a_thousand_runs_at_once_leave_neither_a_zombie_nor_a_descriptor() throws IOException {
    threads.perform(runs.shell("exit 0"));
    long before = ProcessRuns.openDescriptors();
    List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      outcomes.add(threads.begin(i % 2 == 0 ? runs.direct("true") : runs.direct("/no/such/file")));
    }
    for (int i = 0; i < 1000; i++) {
      assertThat(outcomes.get(i).join().success()).isEqualTo(i % 2 == 0);
    }

    assertThat(ProcessRuns.openDescriptors()).isLessThan(before + 20);
    assertThat(ProcessHandle.current().children()).isEmpty();
  }
}
