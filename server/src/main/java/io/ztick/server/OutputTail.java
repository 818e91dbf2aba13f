package io.ztick.server;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The last bytes of what a run printed, however much that was. Confined to the thread that watches
/// the run.
final class OutputTail {

  private static final int FIRST_BYTES = 1024;

  private final int maxBytes;

  /// Shorter than [#maxBytes] it is filled from its start; at full length it is a ring.
  private byte[] ring = new byte[0];

  private long totalBytes;

  OutputTail(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  void append(ByteBuffer bytes) {
    int skipped = Math.max(0, bytes.remaining() - maxBytes);
    bytes.position(bytes.position() + skipped);
    grow(totalBytes + skipped + bytes.remaining());
    totalBytes += skipped;
    while (bytes.hasRemaining()) {
      int at = (int) (totalBytes % ring.length);
      int length = Math.min(ring.length - at, bytes.remaining());
      bytes.get(ring, at, length);
      totalBytes += length;
    }
  }

  /// What is kept, without the line feeds at its end, and without the remains of a character that
  /// was cut.
  String text() {
    if (totalBytes <= ring.length) {
      return text(ring, 0, (int) totalBytes);
    }
    int at = ring.length == 0 ? 0 : (int) (totalBytes % ring.length);
    byte[] inOrder = new byte[ring.length];
    System.arraycopy(ring, at, inOrder, 0, ring.length - at);
    System.arraycopy(ring, 0, inOrder, ring.length - at, at);
    int from = 0;
    while (from < inOrder.length && (inOrder[from] & 0xC0) == 0x80) {
      from++;
    }
    return text(inOrder, from, inOrder.length - from);
  }

  private static String text(byte[] bytes, int from, int length) {
    return new String(bytes, from, length, StandardCharsets.UTF_8).stripTrailing();
  }

  private void grow(long neededBytes) {
    if (neededBytes > ring.length && ring.length < maxBytes) {
      long length = Math.max(neededBytes, Math.max(FIRST_BYTES, 2L * ring.length));
      ring = Arrays.copyOf(ring, (int) Math.min(maxBytes, length));
    }
  }
}
