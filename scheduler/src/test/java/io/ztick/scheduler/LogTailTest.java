package io.ztick.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogTailTest {
  private static final int BLOCK_BYTES = 32 * 1024;

  @TempDir private Path temporary;

  /// A database as a crash would leave it.
  private Path database = Path.of("");

  private Path logFile = Path.of("");
  private byte[] log = {};

  /// Where each record of the log ends; the first one where it begins.
  private final List<Integer> ends = new ArrayList<>();

  /// Each record is a change with a command of so many characters.
  private void write(int... commands) throws IOException {
    Path used = Files.createTempDirectory(temporary, "used");
    Store.create(used);
    try (Store store = Store.open(used)) {
      var batch = new JournalBatch(0, 0);
      Path name = FileTree.of(used).named(".log").getLast();
      ends.clear();
      ends.add((int) Files.size(used.resolve(name)));
      for (int length : commands) {
        batch.add(new Change.RuleSet(new Rule("rule", "*", new Runner.Shell("x".repeat(length)))));
        store.write(batch.take());
        ends.add((int) Files.size(used.resolve(name)));
      }
      FileTree files = FileTree.of(used);
      database = files.writeTo(Files.createTempDirectory(temporary, "left"));
      logFile = database.resolve(name);
      log = files.bytes(name);
    }
  }

  private long recovered() throws IOException {
    try (Store store = Store.openReadOnly(database)) {
      return store.position().change();
    }
  }

  /// How many records are whole when the log has so many bytes.
  private int whole(int size) {
    return (int) ends.stream().filter(end -> end <= size).count() - 1;
  }

  private void assertTail(int size) throws IOException {
    Files.write(logFile, Arrays.copyOf(log, size));
    assertThat(LogTail.bytes(database)).as("cut at %s", size).isEqualTo(tail(log, size));
  }

  /// How many bytes lie behind the last whole record and before the zeros at the end.
  private long tail(byte[] bytes, int size) {
    return Math.max(0, FileTree.used(Arrays.copyOf(bytes, size)) - ends.get(whole(size)));
  }

  private void assertRecovered(int size) throws IOException {
    assertTail(size);
    assertThat(recovered()).as("cut at %s", size).isEqualTo(whole(size));
  }

  @Test
  void log_that_is_cut_has_a_tail_behind_its_last_whole_record() throws IOException {
    write(10, 200, 1, 30, 60);
    for (int size = 0; size <= log.length; size++) {
      assertTail(size);
      if (size % 9 == 0 || ends.contains(size) || ends.contains(size + 1)) {
        assertRecovered(size);
      }
    }
    assertThat(whole(log.length)).isEqualTo(5);
  }

  @Test
  void records_may_go_on_over_many_blocks() throws IOException {
    write(20, 40_000, 1, 100_000, 60_000, 2);
    assertThat(log).hasSizeGreaterThan(6 * BLOCK_BYTES);
    for (int end : ends) {
      for (int near = -8; near <= Math.min(8, log.length - end); near++) {
        assertTail(Math.max(0, end + near));
        assertTail(Math.max(0, end / BLOCK_BYTES * BLOCK_BYTES + near));
      }
      assertRecovered(Math.max(0, end - 1));
      assertRecovered(end);
    }
    Random random = new Random(1);
    for (int i = 0; i < 50; i++) {
      assertRecovered(random.nextInt(log.length));
    }
  }

  @Test
  void record_may_end_anywhere_at_the_end_of_a_block() throws IOException {
    write(20_000);
    int overhead = log.length - 20_000;
    for (int left = 0; left <= 16; left++) {
      write(BLOCK_BYTES - overhead - left, 10);
      assertThat(ends.get(1)).isEqualTo(BLOCK_BYTES - left);
      assertRecovered(log.length);
      assertRecovered(log.length - 1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 6, 7, 8, 100, 5_000, BLOCK_BYTES, 70_000, 1 << 20})
  void zeros_behind_the_last_record_are_no_tail(int count) throws IOException {
    write(10, 20);
    Files.write(logFile, Arrays.copyOf(log, log.length + count));

    assertThat(LogTail.bytes(database)).isZero();
    assertThat(recovered()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 30, 200, 1 << 20})
  void record_of_which_a_part_is_zeros_is_a_tail(int room) throws IOException {
    write(10, 3 * BLOCK_BYTES);
    byte[] torn = Arrays.copyOf(log, log.length + room);
    Arrays.fill(torn, ends.get(1) + 50_000, ends.get(2), (byte) 0);
    Files.write(logFile, torn);

    assertThat(LogTail.bytes(database)).isEqualTo(50_000);
    assertThat(recovered()).isEqualTo(1);
  }

  @Test
  void damage_in_front_of_a_whole_record_is_noticed_when_zeros_follow() throws IOException {
    write(10, 20, 30);
    byte[] damaged = Arrays.copyOf(log, log.length + (1 << 20));
    damaged[ends.get(2) - 1] ^= 1;
    Files.write(logFile, damaged);
    assertThatThrownBy(() -> LogTail.bytes(database))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(logFile.getFileName() + " is damaged at byte " + ends.get(1));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 6, 7, 8, 100, 5_000})
  void text_behind_the_last_record_is_a_tail(int count) throws IOException {
    write(10, 20);
    byte[] text = "all work and no play makes jack a dull boy\n".repeat(200).getBytes(UTF_8);
    Files.write(logFile, joined(log, Arrays.copyOf(text, count)));

    assertThat(LogTail.bytes(database)).isEqualTo(count);
    assertThat(recovered()).isEqualTo(2);
  }

  private static byte[] joined(byte[] left, byte[] right) {
    byte[] joined = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, joined, left.length, right.length);
    return joined;
  }

  /// RocksDB reads some of them for ever, so that this test would not end.
  @Test
  void random_bytes_behind_the_last_record_are_a_tail_or_damage() throws IOException {
    write(10, 20);
    Random random = new Random(1);
    int refused = 0;
    for (int i = 0; i < 200; i++) {
      byte[] bytes = new byte[random.nextInt(i % 10 == 0 ? 100_000 : 200)];
      random.nextBytes(bytes);
      Files.write(logFile, joined(log, bytes));
      try {
        byte[] all = joined(log, bytes);
        assertThat(LogTail.bytes(database)).isEqualTo(tail(all, all.length));
        assertThat(recovered()).isEqualTo(2);
      } catch (IOException e) {
        refused++;
      }
    }
    assertThat(refused).as("refused").isBetween(1, 20);
  }

  @Test
  void last_record_of_a_foreign_kind_is_a_tail_unless_rocksdb_would_read_it_for_ever()
      throws IOException {
    write(10, 20, 30);
    byte[] other = log.clone();
    other[ends.get(2) + 6] = 9;
    Files.write(logFile, other);

    assertThat(LogTail.bytes(database)).isEqualTo(tail(log, log.length - 1));
    assertThat(recovered()).isEqualTo(2);

    other[ends.get(2) + 6] = 5;
    Files.write(logFile, other);

    assertThatThrownBy(() -> LogTail.bytes(database)).isInstanceOf(IOException.class);
  }

  /// A record of a file that was used before is what RocksDB would read for ever.
  @Test
  void record_of_a_foreign_kind_in_front_of_another_is_damage() throws IOException {
    write(10, 20, 30);
    for (int record = 0; record < 2; record++) {
      int kindAt = ends.get(record) + 6;
      for (int kind : new int[] {0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 129, 130, 131, 255}) {
        byte[] other = log.clone();
        other[kindAt] = (byte) kind;
        Files.write(logFile, other);
        assertThatThrownBy(
                () -> {
                  LogTail.bytes(database);
                  recovered();
                })
            .as("kind %s of record %s", kind, record)
            .isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void damage_in_front_of_a_whole_record_is_no_tail() throws IOException {
    write(10, 20, 30, 40);
    Random random = new Random(1);
    for (int index = ends.getFirst(); index < ends.get(3); index++) {
      byte[] damaged = log.clone();
      damaged[index] ^= (byte) (1 << random.nextInt(8));
      Files.write(logFile, damaged);
      assertThatThrownBy(() -> LogTail.bytes(database))
          .isInstanceOf(IOException.class)
          .hasMessage(
              "the journal %s cannot be read: %s is damaged at byte %d",
              database, logFile.getFileName(), ends.get(whole(index)));
    }
  }

  @Test
  void damage_of_a_long_record_is_a_tail_only_when_nothing_follows() throws IOException {
    for (int[] records : new int[][] {{10, 100_000}, {10, 100_000, 10}}) {
      write(records);
      byte[] damaged = log.clone();
      damaged[ends.get(1) + 1_000] ^= 1;
      Files.write(logFile, damaged);
      if (records.length == 2) {
        assertThat(LogTail.bytes(database)).isEqualTo(tail(log, log.length - 1));
        assertThat(recovered()).isEqualTo(1);
      } else {
        assertThatThrownBy(() -> LogTail.bytes(database))
            .isInstanceOf(IOException.class)
            .hasMessageContaining(logFile.getFileName() + " is damaged at byte ");
      }
    }
  }

  @Test
  void log_behind_one_that_has_lost_its_end_is_damage() throws IOException {
    write(10, 20);
    assertTail(log.length - 5);
    Files.write(database.resolve("1000000.log"), log);
    assertThatThrownBy(() -> LogTail.bytes(database))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "the journal %s cannot be read: 1000000.log follows a log that has lost its end",
            database);

    Files.write(logFile, log);
    assertThat(LogTail.bytes(database)).isZero();
  }

  @Test
  void database_without_a_log_has_no_tail() throws IOException {
    write(10);
    Files.delete(logFile);

    assertThat(LogTail.bytes(database)).isZero();
  }

  @Test
  void older_logs_may_have_a_tail_too() throws IOException {
    write(10, 20);
    int torn = log.length - 5;
    assertTail(torn);
    Files.write(database.resolve("1000000.log"), new byte[] {});
    assertThat(LogTail.bytes(database)).isEqualTo(tail(log, torn));

    Files.write(database.resolve("1000000.log"), new byte[] {1, 2, 3});
    Files.write(database.resolve("notes.log"), "no log of a database".getBytes(UTF_8));
    assertThat(LogTail.bytes(database)).isEqualTo(tail(log, torn) + 3);
  }

  @Test
  void damage_of_the_manifest_in_front_of_a_whole_record_is_noticed() throws IOException {
    write(10);
    Path manifest = database.resolve(FileTree.of(database).named("MANIFEST").getLast());
    byte[] bytes = Files.readAllBytes(manifest);
    Random random = new Random(1);
    int last = bytes.length;
    for (int i = bytes.length - 1; i >= 0; i--) {
      byte[] flipped = bytes.clone();
      flipped[i] ^= (byte) (1 << random.nextInt(8));
      Files.write(manifest, flipped);
      if (isTaken()) {
        assertThat(last).as("byte %s is in the last record", i).isEqualTo(bytes.length);
      } else {
        last = i;
      }
    }
    assertThat(last).isZero();
  }

  private boolean isTaken() {
    try {
      return LogTail.bytes(database) == 0;
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("MANIFEST");
      return false;
    }
  }

  /// RocksDB would read it for ever.
  @Test
  void record_of_a_foreign_kind_in_a_manifest_is_damage() throws IOException {
    write(10);
    Path manifest = database.resolve(FileTree.of(database).named("MANIFEST").getLast());
    byte[] bytes = Files.readAllBytes(manifest);
    int kindAt = kindOfLastRecord(bytes);
    for (int kind : new int[] {5, 6, 7, 8, 11, 131}) {
      bytes[kindAt] = (byte) kind;
      Files.write(manifest, bytes);
      assertThatThrownBy(() -> LogTail.bytes(database))
          .hasMessage(
              "the journal %s cannot be read: %s is damaged at byte %d",
              database, manifest.getFileName(), kindAt - 6);
    }
  }

  private static int kindOfLastRecord(byte[] manifest) {
    int start = 0;
    int next = 0;
    while (next < manifest.length) {
      start = next;
      next = start + 7 + (manifest[start + 4] & 0xff) + ((manifest[start + 5] & 0xff) << 8);
    }
    return start + 6;
  }

  @Test
  void manifest_that_is_not_the_current_one_does_not_matter() throws IOException {
    write(10);
    Files.write(database.resolve("MANIFEST-999999"), new byte[] {1, 2, 3});

    assertThat(LogTail.bytes(database)).isZero();
    assertThat(recovered()).isEqualTo(1);
  }
}
