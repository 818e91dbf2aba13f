package io.ztick.scheduler;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.AbstractEventListener;
import org.rocksdb.Checkpoint;
import org.rocksdb.CompactionJobInfo;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushJobInfo;
import org.rocksdb.FlushOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.Logger;
import org.rocksdb.MemTableInfo;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.UInt64AddOperator;
import org.rocksdb.VectorMemTableConfig;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.rocksdb.util.Environment;

/// The RocksDB database of a journal; the one place that knows RocksDB. One thread writes; any
/// other may do the rest, as long as it is open.
final class Store implements AutoCloseable {
  /// The log is written over into tables when it has grown to this. A start reads it three times.
  private static final long LOG_BYTES = 32 << 20;

  /// How many full logs may wait to be written over before writing is held up.
  private static final int LOGS = 4;

  private static final int BACKGROUND_THREADS = 2;

  /// Of keys and of values. Others are read as well.
  private static final int LARGEST_JOB_BYTES = 512;

  private final Path path;
  private final Options options;
  private final Silence logger;
  private final Work work;
  private final UInt64AddOperator addition;
  private final WriteOptions synced;
  private final LogRoom room;
  private final RocksDB database;

  private final ReadOptions reading;

  /// Of what has been read; null as long as nothing has.
  private @Nullable RocksIterator records;

  /// What was written down last of how far the tables reach. Belongs to the thread that writes.
  private long floor;

  /// What opens a database.
  private interface Opening {
    RocksDB open(Options options, String path) throws RocksDBException;
  }

  private Store(Path path, Opening opening) throws IOException {
    this.path = path;
    room = new LogRoom(path);
    loadLibrary();
    logger = new Silence();
    work = new Work();
    addition = new UInt64AddOperator();
    synced = new WriteOptions().setSync(true);
    reading = new ReadOptions().setFillCache(false);
    options = options();
    try {
      database = opening.open(options, path.toString());
    } catch (RocksDBException e) {
      closeOptions();
      throw failure("cannot be read", e);
    }
  }

  /// Refuses a database that does not reach as far as its tables did.
  private static Store checked(Store store) throws IOException {
    try {
      long reached = store.database.getLatestSequenceNumber();
      long floor = Floor.read(store.path);
      if (reached < floor) {
        throw new IOException(
            "the journal %s cannot be trusted: it ends at %d, and its tables reached %d"
                .formatted(store.path, reached, floor));
      }
      return store;
    } catch (IOException e) {
      store.close();
      throw e;
    }
  }

  /// Makes a new, empty one.
  static void create(Path path) throws IOException {
    Opening creation = (options, name) -> RocksDB.open(options.setCreateIfMissing(true), name);
    try (Store store = new Store(path, creation)) {
      var batch = new RecordBatch();
      Records.format(batch);
      store.write(batch.take());
    }
  }

  /// Opens it for writing, once what its log held has become a table.
  static Store open(Path path) throws IOException {
    Store store = checked(new Store(path, RocksDB::open));
    store.work.inTables.set(store.database.getLatestSequenceNumber());
    store.raiseFloor();
    return store;
  }

  /// Opens it for writing at once: what its log held becomes a table meanwhile, which takes as long
  /// again as to read it. Not behind a log that has lost its end, for others would follow it then.
  static Store openAhead(Path path) throws IOException {
    Opening opening =
        (options, name) -> RocksDB.open(options.setAvoidFlushDuringRecovery(true), name);
    Store store = checked(new Store(path, opening));
    try (var unawaited = new FlushOptions().setWaitForFlush(false)) {
      store.database.flush(unawaited);
      return store;
    } catch (RocksDBException e) {
      store.close();
      throw store.failure("cannot be written", e);
    }
  }

  /// Opens it for reading; nothing on the disk is changed.
  static Store openReadOnly(Path path) throws IOException {
    return checked(new Store(path, RocksDB::openReadOnly));
  }

  /// From the JVM's `java.library.path`. RocksDB alone would unpack the library of its jar into the
  /// temporary directory, each time anew, and would not say why a library cannot be used.
  @SuppressWarnings("restricted")
  private static void loadLibrary() throws IOException {
    try {
      System.loadLibrary(Environment.getJniLibraryName("rocksdb"));
      RocksDB.loadLibrary();
    } catch (UnsatisfiedLinkError e) {
      throw new IOException("the library of the journal cannot be loaded: " + e.getMessage(), e);
    }
  }

  private Options options() {
    return new Options()
        // Drops what follows the last whole record: a crash may leave any part of what was on its
        // way.
        // That nothing whole follows is looked at before, by LogTail.
        .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery)
        .setMergeOperator(addition)
        // Nothing looks into a table in memory before all of it is read or written over to the
        // disk, so it need not be kept in order until then: with the default kind of table a
        // durable SET takes 2.9 µs more of the processor, 64 in flight on each of 8 connections.
        .setMemTableConfig(new VectorMemTableConfig())
        .setAllowConcurrentMemtableWrite(false)
        .setWriteBufferSize(LOG_BYTES)
        .setMaxWriteBufferNumber(LOGS)
        .setMaxBackgroundJobs(BACKGROUND_THREADS)
        .setCompressionType(CompressionType.LZ4_COMPRESSION)
        // After an error nothing is tried again behind our back: the process ends.
        .setMaxBgErrorResumeCount(0)
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0)
        .setLogger(logger)
        .setListeners(List.of(work));
  }

  /// Whether the tables reach further than is written down.
  boolean hasRisen() {
    return work.inTables.get() > floor;
  }

  /// Writes down how far the tables reach, if that has changed.
  void raiseFloor() throws IOException {
    long reached = work.inTables.get();
    if (reached > floor) {
      Floor.write(path, reached);
      floor = reached;
    }
  }

  /// Looks for errors of what the database does on threads of its own.
  ///
  /// @throws IOException when there was one: sooner or later nothing more can be written
  void checkBackground() throws IOException {
    try {
      if (database.getLongProperty("rocksdb.background-errors") > 0) {
        throw new IOException("the journal " + path + " could not be written over into tables");
      }
    } catch (RocksDBException e) {
      throw failure("cannot be looked at", e);
    }
  }

  /// Where a journal stands.
  ///
  /// @param change the number of the last change; 0 when there was none
  /// @param plan the number of the last plan; 0 when there was none
  record Position(long change, long plan) {}

  /// Looks where the journal stands, and whether any change before that is missing.
  Position position() throws IOException {
    var reader = new RecordReader(_ -> {});
    try {
      RocksIterator iterator = records();
      for (byte[] key : List.of(Records.FORMAT_KEY, Records.COUNT_KEY, Records.LAST_KEY)) {
        iterator.seek(key);
        if (iterator.isValid() && Arrays.equals(iterator.key(), key)) {
          reader.read(key, iterator.value());
        }
      }
      iterator.status();
      reader.end();
      return new Position(reader.last(), reader.lastPlan());
    } catch (RocksDBException | MalformedRecordException e) {
      throw failure("cannot be read", e);
    }
  }

  /// Every record as of the first call. There is one iterator for all that is read, for each puts
  /// in order anew what the log holds.
  private RocksIterator records() {
    RocksIterator iterator = records;
    if (iterator == null) {
      iterator = database.newIterator(reading);
      records = iterator;
    }
    return iterator;
  }

  /// Reads every record, as of the first time that anything is read.
  ///
  /// @param malformed takes what makes no sense; reading goes on behind it
  void read(RecordReader reader, Consumer<MalformedRecordException> malformed) throws IOException {
    try {
      RocksIterator iterator = records();
      // Used again and again: to make two arrays for each record takes a quarter of the time.
      byte[] key = new byte[LARGEST_JOB_BYTES];
      ByteBuffer value = ByteBuffer.allocate(LARGEST_JOB_BYTES);
      for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
        int keyBytes = iterator.key(key);
        if (keyBytes > key.length) {
          key = iterator.key();
        }
        int valueBytes = iterator.value(value.array());
        if (valueBytes > value.capacity()) {
          value = ByteBuffer.wrap(iterator.value());
        }
        try {
          reader.read(key, keyBytes, value.clear().limit(valueBytes));
        } catch (MalformedRecordException e) {
          malformed.accept(e);
        }
      }
      iterator.status();
    } catch (RocksDBException e) {
      throw failure("cannot be read", e);
    }
  }

  /// Reads every record.
  ///
  /// @throws IOException when something cannot be read or makes no sense
  void read(RecordReader reader) throws IOException {
    List<MalformedRecordException> malformed = new ArrayList<>();
    read(
        reader,
        problem -> {
          if (malformed.isEmpty()) {
            malformed.add(problem);
          }
        });
    try {
      if (!malformed.isEmpty()) {
        throw malformed.getFirst();
      }
      reader.end();
    } catch (MalformedRecordException e) {
      throw failure("cannot be read", e);
    }
  }

  /// Looks at the checksum of every block of every table.
  void verifyTables() throws IOException {
    try {
      database.verifyChecksum();
    } catch (RocksDBException e) {
      throw failure("is damaged", e);
    }
  }

  /// Writes a batch; it is on the disk when this returns.
  ///
  /// @param batch as {@link RecordBatch} makes it
  void write(byte[] batch) throws IOException {
    try (var writes = new WriteBatch(batch)) {
      database.write(synced, writes);
    } catch (RocksDBException e) {
      throw failure("cannot be written", e);
    }
  }

  /// The same, with room in the log for what comes then: for whoever waits for each of many small
  /// batches.
  void writeWithRoom(byte[] batch) throws IOException {
    if (work.changedLog.getAndSet(false)) {
      room.changeLog();
    }
    room.reserve(batch.length);
    write(batch);
  }

  /// Makes a copy as it is now, in a directory that does not exist yet. Tables are linked, not
  /// copied, where the file system can do that.
  void copyTo(Path target) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.create(database)) {
      checkpoint.createCheckpoint(target.toString());
    } catch (RocksDBException e) {
      throw failure("cannot be copied", e);
    }
    try (Store copy = openReadOnly(target)) {
      Floor.write(target, copy.database.getLatestSequenceNumber());
    }
  }

  /// Whether tables are being written or merged.
  boolean isCompacting() {
    return work.count.get() > 0;
  }

  /// Whether there is a database.
  static boolean exists(Path database) {
    return Files.exists(database.resolve("CURRENT"));
  }

  /// What its files take on the disk.
  static long bytes(Path database) throws IOException {
    long bytes = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(database)) {
      for (Path file : files) {
        bytes += size(file);
      }
    }
    return bytes;
  }

  private static long size(Path file) throws IOException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return 0; // merged into another one meanwhile
    }
  }

  @Override
  public void close() {
    if (records != null) {
      records.close();
    }
    database.close();
    closeOptions();
  }

  private void closeOptions() {
    room.close();
    synced.close();
    reading.close();
    options.close();
    addition.close();
    work.close();
    logger.close();
  }

  /// What went wrong, as a person is to read it.
  IOException failure(String what, Exception cause) {
    return new IOException("the journal " + path + " " + what + ": " + cause.getMessage(), cause);
  }

  /// RocksDB would keep a log of its own beside its files, and even when it only reads. What
  /// matters of it comes as an exception.
  private static final class Silence extends Logger {
    Silence() {
      super(InfoLogLevel.FATAL_LEVEL);
    }

    @Override
    protected void log(InfoLogLevel level, String message) {}
  }

  /// What the database does on threads of its own.
  private static final class Work extends AbstractEventListener {
    final AtomicInteger count = new AtomicInteger();

    /// There is a new log since it was looked at.
    final AtomicBoolean changedLog = new AtomicBoolean(true);

    /// The highest sequence number that is in a table.
    final AtomicLong inTables = new AtomicLong();

    Work() {
      super(
          EnabledEventCallback.ON_FLUSH_BEGIN,
          EnabledEventCallback.ON_FLUSH_COMPLETED,
          EnabledEventCallback.ON_COMPACTION_BEGIN,
          EnabledEventCallback.ON_COMPACTION_COMPLETED,
          EnabledEventCallback.ON_MEMTABLE_SEALED);
    }

    @Override
    public void onMemTableSealed(MemTableInfo info) {
      changedLog.set(true);
    }

    @Override
    public void onFlushBegin(RocksDB db, FlushJobInfo info) {
      count.incrementAndGet();
    }

    @Override
    public void onFlushCompleted(RocksDB db, FlushJobInfo info) {
      inTables.accumulateAndGet(info.getLargestSeqno(), Math::max);
      count.decrementAndGet();
    }

    @Override
    public void onCompactionBegin(RocksDB db, CompactionJobInfo info) {
      count.incrementAndGet();
    }

    @Override
    public void onCompactionCompleted(RocksDB db, CompactionJobInfo info) {
      count.decrementAndGet();
    }
  }
}
