package io.ztick.scheduler;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Records that come to the disk together or not at all, laid out as RocksDB has them in a batch: 8
/// bytes for a number of its own, 4 for how many records there are (little endian), and of each its
/// kind, its key and, unless it is deleted, its value; both behind their lengths. Made here and
/// handed over in one piece: with a call of the library for each record a durable SET takes 2.4 µs
/// of the processor instead of 2.1, 64 in flight on each of 8 connections.
final class RecordBatch implements Records.Writes {
  private static final int COUNT_AT = 8;
  private static final int HEADER_BYTES = 12;
  private static final byte DELETION = 0;
  private static final byte VALUE = 1;
  private static final byte MERGE = 2;

  /// Of a kind and two lengths of 32 bits.
  private static final int MAX_FRAME_BYTES = 11;

  private static final int FIRST_BYTES = 1 << 12;

  /// Larger ones are rare, and would be kept for ever.
  private static final int MAX_KEPT_BYTES = 1 << 20;

  /// About what an array can hold.
  private static final int MAX_BYTES = Integer.MAX_VALUE - 8;

  private byte[] bytes = new byte[FIRST_BYTES];
  private int length = HEADER_BYTES;
  private int count;

  @Override
  public void put(byte[] key, byte[] value) {
    begin(VALUE, key, value.length);
    append(value);
  }

  @Override
  public void delete(byte[] key) {
    begin(DELETION, key, 0);
  }

  @Override
  public void add(byte[] key, long number) {
    begin(MERGE, key, Long.BYTES);
    append(Records.littleEndian(number));
  }

  /// The batch, and begins a new one.
  byte[] take() {
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(COUNT_AT, count);
    byte[] batch = Arrays.copyOf(bytes, length);
    clear();
    return batch;
  }

  /// Forgets what has been added.
  void clear() {
    length = HEADER_BYTES;
    count = 0;
    if (bytes.length > MAX_KEPT_BYTES) {
      bytes = new byte[FIRST_BYTES];
    }
  }

  private void begin(byte kind, byte[] key, int valueBytes) {
    long needed = (long) length + MAX_FRAME_BYTES + key.length + valueBytes;
    if (needed > bytes.length) {
      long doubled = Math.min(2L * bytes.length, MAX_BYTES);
      bytes = Arrays.copyOf(bytes, Math.toIntExact(Math.max(needed, doubled)));
    }
    count++;
    bytes[length++] = kind;
    append(key);
  }

  private void append(byte[] text) {
    int rest = text.length;
    while (rest >= 0x80) {
      bytes[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
    System.arraycopy(text, 0, bytes, length, text.length);
    length += text.length;
  }
}
