package io.ztick.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.UInt64AddOperator;

class LogRoomTest {
  private static final int ROOM_BYTES = 1 << 20;

  @TempDir private Path temporary;

  private Path database = Path.of("");

  @BeforeEach
  void create() throws IOException {
    database = temporary.resolve("database");
    Store.create(database);
  }

  private static Change change(int characters) {
    return new Change.RuleSet(new Rule("rule", "*", new Runner.Shell("x".repeat(characters))));
  }

  private long logBytes() throws IOException {
    return Files.size(LogTail.logs(database).getLast());
  }

  /// What a kill would leave now.
  private Path left(String name) throws IOException {
    return FileTree.of(database).writeTo(temporary.resolve(name));
  }

  private static void assertHolds(Path left, int changes) throws IOException {
    assertThat(LogTail.bytes(left)).isZero();
    try (Store store = Store.openReadOnly(left)) {
      assertThat(store.position().change()).isEqualTo(changes);
    }
  }

  @Test
  void records_take_the_place_of_zeros_and_the_log_grows_in_large_steps() throws IOException {
    int count = 300;
    int growths = 0;
    try (Store store = Store.open(database)) {
      var batch = new JournalBatch(0, 0);
      long before = logBytes();
      for (int i = 1; i <= count; i++) {
        batch.add(change(i * 77));
        store.writeWithRoom(batch.take());
        if (logBytes() > before) {
          growths++;
          before = logBytes();
        }
        if (i % 100 == 1) {
          assertHolds(left("after " + i), i);
        }
      }
      long written = (count + 1L) * count / 2 * 77;
      assertThat(growths).isBetween((int) (written / ROOM_BYTES), (int) (written / ROOM_BYTES) + 2);
      assertHolds(left("at the end"), count);
    }
    assertHolds(database, count);
  }

  @Test
  void record_that_is_larger_than_the_room_is_written_whole() throws IOException {
    try (Store store = Store.open(database)) {
      var batch = new JournalBatch(0, 0);
      for (int i = 1; i <= 4; i++) {
        batch.add(change(i % 2 == 0 ? 10 : 3 * ROOM_BYTES));
        store.writeWithRoom(batch.take());
        assertHolds(left("after " + i), i);
      }
    }
  }

  @Test
  void each_new_log_gets_room() throws IOException {
    try (Store store = Store.open(database)) {
      var batch = new JournalBatch(0, 0);
      for (int i = 1; i <= 3; i++) {
        batch.add(change(10));
        store.writeWithRoom(batch.take());
        assertThat(logBytes()).isGreaterThanOrEqualTo(ROOM_BYTES);
        assertHolds(left("after " + i), i);
        store.copyTo(temporary.resolve("copy " + i)); // what is in the log becomes a table
        assertHolds(temporary.resolve("copy " + i), i);
      }
    }
  }

  @Test
  void room_in_a_log_that_others_follow_is_no_end() throws Exception {
    try (Store store = Store.open(database)) {
      var batch = new JournalBatch(0, 0);
      batch.add(change(10));
      store.write(batch.take());
    }
    Path first = LogTail.logs(database).getLast();
    addWithoutTouchingOldLogs();
    assertThat(LogTail.logs(database)).startsWith(first).hasSize(2);
    Files.write(first, new byte[ROOM_BYTES], StandardOpenOption.APPEND);

    assertHolds(database, 2);
    Store.open(database).close();
    assertHolds(database, 2);
  }

  /// As it is when the machine stops while a full log is being written over into a table.
  private void addWithoutTouchingOldLogs() throws IOException, RocksDBException {
    try (var addition = new UInt64AddOperator();
        var options = new Options().setMergeOperator(addition).setAvoidFlushDuringRecovery(true);
        var records = RocksDB.open(options, database.toString())) {
      byte[] last = records.get(Records.LAST_KEY);
      last[Long.BYTES] = 2;
      records.put(Records.LAST_KEY, last);
      records.merge(Records.COUNT_KEY, Records.littleEndian(1));
    }
  }
}
