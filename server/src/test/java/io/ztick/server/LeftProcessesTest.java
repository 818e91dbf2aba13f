package io.ztick.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.ztick.scheduler.Outcome;
import io.ztick.scheduler.Rule;
import io.ztick.scheduler.Run;
import io.ztick.scheduler.Runner;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What an earlier server left behind is played by processes of the test: their parent is no
/// server.
class LeftProcessesTest {
  private static final Run REPEATED =
      new Run("job 1", 1_775_044_800_000_000_007L, 7, 2, new Rule("r", "*", new Runner.Shell("")));

  private final List<Process> processes = new ArrayList<>();
  private final RunThreads threads = new RunThreads();

  @AfterEach
  void end() {
    processes.forEach(process -> process.descendants().forEach(ProcessHandle::destroyForcibly));
    processes.forEach(Process::destroyForcibly);
    threads.close();
  }

  @Test
  void processes_are_known_by_the_job_and_the_run_in_their_environment() throws Exception {
    Process left = sleep("job 1", REPEATED.id());
    sleep("job 2", REPEATED.id());
    sleep("job 1", "8-" + REPEATED.executionNanos());

    assertThat(new LeftProcesses(REPEATED).find()).containsExactly(left.toHandle());
  }

  @Test
  void a_run_that_is_repeated_ends_them_before_it_starts() throws Exception {
    Process left = sleep("job 1", REPEATED.id());

    assertThat(repeat("kill -0 " + left.pid()).success()).isFalse();
    assertThat(left.isAlive()).isFalse();
  }

  @Test
  void a_child_with_another_environment_ends_with_its_session() throws Exception {
    Process left =
        start("job 1", REPEATED.id(), "setsid", "sh", "-c", "env -i sleep 100 & echo $!; wait");
    long child = Long.parseLong(left.inputReader().readLine());

    // Nobody may have collected it yet.
    String runs = "grep -q '^State:.[^Z]' /proc/%d/status".formatted(child);
    assertThat(repeat(runs).success()).isFalse();
  }

  @Test
  void one_that_ignores_term_is_killed_after_its_grace() throws Exception {
    Process left =
        start("job 1", REPEATED.id(), "sh", "-c", "trap '' TERM; echo ready; sleep 100 & wait");
    assertThat(left.inputReader().readLine()).isEqualTo("ready");

    assertThat(repeat("true")).isEqualTo(Outcome.OK);
    assertThat(left.isAlive()).isFalse();
  }

  @Test
  void the_first_attempt_of_a_run_looks_for_nothing() throws Exception {
    Process left = sleep("job 1", REPEATED.id());
    Run first = new Run(REPEATED.job(), REPEATED.executionNanos(), 7, 1, REPEATED.rule());

    assertThat(perform(first, "kill -0 " + left.pid())).isEqualTo(Outcome.OK);
  }

  @Test
  void what_is_the_child_of_a_server_that_lives_is_left_alone() throws Exception {
    // A shell that looks like a server, whose child leads a session as the processes of runs do.
    Process server =
        start(
            "job 1",
            REPEATED.id(),
            "sh",
            "-c",
            "exec 3>&1; setsid sh -c 'echo $$ >&3; exec sleep 100' & wait",
            Main.class.getName());
    long child = Long.parseLong(server.inputReader().readLine());

    assertThat(new LeftProcesses(REPEATED).find()).isEmpty();
    assertThat(ProcessHandle.of(child)).isPresent();
  }

  private Process sleep(String job, String run) throws IOException {
    return start(job, run, "sleep", "100");
  }

  private Process start(String job, String run, String... command) throws IOException {
    var builder = new ProcessBuilder(command);
    builder.environment().put("ZTICK_JOB_ID", job);
    builder.environment().put("ZTICK_RUN_ID", run);
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  private Outcome repeat(String command) {
    return perform(REPEATED, command);
  }

  private Outcome perform(Run run, String command) {
    Configuration.Runs settings = RunsOfTest.timeouts(Duration.ofHours(1), Duration.ofMillis(300));
    return threads.perform(
        new ProcessRun(
            run, List.of("/bin/sh", "-c", command), List.of(), threads.processes, settings));
  }
}
