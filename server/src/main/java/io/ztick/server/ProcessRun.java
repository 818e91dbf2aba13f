package io.ztick.server;

import io.netty.util.concurrent.Future;
import io.ztick.scheduler.Outcome;
import io.ztick.scheduler.Run;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A run that is a process. It has ended when the process has; what the process left in the
/// background on purpose goes on, unless the run is ended from here: then the whole process group
/// ends, also those that ignore TERM.
///
/// It begins on a thread that starts processes and goes on on the reaper:
///
/// ```
/// started ─► ended ─┬─ signalled by TERM: until the group has ended, too
///    │              └─► until the output has ended, or OUTPUT_GRACE ─► reaped
///    └─ timeout ─► TERM ─ kill_grace ─► KILL
/// ```
final class ProcessRun implements Execution, Child.Listener {
  private static final Logger log = LoggerFactory.getLogger(ProcessRun.class);

  /// How long the output of a background process is waited for once the process itself has ended.
  /// Behind it the pipe is closed.
  private static final Duration OUTPUT_GRACE = Duration.ofMillis(100);

  /// How often it is looked whether the processes of another server have obeyed TERM.
  private static final Duration LEFT_LOOK = Duration.ofMillis(50);

  private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

  private final Run run;
  private final List<String> command;
  private final List<byte[]> environment;
  private final Processes processes;
  private final Path directory;
  private final Duration timeout;
  private final Duration killGrace;
  private final OutputTail output;

  /// Set once, before any other thread knows of this.
  private Consumer<Outcome> listener = _ -> {};

  /// From its start until it is reaped, when nobody may signal it any more. Guarded by this, as is
  /// the next.
  private @Nullable Child child;

  /// The strongest signal that was sent, or that a process to come gets at once; 0: none.
  private int sent;

  /// Confined to the reaper, as is all below.
  private @Nullable Future<?> timer;

  private boolean timedOut;
  private boolean groupEnded;
  private boolean silent;

  ProcessRun(
      Run run,
      List<String> command,
      List<byte[]> environment,
      Processes processes,
      Configuration.Runs runs) {
    this.run = run;
    this.command = command;
    this.environment = environment;
    this.processes = processes;
    directory = runs.directory();
    timeout = runs.timeout().isZero() ? FOREVER : runs.timeout();
    killGrace = runs.killGrace();
    output = new OutputTail(runs.maxOutputBytes());
  }

  @Override
  public void begin(Consumer<Outcome> ended) {
    listener = ended;
    if (run.attempt() == 1) {
      processes.start(this::start);
    } else {
      processes.await(this::startAgain);
    }
  }

  private void startAgain() {
    if (endEarlierAttempt()) {
      processes.start(this::start);
    } else {
      listener.accept(Outcome.failed("the processes of an earlier attempt do not end"));
    }
  }

  /// Ends what a server that was killed has left behind of the run.
  ///
  /// @return whether nothing of it is left, and nobody wants this run to end before it begins
  private boolean endEarlierAttempt() {
    long sinceNanos = System.nanoTime();
    var processesLeft = new LeftProcesses(run);
    List<ProcessHandle> left = processesLeft.find();
    while (!left.isEmpty() && signalSent() == 0) {
      long nanos = System.nanoTime() - sinceNanos;
      if (nanos >= timeout.toNanos()) {
        return false;
      }
      boolean patient = nanos < killGrace.toNanos();
      left.forEach(patient ? ProcessHandle::destroy : ProcessHandle::destroyForcibly);
      LockSupport.parkNanos(LEFT_LOOK.toNanos());
      left = processesLeft.find();
    }
    return signalSent() == 0;
  }

  private void start() {
    List<byte[]> words =
        command.stream().map(word -> word.getBytes(StandardCharsets.UTF_8)).toList();
    Child started;
    try {
      started = processes.spawn(words, environment, directory);
    } catch (IOException e) {
      listener.accept(Outcome.failed(failureToStart(e)));
      return;
    } catch (RuntimeException | Error e) {
      listener.accept(failure(e));
      return;
    }
    attach(started);
    processes.execute(() -> watch(started));
  }

  /// A missing directory and a missing program give the same error number.
  private String failureToStart(IOException e) {
    String what = Files.isDirectory(directory) ? command.getFirst() : "in " + directory;
    return "cannot start " + what + ": " + e.getMessage();
  }

  private void watch(Child started) {
    guarded(
        () -> {
          started.watch(processes, this);
          if (!timeout.equals(FOREVER)) {
            timer = processes.schedule(() -> guarded(this::timeIsUp), timeout);
          }
        });
  }

  private void timeIsUp() {
    signal(timedOut ? Libc.SIGKILL : Libc.SIGTERM);
    timer = timedOut ? null : processes.schedule(() -> guarded(this::timeIsUp), killGrace);
    timedOut = true;
  }

  @Override
  public void printed(ByteBuffer bytes) {
    output.append(bytes);
  }

  @Override
  public void silent() {
    silent = true;
    if (groupEnded) {
      finish();
    }
  }

  @Override
  public void ended() {
    if (signalSent() == Libc.SIGTERM) {
      processes.awaitGroup(this::isGroupAwaited);
    } else {
      endWithOutput();
    }
  }

  /// KILL needs no waiting for: nobody can ignore it.
  ///
  /// @return false also when it has been given up
  private boolean isGroupAwaited(ProcessGroups groups) {
    Child leader = child();
    if (leader == null) {
      return false;
    }
    if (signalSent() == Libc.SIGTERM && leader.groupRuns(groups)) {
      return true;
    }
    endWithOutput();
    return false;
  }

  private void endWithOutput() {
    groupEnded = true;
    cancelTimer();
    if (silent) {
      finish();
    } else {
      timer = processes.schedule(this::finish, OUTPUT_GRACE);
    }
  }

  private void finish() {
    Child ended = child();
    if (ended == null) {
      return; // given up
    }
    // Before its id can be anybody else's.
    detach();
    Outcome outcome;
    try {
      outcome = outcome(ended.reap());
    } catch (IOException | RuntimeException | Error e) {
      outcome = failure(e);
    }
    end(ended, outcome);
  }

  private Outcome outcome(Child.Exit exit) {
    if (timedOut) {
      return Outcome.TIMEOUT;
    }
    return exit.byItself() ? Outcome.exit(exit.number()) : Outcome.signal(exit.number());
  }

  private void end(Child ended, Outcome outcome) {
    cancelTimer();
    try {
      ended.close();
    } catch (IOException e) {
      log.warn("run {}: cannot let go of its process: {}", run.id(), e.getMessage());
    }
    listener.accept(outcome);
  }

  @Override
  public void lost(Throwable cause) {
    Child leader = child();
    if (leader != null) {
      detach();
      end(leader, failure(cause));
    }
  }

  private Outcome failure(Throwable cause) {
    if (cause instanceof IOException) {
      return Outcome.failed("lost the process: " + cause.getMessage());
    }
    log.error("run {}: a fault of this server", run.id(), cause);
    return FAULT;
  }

  private interface Step {
    void run() throws IOException;
  }

  private void guarded(Step step) {
    try {
      step.run();
    } catch (IOException | RuntimeException | Error e) {
      lost(e);
    }
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
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

  private synchronized @Nullable Child child() {
    return child;
  }

  private synchronized void detach() {
    child = null;
  }
}
