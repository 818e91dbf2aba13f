package io.ztick.scheduler;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Keeps changes on disk: persistence `journal`. While one batch is being synced the next one
/// collects; all that has collected then goes out together, so that many clients share one sync.
///
/// ```
/// owner    append ─► collected ──end of turn──► batch            released: whenDurable
///                                                 │                  ▲
/// journal                                         └─► write, sync ───┘
/// ```
///
/// All methods belong to the thread that owns the {@link Scheduler}, but for those that say
/// otherwise. The thread `journal` owns the files.
public final class RocksJournal implements Journal, AutoCloseable {
  private static final long MEASURE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final Duration CLOSE_TIME = Duration.ofSeconds(30);

  private final Environment environment;
  private final JournalDirectory directory;
  private final JournalDirectory.Lock lock;
  private final Store store;
  private final Summary recovered;
  private final Thread thread;
  private final BlockingQueue<Batch> batches = new LinkedBlockingQueue<>();

  /// Written by the thread `journal`, read by all.
  private volatile long bytes;

  /// Set by the thread `journal` when it has ended on account of it.
  private volatile @Nullable IOException lastFailure;

  private List<Change> collected = new ArrayList<>();
  private long collectedBytes;
  private long unsafeBytes;
  private long appended;
  private long durable;
  private long lastSyncNanos;
  private boolean turnRequested;
  private boolean writing;
  private long writingSince;
  private boolean failed;

  /// Makes a backup; none is being made without it.
  private volatile @Nullable Thread backup;

  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  /// Where a journal lives.
  ///
  /// @param owner runs what it is given, one after the other, on the thread that owns the journal
  /// @param endOfTurn the same, but once the owner has done what it has to do now: what is appended
  ///   until then is written together
  /// @param wallClock nanoseconds since the epoch
  /// @param failed called by the owner, once, when the journal can no longer keep anything; from
  ///   then on no action runs that waits for it
  public record Environment(
      Executor owner, Executor endOfTurn, LongSupplier wallClock, Consumer<IOException> failed) {}

  /// What was found at the start.
  ///
  /// @param lastChange the number of the last change; 0 when there was none
  /// @param droppedBytes what a crash left behind it, which is no whole change
  public record Summary(long lastChange, long droppedBytes) {}

  /// How the journal is doing.
  ///
  /// @param bytes on the disk, at most a second or so ago, without backups
  /// @param lastSyncNanos when changes became safe last, by the wall clock; 0: not since the start
  /// @param records written since the start
  /// @param compacting whether tables are being written or merged
  /// @param syncingNanos how long the disk has been at work on the changes that it has; 0: it has
  ///   none
  public record Figures(
      long bytes, long lastSyncNanos, long records, boolean compacting, long syncingNanos) {}

  /// Without changes it is the end of the thread.
  private record Batch(List<Change> changes, long bytes) {}

  private record Waiting(long change, Runnable action) {}

  /// Opens the journal of a directory, making both if they do not exist.
  ///
  /// @throws IOException when another process uses it, or when it cannot be trusted; the message
  ///   says what is wrong, and nothing was changed
  public static RocksJournal open(JournalDirectory directory, Environment environment)
      throws IOException {
    JournalDirectory.Lock lock = directory.lock();
    try {
      directory.prepare();
      long droppedBytes = LogTail.bytes(directory.database());
      // Opened for writing a database begins to repair itself, so it is looked at first.
      try (Store store = Store.openReadOnly(directory.database())) {
        var _ = store.position();
      }
      return new RocksJournal(directory, environment, lock, droppedBytes);
    } catch (IOException e) {
      lock.close();
      throw e;
    }
  }

  private RocksJournal(
      JournalDirectory directory,
      Environment environment,
      JournalDirectory.Lock lock,
      long droppedBytes)
      throws IOException {
    this.directory = directory;
    this.environment = environment;
    this.lock = lock;
    store = Store.open(directory.database());
    Store.Position position = store.position();
    recovered = new Summary(position.change(), droppedBytes);
    appended = position.change();
    durable = position.change();
    bytes = Store.bytes(directory.database());
    store.onFailure(e -> execute(() -> fail(e)));
    thread =
        Thread.ofPlatform()
            .name("journal")
            .daemon()
            .start(() -> work(new JournalBatch(position.change(), position.plan())));
  }

  /// What was found at the start. On any thread.
  public Summary recovered() {
    return recovered;
  }

  /// How the journal is doing.
  public Figures figures() {
    long records = durable - recovered.lastChange;
    long syncingNanos = writing ? System.nanoTime() - writingSince : 0;
    return new Figures(bytes, lastSyncNanos, records, store.isCompacting(), syncingNanos);
  }

  @Override
  public void append(Change change) {
    appended++;
    collected.add(change);
    long estimate = Weight.of(change);
    collectedBytes += estimate;
    unsafeBytes += estimate;
    requestTurn();
  }

  @Override
  public void whenDurable(Runnable action) {
    if (failed) {
      return;
    }
    if (durable == appended) {
      action.run();
    } else {
      waiting.addLast(new Waiting(appended, action));
    }
  }

  @Override
  public long unsafeBytes() {
    return unsafeBytes;
  }

  /// Hands over the records of each job together, and rules behind jobs.
  ///
  /// @throws UncheckedIOException when something cannot be read or makes no sense
  @Override
  public void replay(Consumer<Change> changes) {
    try {
      var reader = new RecordReader(changes);
      List<MalformedRecordException> malformed = new ArrayList<>();
      store.read(reader, malformed::add);
      if (!malformed.isEmpty()) {
        throw malformed.getFirst();
      }
      reader.end();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (MalformedRecordException e) {
      throw new UncheckedIOException(store.failure("cannot be read", e));
    }
  }

  /// Makes a backup that holds everything appended so far.
  ///
  /// @param name a name that a file can have; not one of an earlier backup
  /// @param done called by the owner with what went wrong, or null
  public void backUp(String name, Consumer<@Nullable IOException> done) {
    if (backup != null) {
      done.accept(new IOException("another backup is being made"));
      return;
    }
    Thread maker = Thread.ofPlatform().name("backup").daemon().unstarted(() -> make(name, done));
    backup = maker;
    whenDurable(maker::start);
  }

  private void make(String name, Consumer<@Nullable IOException> done) {
    IOException failure = null;
    try {
      directory.backUp(store, name);
    } catch (IOException e) {
      failure = e;
    }
    IOException result = failure;
    execute(
        () -> {
          backup = null;
          done.accept(result);
        });
  }

  /// Writes what is left and gives the directory back. When the owner runs nothing any more; on any
  /// thread.
  ///
  /// @throws IOException when something that was appended could not be kept
  @Override
  public void close() throws IOException {
    if (!collected.isEmpty()) {
      batches.add(new Batch(collected, collectedBytes));
    }
    batches.add(new Batch(List.of(), 0));
    if (!hasEnded(thread) || (backup != null && !hasEnded(backup))) {
      // The database must not be closed under their feet; the process ends anyway.
      throw new IOException("the journal " + directory.database() + " hangs");
    }
    store.close();
    lock.close();
    if (lastFailure != null) {
      throw lastFailure;
    }
  }

  private static boolean hasEnded(Thread thread) {
    try {
      return thread.getState() == Thread.State.NEW || thread.join(CLOSE_TIME);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void requestTurn() {
    if (!turnRequested && !writing && !collected.isEmpty()) {
      turnRequested = true;
      environment.endOfTurn.execute(this::endTurn);
    }
  }

  private void endTurn() {
    turnRequested = false;
    if (writing || failed || collected.isEmpty()) {
      return;
    }
    writing = true;
    writingSince = System.nanoTime();
    batches.add(new Batch(collected, collectedBytes));
    collected = new ArrayList<>();
    collectedBytes = 0;
  }

  private void written(Batch batch) {
    writing = false;
    durable += batch.changes.size();
    unsafeBytes -= batch.bytes;
    lastSyncNanos = environment.wallClock.getAsLong();
    while (!waiting.isEmpty() && waiting.getFirst().change <= durable) {
      waiting.removeFirst().action.run();
    }
    // Not at once: whoever gets an answer now may have more to say, and few large batches serve 50
    // clients with one change in flight half as well again as many small ones.
    requestTurn();
  }

  private void fail(IOException failure) {
    if (!failed) {
      failed = true;
      waiting.clear();
      environment.failed.accept(failure);
    }
  }

  /// The life of the thread `journal`.
  private void work(JournalBatch writes) {
    try (writes) {
      long measuredAt = System.nanoTime();
      Batch batch = nextBatch();
      while (batch == null || !batch.changes.isEmpty()) {
        if (batch != null) {
          write(batch, writes);
        }
        if (System.nanoTime() - measuredAt >= MEASURE_NANOS) {
          bytes = Store.bytes(directory.database());
          measuredAt = System.nanoTime();
        }
        batch = nextBatch();
      }
    } catch (IOException e) {
      give(e);
    } catch (RuntimeException | Error | InterruptedException e) {
      give(new IOException("the journal's thread ended: " + e, e));
    }
  }

  private void give(IOException failure) {
    lastFailure = failure;
    execute(() -> fail(failure));
  }

  private @Nullable Batch nextBatch() throws InterruptedException {
    return batches.poll(MEASURE_NANOS, TimeUnit.NANOSECONDS);
  }

  private void write(Batch batch, JournalBatch writes) throws IOException {
    batch.changes.forEach(writes::add);
    writes.writeTo(store);
    execute(() -> written(batch));
  }

  /// Lets the owner do something, unless it runs nothing any more.
  private void execute(Runnable task) {
    try {
      environment.owner.execute(task);
    } catch (RejectedExecutionException e) {
      // Then nobody waits for it: `close` tells what went wrong.
    }
  }
}
