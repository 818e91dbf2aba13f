package io.ztick.server;

import io.ztick.auth.Tenants;
import io.ztick.scheduler.Outcome;
import io.ztick.scheduler.Run;
import io.ztick.scheduler.Runner;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Performs the runs that the scheduler hands out. How many at once is the scheduler's decision.
/// Confined to the loop, but for [#idle].
final class Executions implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Executions.class);

  private static final long STACK_BYTES = 256 * 1024;
  private static final long SPARE_THREAD_SECONDS = 10;

  private final Configuration.Shell shell;
  private final Configuration.Runs runs;
  private final Loop loop;
  private final BiConsumer<Run, Outcome> ended;
  private final ProcessEnvironment environment;

  /// One for each that waits for the outside world: names that are looked up, and what else is
  /// rare.
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          SPARE_THREAD_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          Thread.ofPlatform().name("run-", 1).daemon().stackSize(STACK_BYTES).factory());

  private final Processes processes;
  private final HttpConnections connections;
  private final Configuration.TenantRunners tenantRunners;

  /// A run is in it until its end has been reported.
  private final Set<Execution> running = ConcurrentHashMap.newKeySet();

  /// Ends that are on their way to the loop. Guarded by itself.
  private final List<End> ends = new ArrayList<>();

  /// Set once; from then on no outcome counts.
  private volatile boolean stopping;

  private record End(Run run, Execution execution, Outcome outcome) {}

  /// @param ended called on the loop, once for each run, until the server stops
  Executions(
      Configuration.Shell shell,
      Configuration.Runs runs,
      Network network,
      Loop loop,
      Configuration.TenantRunners tenantRunners,
      BiConsumer<Run, Outcome> ended) {
    this.tenantRunners = tenantRunners;
    this.shell = shell;
    this.runs = runs;
    this.loop = loop;
    this.ended = ended;
    environment = ProcessEnvironment.ofServer(runs.environment());
    processes = new Processes(threads);
    connections =
        new HttpConnections(
            loop,
            new HttpSockets(network, loop, threads, runs.httpConnectTimeout()),
            HttpConnections.MAX_IDLE,
            runs.maxConcurrent());
  }

  /// Prepares what the first process would wait for otherwise, on a thread of its own.
  void prepare() {
    threads.execute(Processes::prepare);
  }

  /// Starts a run. Whatever stands against it is the run's outcome.
  void start(Run run) {
    Execution execution = execution(run);
    running.add(execution);
    if (stopping) {
      // Asked to end after the others were, and before it began.
      execution.kill();
    }
    try {
      execution.begin(outcome -> end(run, execution, outcome));
    } catch (OutOfMemoryError e) {
      // The system's limit of threads, not the heap's.
      end(run, execution, Outcome.failed("cannot start a thread: " + e.getMessage()));
    }
  }

  /// Asks everything that runs to end; nothing is reported any more.
  void terminate() {
    stopping = true;
    running.forEach(Execution::terminate);
  }

  /// Ends everything that runs; nothing is reported any more.
  void kill() {
    stopping = true;
    running.forEach(Execution::kill);
  }

  /// Whether every run has ended and been reported. On any thread.
  boolean idle() {
    return running.isEmpty();
  }

  /// Ends the threads. What still runs is left alone.
  @Override
  public void close() {
    processes.close();
    threads.shutdown();
  }

  private Execution execution(Run run) {
    Runner runner = run.rule().runner();
    // A rule may be older than the configuration.
    if (!runs.allow().contains(runner.name())) {
      return new Execution.Refused("runner " + runner.name() + " is not allowed");
    }
    boolean tenants = Tenants.own(run.rule().id());
    if (tenants && !tenantRunners.names().contains(runner.name())) {
      return new Execution.Refused("runner " + runner.name() + " is not allowed to tenants");
    }
    return switch (runner) {
      case Runner.Shell(var command) -> process(run, shellWords(command));
      case Runner.Direct direct -> process(run, direct.arguments());
      case Runner.Awf awf -> process(run, awfWords(awf));
      case Runner.Http http ->
          new HttpRun(run, http, connections, runs, tenants && tenantRunners.guarded());
      case Runner.Amqp _, Runner.Redis _ ->
          new Execution.Refused("runner " + runner.name() + " is not available yet");
    };
  }

  private Execution process(Run run, List<String> command) {
    return new ProcessRun(run, command, environment.of(run), processes, runs);
  }

  private List<String> shellWords(String command) {
    var words = new ArrayList<String>();
    words.add(shell.path().toString());
    words.addAll(shell.args());
    words.add(command);
    return words;
  }

  private static List<String> awfWords(Runner.Awf awf) {
    var words = new ArrayList<>(List.of("awf", "run"));
    words.addAll(awf.arguments());
    return words;
  }

  /// On whatever thread the run has ended.
  private void end(Run run, Execution execution, Outcome outcome) {
    if (stopping) {
      running.remove(execution);
      return;
    }
    report(run, outcome, execution);
    boolean first;
    synchronized (ends) {
      first = ends.isEmpty();
      ends.add(new End(run, execution, outcome));
    }
    if (first) {
      // Those that end until it gets there go with it.
      loop.execute(this::handOver);
    }
  }

  private void handOver() {
    List<End> arrived;
    synchronized (ends) {
      arrived = List.copyOf(ends);
      ends.clear();
    }
    for (End end : arrived) {
      if (!stopping) {
        ended.accept(end.run, end.outcome);
      }
      running.remove(end.execution);
    }
  }

  private void report(Run run, Outcome outcome, Execution execution) {
    if (outcome.success()) {
      if (log.isDebugEnabled()) {
        log.debug("run {} of job \"{}\" ended", run.id(), LogText.escaped(run.job()));
      }
      return;
    }
    String output = execution.output();
    // Escaped, a byte can be six characters, and this thread may be the one that all runs share.
    int start = LogText.startOfEnd(output, runs.maxOutputBytes());
    log.warn(
        "run {} of job \"{}\" by rule \"{}\" failed: {}; its last output{}: \"{}\"",
        run.id(),
        LogText.escaped(run.job()),
        LogText.escaped(run.rule().id()),
        LogText.escaped(outcome.text()),
        start == 0 ? "" : ", after " + start + " characters more",
        LogText.escaped(output.substring(start)));
  }
}
