package io.ztick.server;

import io.ztick.scheduler.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// The loop and the other threads that runs need, for as long as a test takes.
final class RunThreads implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  final Network network = new Network();
  final List<Throwable> faults = new CopyOnWriteArrayList<>();
  final Loop loop = new Loop(network.eventLoop(), faults::add);
  final ExecutorService waiting = Executors.newCachedThreadPool();
  final Processes processes;

  RunThreads() {
    processes = new Processes(waiting);
  }

  RunThreads(Processes.Starter starter) {
    processes = new Processes(waiting, starter);
  }

  HttpConnections connections(Duration connectTimeout, Duration maxIdle) {
    var sockets = new HttpSockets(network, loop, waiting, connectTimeout);
    return new HttpConnections(loop, sockets, maxIdle, 1);
  }

  /// Begins a run on the loop.
  CompletableFuture<Outcome> begin(Execution execution) {
    var outcome = new CompletableFuture<Outcome>();
    loop.execute(() -> execution.begin(outcome::complete));
    return outcome.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /// The outcome of a run.
  Outcome perform(Execution execution) {
    return begin(execution).join();
  }

  @Override
  public void close() {
    processes.close();
    waiting.shutdownNow();
    network.close();
    if (!faults.isEmpty()) {
      throw new AssertionError("a fault on the loop", faults.getFirst());
    }
  }
}
