package io.ztick.scheduler.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/// The hash of ids: two secret keys and a multiplication of 64 by 64 bits for each 16 bytes. The
/// keys are new in each process, so nobody can choose ids that all hash to one place.
final class IdHash {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final long key0;
  private final long key1;

  IdHash() {
    var random = new SecureRandom();
    key0 = random.nextLong();
    key1 = random.nextLong();
  }

  int of(byte[] bytes, int from, int to) {
    long hash = mixed(key0 ^ (to - from), key1);
    int at = from;
    while (to - at > 2 * Long.BYTES) {
      hash =
          mixed(
              (long) LONGS.get(bytes, at) ^ key0 ^ hash,
              (long) LONGS.get(bytes, at + Long.BYTES) ^ key1);
      at += 2 * Long.BYTES;
    }
    hash =
        mixed(upToLong(bytes, at, to) ^ key0 ^ hash, upToLong(bytes, at + Long.BYTES, to) ^ key1);
    return (int) (hash >>> Integer.SIZE);
  }

  /// Up to eight bytes, as a number; 0 when there are none.
  private static long upToLong(byte[] bytes, int from, int to) {
    if (to - from >= Long.BYTES) {
      return (long) LONGS.get(bytes, from);
    }
    long number = 0;
    for (int at = from; at < to; at++) {
      number = (number << Byte.SIZE) | (bytes[at] & 0xff);
    }
    return number;
  }

  private static long mixed(long one, long other) {
    return (one * other) ^ Math.unsignedMultiplyHigh(one, other);
  }
}
