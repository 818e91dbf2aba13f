package io.ztick.server;

import io.ztick.scheduler.Change;
import io.ztick.scheduler.JournalDirectory;
import io.ztick.scheduler.MalformedRunnerException;
import io.ztick.scheduler.RocksJournal;
import io.ztick.scheduler.Rule;
import io.ztick.scheduler.Runner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// Journals for tests.
final class Journals {
  private Journals() {}

  /// A journal of these changes.
  static Path filled(Path directory, Change... changes) throws IOException {
    return filled(directory, List.of(changes));
  }

  static Path filled(Path directory, List<Change> changes) throws IOException {
    new JournalDirectory(directory).fill(changes::forEach);
    return directory;
  }

  /// A journal as a running server has it, but for the loop.
  static RocksJournal inUse(Path directory) throws IOException {
    RocksJournal journal = RocksJournal.open(new JournalDirectory(directory), Long.MAX_VALUE);
    journal.start(
        new RocksJournal.Environment(
            Runnable::run,
            Runnable::run,
            () -> 0,
            failure -> {
              throw new AssertionError(failure);
            }));
    return journal;
  }

  /// A backup that the journal in use in a directory makes.
  static Path backup(Path directory, String name)
      throws IOException, ExecutionException, InterruptedException {
    try (RocksJournal journal = inUse(directory)) {
      var done = new CompletableFuture<String>();
      journal.backUp(name, failure -> done.complete(String.valueOf(failure)));
      if (!done.get().equals("null")) {
        throw new AssertionError(done.get());
      }
    }
    return directory.resolve("backups").resolve(name);
  }

  static Change.RuleSet rule(String id, String pattern, String... clause) {
    try {
      return new Change.RuleSet(new Rule(id, pattern, Runner.parse(List.of(clause))));
    } catch (MalformedRunnerException e) {
      throw new AssertionError(e);
    }
  }
}
