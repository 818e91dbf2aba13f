package io.ztick.scheduler;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/// How much of a RocksDB write-ahead log is no whole record. RocksDB drops such a tail, rightly,
/// because a crash leaves one, but does not say so; nor does it notice when it is damage, which is
/// when a whole record follows. Zeros at the very end are room ({@link LogRoom}) and no tail.
///
/// A log is a row of blocks of 32 KiB, each a row of fragments: checksum (4 bytes), length (2),
/// kind (1; all little endian), data. What does not fit into a block goes on in the next one
/// (<https://github.com/facebook/rocksdb/wiki/Write-Ahead-Log-File-Format>). A manifest, which says
/// what tables there are, is such a log too.
final class LogTail {
  private static final Pattern LOG_NAME = Pattern.compile("[0-9]+\\.log");
  private static final Pattern MANIFEST_NAME = Pattern.compile("MANIFEST-[0-9]+");
  private static final int BLOCK_BYTES = 32 * 1024;
  private static final int HEADER_BYTES = 7;
  private static final int KIND_BYTES = 1;
  private static final int FULL = 1;
  private static final int FIRST = 2;
  private static final int LAST = 4;
  private static final int CRC_MASK = 0xa282ead8;

  /// The kinds in a log whose file has been used before. We have no such logs, but damage may look
  /// like one, and RocksDB then reads it again and again, for ever
  /// (<https://github.com/facebook/rocksdb/issues/13333>).
  private static final Set<Integer> REUSED = Set.of(5, 6, 7, 8, 11, 131);

  /// How far a log reaches.
  ///
  /// @param records where its last whole record ends
  /// @param used where its last byte that is not zero ends, if that is behind the records
  private record Extent(long records, long used) {}

  private LogTail() {}

  /// The number of bytes behind the last whole record of each log of a database; 0 when there is no
  /// log. To be looked at before RocksDB is let near it.
  ///
  /// @throws IOException also when a log or the manifest is damaged in a way that RocksDB does not
  ///   notice
  static long bytes(Path database) throws IOException {
    refuseDamagedManifest(database);
    long bytes = 0;
    for (Path log : logs(database)) {
      Extent extent = extent(log);
      if (bytes > 0 && extent.records > 0) {
        throw new IOException(
            "the journal %s cannot be read: %s follows a log that has lost its end"
                .formatted(database, log.getFileName()));
      }
      bytes += extent.used - extent.records;
    }
    return bytes;
  }

  /// The oldest first. The names are numbers of six digits or more.
  static List<Path> logs(Path database) throws IOException {
    try (Stream<Path> files = Files.list(database)) {
      return files
          .filter(LogTail::isLog)
          .sorted(
              Comparator.comparingInt((Path file) -> file.toString().length())
                  .thenComparing(Comparator.naturalOrder()))
          .toList();
    }
  }

  private static boolean isLog(Path file) {
    return LOG_NAME.matcher(file.getFileName().toString()).matches();
  }

  private static void refuseDamagedManifest(Path database) throws IOException {
    Path current = database.resolve("CURRENT");
    String name = Files.exists(current) ? Files.readString(current, ISO_8859_1).strip() : "";
    if (MANIFEST_NAME.matcher(name).matches() && Files.exists(database.resolve(name))) {
      var _ = extent(database.resolve(name));
    }
  }

  /// @throws IOException also when the log is damaged in a way that RocksDB does not notice
  private static Extent extent(Path log) throws IOException {
    try (var input = new BufferedInputStream(Files.newInputStream(log))) {
      long start = 0;
      long end = 0;
      long used = 0;
      boolean torn = false;
      ByteBuffer block = block(input);
      while (block.hasRemaining()) {
        while (!torn && !isReused(block) && isWhole(block, block.position())) {
          int kind = kind(block, block.position());
          block.position(block.position() + HEADER_BYTES + length(block, block.position()));
          if (kind == FULL || kind == LAST) {
            end = start + block.position();
          }
        }
        torn = torn || block.remaining() >= HEADER_BYTES;
        if (isReused(block) || (torn && isFollowed(block))) {
          throw damaged(log, start + block.position());
        }
        if (used(block) > 0) {
          used = start + used(block);
        }
        start += BLOCK_BYTES;
        block = block(input);
      }
      return new Extent(end, Math.max(end, used));
    }
  }

  private static IOException damaged(Path file, long position) {
    return new IOException(
        "the journal %s cannot be read: %s is damaged at byte %d"
            .formatted(file.getParent(), file.getFileName(), position));
  }

  private static ByteBuffer block(InputStream input) throws IOException {
    return ByteBuffer.wrap(input.readNBytes(BLOCK_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int used(ByteBuffer block) {
    int used = block.limit();
    while (used > 0 && block.get(used - 1) == 0) {
      used--;
    }
    return used;
  }

  /// Whether a record begins behind something that is not whole. A crash leaves none there: nothing
  /// is written behind a record that is not safe yet.
  private static boolean isFollowed(ByteBuffer block) {
    for (int start = block.position(); start <= block.limit() - HEADER_BYTES; start++) {
      int kind = kind(block, start);
      if ((kind == FULL || kind == FIRST) && isWhole(block, start)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isReused(ByteBuffer block) {
    return block.remaining() >= HEADER_BYTES && REUSED.contains(kind(block, block.position()));
  }

  private static boolean isWhole(ByteBuffer block, int start) {
    int left = block.limit() - start - HEADER_BYTES;
    if (left < 0 || length(block, start) > left) {
      return false;
    }
    var crc = new CRC32C();
    int checked = KIND_BYTES + length(block, start);
    crc.update(block.slice(start + HEADER_BYTES - KIND_BYTES, checked));
    return block.getInt(start) == Integer.rotateRight((int) crc.getValue(), 15) + CRC_MASK;
  }

  private static int length(ByteBuffer block, int start) {
    return Short.toUnsignedInt(block.getShort(start + Integer.BYTES));
  }

  private static int kind(ByteBuffer block, int start) {
    return Byte.toUnsignedInt(block.get(start + HEADER_BYTES - KIND_BYTES));
  }
}
