package io.ztick.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.ztick.scheduler.Outcome;
import io.ztick.scheduler.Rule;
import io.ztick.scheduler.Run;
import io.ztick.scheduler.Runner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Runs that are processes, and what the system knows of them.
final class ProcessRuns {
  private static final Run RUN =
      new Run("job", 0, 1, 1, new Rule("rule", "*", new Runner.Shell("")));

  private static final List<byte[]> ENVIRONMENT =
      ProcessEnvironment.ofServer(List.of())
          .of(RunsOfTest.run(new Runner.Direct("true", List.of())));

  private final RunThreads threads;

  ProcessRuns(RunThreads threads) {
    this.threads = threads;
  }

  ProcessRun direct(String... command) {
    return of(List.of(command), RunsOfTest.DEFAULTS);
  }

  ProcessRun shell(String command) {
    return shell(command, RunsOfTest.DEFAULTS);
  }

  ProcessRun shell(String command, Configuration.Runs settings) {
    return of(List.of("/bin/sh", "-c", command), settings);
  }

  /// Runs a command in a directory until it has ended well.
  void perform(Path directory, String... command) {
    ProcessRun run = of(List.of(command), RunsOfTest.directory(directory));
    assertThat(threads.perform(run)).as(run.output()).isEqualTo(Outcome.OK);
  }

  private ProcessRun of(List<String> command, Configuration.Runs settings) {
    return new ProcessRun(RUN, command, ENVIRONMENT, threads.processes, settings);
  }

  /// Whether a process is there, and not only waits to be reaped.
  static boolean isRunning(String pid) {
    try {
      String stat = Files.readString(Path.of("/proc", pid, "stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException e) {
      return false;
    }
  }

  /// How many descriptors this process has.
  static long openDescriptors() throws IOException {
    try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.count();
    }
  }
}
