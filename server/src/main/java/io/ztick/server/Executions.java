package io.ztick.server;

import io.ztick.scheduler.Outcome;
import io.ztick.scheduler.Run;
import io.ztick.scheduler.Runner;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Performs the runs that the scheduler hands out, each on a thread of its own. How many at once is
/// the scheduler's decision. Confined to the loop, but for [#idle].
final class Executions {

  private static final Logger log = LoggerFactory.getLogger(Executions.class);

  private static final long STACK_BYTES = 256 * 1024;
  private static final long SPARE_THREAD_SECONDS = 10;

  private final Configuration.Shell shell;
  private final Configuration.Runs runs;
  private final Executor loop;
  private final BiConsumer<Run, Outcome> ended;
  private final ProcessEnvironment environment;
  private final ThreadPoolExecutor threads;

  /// A run is in it until its end has been reported; taken out on the loop, or by its own thread
  /// when the server stops and the loop may be gone.
  private final Set<Execution> running = ConcurrentHashMap.newKeySet();

  /// Set once, by the loop; from then on no outcome counts.
  private volatile boolean stopping;

  /// Guarded by this: it belongs to the threads of the runs.
  private @Nullable HttpClient client;

  /// @param loop runs what it is given one after the other, on the thread that calls the methods
  ///   here
  /// @param ended called on the loop, once for each run, until the server stops
  Executions(
      Configuration.Shell shell,
      Configuration.Runs runs,
      Executor loop,
      BiConsumer<Run, Outcome> ended) {
    this.shell = shell;
    this.runs = runs;
    this.loop = loop;
    this.ended = ended;
    environment = ProcessEnvironment.ofServer(runs.environment());
    threads =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            SPARE_THREAD_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().name("run-", 1).daemon().stackSize(STACK_BYTES).factory());
  }

  /// Prepares what the first process would wait for otherwise, on a thread of its own.
  void prepare() {
    threads.execute(Child::prepare);
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
      threads.execute(() -> perform(run, execution));
    } catch (OutOfMemoryError e) {
      // The system's limit of threads, not the heap's.
      Outcome outcome = Outcome.failed("cannot start a thread: " + e.getMessage());
      report(run, outcome, "");
      loop.execute(() -> end(run, execution, outcome));
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

  private Execution execution(Run run) {
    Runner runner = run.rule().runner();
    // A rule may be older than the configuration.
    if (!runs.allow().contains(runner.name())) {
      return new Execution.Refused("runner " + runner.name() + " is not allowed");
    }
    return switch (runner) {
      case Runner.Shell(var command) -> process(run, shellWords(command));
      case Runner.Direct direct -> process(run, direct.arguments());
      case Runner.Awf awf -> process(run, awfWords(awf));
      case Runner.Http http -> new HttpRun(run, http, this::client, runs);
      case Runner.Amqp _, Runner.Redis _ ->
          new Execution.Refused("runner " + runner.name() + " is not available yet");
    };
  }

  private Execution process(Run run, List<String> command) {
    return new ProcessRun(run, command, environment.of(run), runs);
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

  /// Made by the first HTTP run, on its thread: it costs a tenth of a second and the trust store.
  private synchronized HttpClient client() {
    if (client == null) {
      client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .connectTimeout(runs.httpConnectTimeout())
              .executor(threads)
              .build();
    }
    return client;
  }

  private void perform(Run run, Execution execution) {
    Outcome outcome;
    try {
      outcome = execution.perform();
    } catch (RuntimeException | Error e) {
      log.error("run {}: a fault of this server", run.id(), e);
      outcome = Outcome.failed("a fault of the server, see its log");
    }
    if (stopping) {
      running.remove(execution);
      return;
    }
    report(run, outcome, execution.output());
    Outcome reported = outcome;
    loop.execute(() -> end(run, execution, reported));
  }

  private void end(Run run, Execution execution, Outcome outcome) {
    if (!stopping) {
      ended.accept(run, outcome);
    }
    running.remove(execution);
  }

  private static void report(Run run, Outcome outcome, String output) {
    if (outcome.success()) {
      log.debug("run {} of job \"{}\" ended", run.id(), LogText.escaped(run.job()));
      return;
    }
    log.warn(
        "run {} of job \"{}\" by rule \"{}\" failed: {}; its last output: \"{}\"",
        run.id(),
        LogText.escaped(run.job()),
        LogText.escaped(run.rule().id()),
        LogText.escaped(outcome.text()),
        LogText.escaped(output));
  }
}
