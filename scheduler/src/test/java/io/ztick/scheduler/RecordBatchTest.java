package io.ztick.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/// Against what RocksDB itself makes of the same records.
class RecordBatchTest {
  @BeforeAll
  static void loadLibrary(@TempDir Path temporary) throws IOException {
    Store.create(temporary.resolve("any"));
  }

  /// Records that both are given.
  private static final class Both implements AutoCloseable {
    final RecordBatch ours = new RecordBatch();
    private final WriteBatch theirs = new WriteBatch();

    void put(byte[] key, byte[] value) throws RocksDBException {
      ours.put(key, value);
      theirs.put(key, value);
    }

    void delete(byte[] key) throws RocksDBException {
      ours.delete(key);
      theirs.delete(key);
    }

    void add(byte[] key, long number) throws RocksDBException {
      ours.add(key, number);
      theirs.merge(key, Records.littleEndian(number));
    }

    void assertSame() throws RocksDBException {
      assertThat(ours.take()).isEqualTo(theirs.data());
      theirs.clear();
    }

    @Override
    public void close() {
      theirs.close();
    }
  }

  @Test
  void batch_is_laid_out_as_rocksdb_does() throws RocksDBException {
    try (Both both = new Both()) {
      both.put("key".getBytes(UTF_8), "value".getBytes(UTF_8));
      both.delete("other".getBytes(UTF_8));
      both.add("count".getBytes(UTF_8), -2);
      both.put(new byte[0], new byte[0]);
      both.assertSame();
      both.assertSame();
    }
  }

  @Test
  void keys_and_values_may_have_any_length() throws RocksDBException {
    Random random = new Random(1);
    try (Both both = new Both()) {
      for (int length : new int[] {1, 127, 128, 129, 4_000, 16_383, 16_384, 70_000, 3_000_000, 5}) {
        byte[] key = new byte[length];
        byte[] value = new byte[random.nextInt(2 * length)];
        random.nextBytes(key);
        random.nextBytes(value);
        both.put(key, value);
        both.put(value, key);
        both.delete(key);
        if (length % 2 == 1) {
          both.assertSame();
        }
      }
      both.assertSame();
    }
  }

  @Test
  void what_is_forgotten_is_not_in_the_next_batch() throws RocksDBException {
    try (Both both = new Both()) {
      both.ours.put(new byte[2_000_000], new byte[10]);
      both.ours.clear();
      both.put(new byte[] {1}, new byte[] {2});
      both.assertSame();
    }
  }
}
