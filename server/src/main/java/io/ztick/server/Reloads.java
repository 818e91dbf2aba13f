package io.ztick.server;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the access files again while the server runs, all or nothing. Confined to the loop, but
/// for the reading, which the thread `reload` does.
final class Reloads implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Reloads.class);
  private static final Duration LOOK_PERIOD = Duration.ofMillis(250);

  private final AccessFiles files;
  private final FileWatch watch;
  private final Loop loop;
  private final InstantSource clock;
  private final Function<AccessFiles.Access, List<String>> use;
  private final Audit audit;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("reload").daemon().factory());

  /// Who waits for the next reading: files may have changed since the one under way began.
  private List<Wish> waiting = new ArrayList<>();

  private boolean reading;

  private record Wish(String why, Consumer<Outcome> done) {}

  /// What became of a reload.
  ///
  /// @param problems why nothing was changed; none when it was done
  /// @param warnings what the operator should know
  record Outcome(List<String> problems, List<String> warnings) {
    Outcome {
      problems = List.copyOf(problems);
      warnings = List.copyOf(warnings);
    }
  }

  /// @param watch of these files
  /// @param use puts what was read in place of what was; returns why it cannot, and then nothing
  ///   was changed
  Reloads(
      AccessFiles files,
      FileWatch watch,
      Loop loop,
      InstantSource clock,
      Function<AccessFiles.Access, List<String>> use,
      Audit audit) {
    this.files = files;
    this.watch = watch;
    this.loop = loop;
    this.clock = clock;
    this.use = use;
    this.audit = audit;
  }

  /// From now on reloads by itself when the files change.
  void beginToWatch() {
    var _ =
        thread.scheduleWithFixedDelay(
            this::look, LOOK_PERIOD.toMillis(), LOOK_PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look() {
    if (watch.isDue(System.nanoTime())) {
      watch.reads();
      onLoop(() -> request("a change of the files", _ -> {}));
    }
  }

  /// Reloads.
  ///
  /// @param why what the log says about it, such as `SIGHUP`
  /// @param done is told on the loop
  void request(String why, Consumer<Outcome> done) {
    log.info("reload: {}", why);
    waiting.add(new Wish(why, done));
    if (!reading) {
      read();
    }
  }

  private void read() {
    reading = true;
    List<Wish> served = waiting;
    waiting = new ArrayList<>();
    try {
      thread.execute(() -> readFor(served));
    } catch (RejectedExecutionException e) {
      // The server has stopped.
    }
  }

  private void readFor(List<Wish> served) {
    watch.reads();
    try {
      AccessFiles.Access access = files.read(clock.instant());
      onLoop(() -> end(outcome(access), served));
    } catch (InvalidConfigurationException e) {
      onLoop(() -> end(new Outcome(e.problems(), List.of()), served));
    } catch (RuntimeException e) {
      onLoop(() -> loop.failed(e));
    }
  }

  private void end(Outcome outcome, List<Wish> served) {
    outcome.warnings().forEach(log::warn);
    outcome.problems().forEach(log::error);
    if (outcome.problems().isEmpty()) {
      log.info("reload: done");
    } else {
      log.error("reload: nothing was changed, problems: {}", outcome.problems().size());
    }
    for (Wish wish : served) {
      audit.reloaded(wish.why(), outcome.problems().size());
      wish.done().accept(outcome);
    }
    reading = false;
    if (!waiting.isEmpty()) {
      read();
    }
  }

  private Outcome outcome(AccessFiles.Access access) {
    List<String> problems = use.apply(access);
    return new Outcome(problems, problems.isEmpty() ? access.warnings() : List.of());
  }

  private void onLoop(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      // The server has stopped.
    }
  }

  @Override
  public void close() {
    var _ = thread.shutdownNow();
  }
}
