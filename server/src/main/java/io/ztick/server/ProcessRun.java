package io.ztick.server;

import io.ztick.scheduler.Outcome;
import io.ztick.scheduler.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A run that is a process. It has ended when the process has; what the process left in the
/// background on purpose goes on, unless the run is ended from here: then the whole process group
/// ends, also those that ignore TERM.
final class ProcessRun implements Execution {

  /// How long the output of a background process is waited for once the process itself has ended.
  /// Behind it the pipe is closed.
  private static final Duration OUTPUT_GRACE = Duration.ofMillis(100);

  /// How often it is looked whether processes have obeyed TERM whose end the kernel does not
  /// report: those of a group but for its leader, and those of another server.
  private static final Duration GROUP_LOOK = Duration.ofMillis(50);

  private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

  private final Run run;
  private final List<String> command;
  private final List<byte[]> environment;
  private final Path directory;
  private final Duration timeout;
  private final Duration killGrace;
  private final OutputTail output;

  /// From its start until it is reaped, when nobody may signal it any more. Guarded by this, as is
  /// the next.
  private @Nullable Child child;

  /// The strongest signal that was sent, or that a process to come gets at once; 0: none.
  private int sent;

  ProcessRun(Run run, List<String> command, List<byte[]> environment, Configuration.Runs runs) {
    this.run = run;
    this.command = command;
    this.environment = environment;
    directory = runs.directory();
    timeout = runs.timeout().isZero() ? FOREVER : runs.timeout();
    killGrace = runs.killGrace();
    output = new OutputTail(runs.maxOutputBytes());
  }

  @Override
  public Outcome perform() {
    if (!Child.SUPPORTED) {
      return Outcome.failed("processes need Linux 5.3 and glibc 2.34, or newer");
    }
    if (run.attempt() > 1 && !endEarlierAttempt()) {
      return Outcome.failed("the processes of an earlier attempt do not end");
    }
    List<byte[]> words =
        command.stream().map(word -> word.getBytes(StandardCharsets.UTF_8)).toList();
    Child started;
    try {
      started = Child.start(words, environment, directory);
    } catch (IOException e) {
      return Outcome.failed(failureToStart(e));
    }
    try (started) {
      return supervise(started);
    } catch (IOException e) {
      return Outcome.failed("lost the process: " + e.getMessage());
    }
  }

  /// Ends what a server that was killed has left behind of the run.
  ///
  /// @return whether nothing of it is left, and nobody wants this run to end before it begins
  private boolean endEarlierAttempt() {
    long sinceNanos = System.nanoTime();
    var processes = new LeftProcesses(run);
    List<ProcessHandle> left = processes.find();
    while (!left.isEmpty() && signalSent() == 0) {
      long nanos = System.nanoTime() - sinceNanos;
      if (nanos >= timeout.toNanos()) {
        return false;
      }
      boolean patient = nanos < killGrace.toNanos();
      left.forEach(patient ? ProcessHandle::destroy : ProcessHandle::destroyForcibly);
      LockSupport.parkNanos(GROUP_LOOK.toNanos());
      left = processes.find();
    }
    return signalSent() == 0;
  }

  /// A missing directory and a missing program give the same error number.
  private String failureToStart(IOException e) {
    String what = Files.isDirectory(directory) ? command.getFirst() : "in " + directory;
    return "cannot start " + what + ": " + e.getMessage();
  }

  private Outcome supervise(Child started) throws IOException {
    boolean timedOut;
    attach(started);
    try {
      timedOut = awaitEnd(started);
      readRest(started);
    } finally {
      detach();
    }
    Libc.Exit exit = started.reap();
    if (timedOut) {
      return Outcome.TIMEOUT;
    }
    return exit.byItself() ? Outcome.exit(exit.number()) : Outcome.signal(exit.number());
  }

  /// Waits until the process has ended and, if it was signalled from here, its group too.
  ///
  /// @return whether it was signalled because its time was up
  private boolean awaitEnd(Child started) throws IOException {
    boolean timedOut = false;
    Duration limit = timeout;
    long sinceNanos = System.nanoTime();
    while (!started.ended() || isGroupAwaited(started)) {
      long leftNanos = limit.toNanos() - (System.nanoTime() - sinceNanos);
      if (leftNanos > 0) {
        long lookNanos = started.ended() ? GROUP_LOOK.toNanos() : leftNanos;
        started.await(Math.min(leftNanos, lookNanos), output);
        continue;
      }
      signal(timedOut ? Libc.SIGKILL : Libc.SIGTERM);
      limit = timedOut ? FOREVER : killGrace;
      timedOut = true;
      sinceNanos = System.nanoTime();
    }
    return timedOut;
  }

  /// KILL needs no waiting for: nobody can ignore it.
  private boolean isGroupAwaited(Child started) {
    return signalSent() == Libc.SIGTERM && started.groupRuns();
  }

  private void readRest(Child started) throws IOException {
    long sinceNanos = System.nanoTime();
    while (!started.silent()) {
      long leftNanos = OUTPUT_GRACE.toNanos() - (System.nanoTime() - sinceNanos);
      if (leftNanos <= 0) {
        return;
      }
      started.await(leftNanos, output);
    }
  }

  @Override
  public String output() {
    return output.text();
  }

  @Override
  public void terminate() {
    signal(Libc.SIGTERM);
  }

  @Override
  public void kill() {
    signal(Libc.SIGKILL);
  }

  private synchronized void signal(int number) {
    sent = sent == Libc.SIGKILL ? sent : number;
    if (child != null) {
      child.signalGroup(sent);
    }
  }

  private synchronized int signalSent() {
    return sent;
  }

  private synchronized void attach(Child started) {
    child = started;
    if (sent != 0) {
      started.signalGroup(sent);
    }
  }

  private synchronized void detach() {
    child = null;
  }
}
