package io.ztick.scheduler;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Makes backups, one at a time, each on a thread of its own. Belongs to the owner of the journal.
final class Backup {
  private final Maker maker;
  private final Executor owner;
  private @Nullable Thread thread;

  /// What makes a backup of a name.
  interface Maker {
    void make(String name) throws IOException;
  }

  Backup(Maker maker, Executor owner) {
    this.maker = maker;
    this.owner = owner;
  }

  /// Begins one.
  ///
  /// @param done called by the owner with what went wrong, or null
  void begin(String name, Consumer<@Nullable IOException> done) {
    if (thread != null) {
      done.accept(new IOException("another backup is being made"));
      return;
    }
    try {
      thread = Thread.ofPlatform().name("backup").daemon().start(() -> make(name, done));
    } catch (OutOfMemoryError e) {
      // The system's limit of threads, not the heap's.
      done.accept(new IOException("cannot start a thread: " + e.getMessage(), e));
    }
  }

  private void make(String name, Consumer<@Nullable IOException> done) {
    IOException failure = null;
    try {
      maker.make(name);
    } catch (IOException e) {
      failure = e;
    } catch (RuntimeException | Error e) {
      failure = new IOException("a fault of this server: " + e, e);
    }
    IOException result = failure;
    owner.execute(
        () -> {
          thread = null;
          done.accept(result);
        });
  }

  /// Waits until none is being made. When the owner runs nothing any more.
  boolean hasEnded(Duration patience) {
    return thread == null || RocksJournal.hasEnded(thread, patience);
  }
}
