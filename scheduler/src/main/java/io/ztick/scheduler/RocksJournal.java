package io.ztick.scheduler;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Keeps changes on disk: persistence `journal`. While one group of changes is being synced the
/// next one collects; all that has collected then goes out together, so that many clients share one
/// sync.
///
/// ```
/// owner    append ─► collected ──after others──► group           released: whenDurable
///                                                  │                  ▲
/// journal                                          └─► write, sync ───┘
/// ```
///
/// Once it is started it belongs to the thread that owns the {@link Scheduler}; what says otherwise
/// apart. The thread `journal` owns the files.
public final class RocksJournal implements Journal, AutoCloseable {
  /// Enough to keep a disk at work: some thousand small changes, or a few with large rules.
  private static final long BUSY_BYTES = 1 << 20;

  private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

  private static final Duration LOOK_PERIOD = Duration.ofSeconds(1);

  private final JournalDirectory directory;
  private final JournalDirectory.Lock lock;
  private final Found found;
  private final long maxUnsyncedBytes;
  private final BlockingQueue<Group> groups = new LinkedBlockingQueue<>();

  private Environment environment = Environment.NONE;
  private @Nullable Thread thread;

  /// For reading until the start, for writing from then on.
  private Store store;

  private final Backup backup = new Backup(this::makeBackup, this::execute);

  /// Written by the thread `journal`.
  private volatile long bytes;

  /// Written by the thread `journal` at its end, read when it has ended.
  private @Nullable IOException lastFailure;

  private final JournalBatch collected;
  private long collectedBytes;
  private long unsyncedBytes;
  private long appended;
  private long durable;
  private long lastSyncNanos;
  private boolean turnRequested;
  private boolean writing;
  private long writingSince;
  private boolean failed;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  /// Where a journal lives.
  ///
  /// @param owner runs what it is given, one after the other, on the thread that owns the journal
  /// @param afterOthers the same, but once everything that waits for the owner now has had its
  ///   turn: what is appended until then is written together
  /// @param wallClock nanoseconds since the epoch
  /// @param failed called by the owner, once, when the journal can no longer keep anything; from
  ///   then on no action runs that waits for it
  public record Environment(
      Executor owner, Executor afterOthers, LongSupplier wallClock, Consumer<IOException> failed) {
    private static final Environment NONE =
        new Environment(
            _ -> {
              throw new IllegalStateException("not started");
            },
            _ -> {
              throw new IllegalStateException("not started");
            },
            () -> 0,
            _ -> {});
  }

  /// What was found when the journal was opened.
  ///
  /// @param created whether there was none
  /// @param lastChange the number of the last change; 0 when there was none
  /// @param droppedBytes what a crash left behind it, which is no whole change
  public record Found(boolean created, long lastChange, long droppedBytes) {}

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

  /// Changes that are written together. No record: it holds an array.
  private static final class Group {
    /// Behind it nothing comes.
    static final Group END = new Group(new byte[0], 0, 0);

    final byte[] batch;
    final int changes;

    /// As {@link Weight} estimates them.
    final long bytes;

    Group(byte[] batch, int changes, long bytes) {
      this.batch = batch;
      this.changes = changes;
      this.bytes = bytes;
    }
  }

  private record Waiting(long change, Runnable action) {}

  /// Opens the journal of a directory, making both if they do not exist. Until {@link #start} it
  /// can only be replayed.
  ///
  /// @param maxUnsyncedBytes estimated size of changes beyond which {@link #isBehind} says so
  /// @throws IOException when another process uses it, or when it cannot be trusted; the message
  ///   says what is wrong, and nothing was changed
  public static RocksJournal open(JournalDirectory directory, long maxUnsyncedBytes)
      throws IOException {
    JournalDirectory.Lock lock = directory.lock();
    try {
      boolean created = directory.prepare();
      long droppedBytes = LogTail.bytes(directory.database());
      // Opened for writing a database begins to repair itself, so all is read before that.
      Store store = Store.openReadOnly(directory.database());
      try {
        Store.Position position = store.position();
        var collected = new JournalBatch(position.change(), position.plan());
        var found = new Found(created, position.change(), droppedBytes);
        return new RocksJournal(directory, lock, store, collected, found, maxUnsyncedBytes);
      } catch (IOException | RuntimeException e) {
        store.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private RocksJournal(
      JournalDirectory directory,
      JournalDirectory.Lock lock,
      Store store,
      JournalBatch collected,
      Found found,
      long maxUnsyncedBytes) {
    this.directory = directory;
    this.lock = lock;
    this.store = store;
    this.collected = collected;
    this.found = found;
    this.maxUnsyncedBytes = maxUnsyncedBytes;
    appended = found.lastChange;
    durable = found.lastChange;
  }

  /// Begins to keep what is appended. Once, behind {@link #replay} and before anything is appended,
  /// on any thread.
  ///
  /// @throws IOException when the journal cannot be written
  public void start(Environment whereItLives) throws IOException {
    environment = whereItLives;
    store.close();
    store =
        found.droppedBytes == 0
            ? Store.openAhead(directory.database())
            : Store.open(directory.database());
    bytes = Store.bytes(directory.database());
    thread = Thread.ofPlatform().name("journal").daemon().start(this::work);
  }

  /// What was found when it was opened. On any thread.
  public Found found() {
    return found;
  }

  /// How the journal is doing.
  public Figures figures() {
    long records = durable - found.lastChange;
    long syncingNanos = writing ? System.nanoTime() - writingSince : 0;
    return new Figures(bytes, lastSyncNanos, records, store.isCompacting(), syncingNanos);
  }

  @Override
  public void append(Change change) {
    appended++;
    collected.add(change);
    long estimate = Weight.of(change);
    collectedBytes += estimate;
    unsyncedBytes += estimate;
    requestTurn();
  }

  @Override
  public void whenDurable(Runnable action) {
    if (failed) {
      return;
    }
    if (isSafe()) {
      action.run();
    } else {
      waiting.addLast(new Waiting(appended, action));
    }
  }

  @Override
  public boolean isSafe() {
    return !failed && durable == appended && waiting.isEmpty();
  }

  @Override
  public long unsyncedBytes() {
    return unsyncedBytes;
  }

  @Override
  public boolean isBehind() {
    return unsyncedBytes >= maxUnsyncedBytes;
  }

  @Override
  public boolean isBusy() {
    return unsyncedBytes >= Math.min(BUSY_BYTES, maxUnsyncedBytes);
  }

  /// Hands over the records of each job together, and rules behind jobs.
  ///
  /// @throws UncheckedIOException when something cannot be read or makes no sense
  @Override
  public long replay(Replay changes) {
    try {
      var reader = new RecordReader(changes);
      store.read(reader);
      return reader.lastPlan();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Makes a backup that holds everything appended so far.
  ///
  /// @param name a plain file name that does not begin with a dot
  /// @param done called by the owner with what went wrong, or null; a {@link
  ///   java.nio.file.FileAlreadyExistsException} when there is a backup of this name
  public void backUp(String name, Consumer<@Nullable IOException> done) {
    whenDurable(() -> backup.begin(name, done));
  }

  /// Forgets what is not on its way to the disk yet: nobody has been told of it.
  public void discardCollected() {
    collected.clear();
  }

  /// Writes what is left and gives the directory back. When the owner runs nothing any more; on any
  /// thread.
  ///
  /// @param patience how long to wait for the disk
  /// @throws IOException when something that was appended could not be kept, and the owner was not
  ///   told
  public void close(Duration patience) throws IOException {
    if (thread != null) {
      if (collected.count() > 0 && !failed) {
        groups.add(group());
      }
      groups.add(Group.END);
      if (!hasEnded(thread, patience) || !backup.hasEnded(patience)) {
        // The database must not be closed under their feet; the process ends anyway.
        throw new IOException("the disk of the journal " + directory.database() + " hangs");
      }
    }
    try (lock) {
      store.close();
    }
    if (lastFailure != null && !failed) {
      throw lastFailure;
    }
  }

  /// The same, and waits for the disk as long as it takes.
  @Override
  public void close() throws IOException {
    close(FOREVER);
  }

  static boolean hasEnded(Thread thread, Duration patience) {
    try {
      return thread.join(patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void requestTurn() {
    if (!turnRequested && !writing && !failed && collected.count() > 0) {
      turnRequested = true;
      environment.afterOthers.execute(this::endTurn);
    }
  }

  private void endTurn() {
    turnRequested = false;
    if (writing || failed || collected.count() == 0) {
      return;
    }
    writing = true;
    writingSince = System.nanoTime();
    groups.add(group());
  }

  /// What has collected.
  private Group group() {
    int changes = collected.count();
    long weight = collectedBytes;
    collectedBytes = 0;
    return new Group(collected.take(), changes, weight);
  }

  private void written(Group group) {
    writing = false;
    durable += group.changes;
    unsyncedBytes -= group.bytes;
    lastSyncNanos = environment.wallClock.getAsLong();
    while (!waiting.isEmpty() && waiting.getFirst().change <= durable) {
      waiting.removeFirst().action.run();
    }
    // Not at once: whoever gets an answer now may have more to say, and few large groups serve 50
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
  private void work() {
    try {
      long lookedAt = System.nanoTime();
      Group group = nextGroup();
      while (group != Group.END) {
        if (group != null) {
          write(group);
        }
        if (store.hasRisen() || System.nanoTime() - lookedAt >= LOOK_PERIOD.toNanos()) {
          look();
          lookedAt = System.nanoTime();
        }
        group = nextGroup();
      }
    } catch (IOException e) {
      reportFailure(e);
    } catch (RuntimeException | Error | InterruptedException e) {
      reportFailure(new IOException("the journal's thread ended: " + e, e));
    }
  }

  private void reportFailure(IOException failure) {
    lastFailure = failure;
    execute(() -> fail(failure));
  }

  private @Nullable Group nextGroup() throws InterruptedException {
    return groups.poll(LOOK_PERIOD.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void write(Group group) throws IOException {
    store.writeWithRoom(group.batch);
    execute(() -> written(group));
  }

  /// Looks whether the files are still there, since what is written to deleted ones is synced
  /// without an error, and lost; and whether they could be written over into tables.
  private void look() throws IOException {
    if (!Store.exists(directory.database())) {
      throw new IOException("the journal " + directory.database() + " is gone");
    }
    store.checkBackground();
    store.raiseFloor();
    try {
      bytes = Store.bytes(directory.database());
    } catch (IOException | DirectoryIteratorException e) {
      // A figure that cannot be had, for want of a file descriptor perhaps, keeps its old value.
    }
  }

  private void makeBackup(String name) throws IOException {
    directory.backUp(store, name);
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
