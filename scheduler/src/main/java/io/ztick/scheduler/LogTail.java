package io.ztick.scheduler;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// How much of a RocksDB write-ahead log is no whole record. RocksDB drops such a tail, rightly,
/// because a crash leaves one, but does not say so.
///
/// A log is a row of blocks of 32 KiB, each a row of fragments: checksum (4 bytes), length (2),
/// kind (1; all little endian), data. What does not fit into a block goes on in the next one
/// (<https://github.com/facebook/rocksdb/wiki/Write-Ahead-Log-File-Format>).
final class LogTail {
  private static final Pattern LOG_NAME = Pattern.compile("[0-9]+\\.log");
  private static final int BLOCK_BYTES = 32 * 1024;
  private static final int HEADER_BYTES = 7;
  private static final int FULL = 1;
  private static final int LAST = 4;
  private static final int CRC_MASK = 0xa282ead8;

  private final DataInputStream input;

  /// Where the next fragment begins.
  private long position;

  private LogTail(DataInputStream input) {
    this.input = input;
  }

  /// The number of bytes behind the last whole record of the newest log of a database; 0 when there
  /// is no log.
  static long bytes(Path database) throws IOException {
    Path newest = newestLog(database);
    if (newest == null) {
      return 0;
    }
    long size = Files.size(newest);
    try (var input = new DataInputStream(new BufferedInputStream(Files.newInputStream(newest)))) {
      return size - new LogTail(input).endOfRecords();
    }
  }

  /// The names are numbers of six digits or more.
  private static @Nullable Path newestLog(Path database) throws IOException {
    try (Stream<Path> files = Files.list(database)) {
      return files
          .filter(file -> LOG_NAME.matcher(file.getFileName().toString()).matches())
          .max(
              Comparator.comparingInt((Path file) -> file.toString().length())
                  .thenComparing(Comparator.naturalOrder()))
          .orElse(null);
    }
  }

  private long endOfRecords() throws IOException {
    long end = 0;
    try {
      int kind = fragment();
      while (kind != 0) {
        if (kind == FULL || kind == LAST) {
          end = position;
        }
        kind = fragment();
      }
      return end;
    } catch (EOFException e) {
      return end;
    }
  }

  /// Reads a fragment.
  ///
  /// @return its kind, of the kinds that do not reuse a file; 0 when it is none
  private int fragment() throws IOException {
    int left = BLOCK_BYTES - (int) (position % BLOCK_BYTES);
    if (left < HEADER_BYTES) {
      input.skipNBytes(left);
      position += left;
    }
    int checksum = Integer.reverseBytes(input.readInt());
    int length = Short.toUnsignedInt(Short.reverseBytes(input.readShort()));
    int kind = input.readUnsignedByte();
    byte[] data = new byte[length];
    input.readFully(data);
    position += HEADER_BYTES + length;
    return checksum == checksum(kind, data) ? kind : 0;
  }

  private static int checksum(int kind, byte[] data) {
    var crc = new CRC32C();
    crc.update(kind);
    crc.update(data);
    return Integer.rotateRight((int) crc.getValue(), 15) + CRC_MASK;
  }
}
