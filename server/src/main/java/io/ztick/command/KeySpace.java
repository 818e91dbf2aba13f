package io.ztick.command;

/// The numbers from 0 to below a bound, in an order that looks random and is the same for the same
/// seed. Public for other workloads than those of `ztick bench`. Confined to one thread.
public final class KeySpace {
  private static final long SEED_STEP = 0x9E3779B97F4A7C15L;
  private static final int FIRST_FACTOR = 0x2C1B3C6D;
  private static final int SECOND_FACTOR = 0x297A2D39;

  private final int keys;
  private final int mask;
  private final int shift;
  private final int offset;
  private int walked;
  private long random;

  /// @param keys 1 to 1,000,000,000
  public KeySpace(int keys, long seed) {
    this.keys = keys;
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, keys - 1));
    this.mask = (1 << bits) - 1;
    this.shift = Math.max(1, bits / 2);
    // xorshift never leaves zero.
    this.random = ((seed + 1) * SEED_STEP) | 1;
    this.offset = (int) seed & mask;
  }

  /// 64 random bits.
  public long random() {
    random ^= random << 13;
    random ^= random >>> 7;
    random ^= random << 17;
    return random;
  }

  /// Any of the numbers.
  public int any() {
    return below(keys);
  }

  /// A random number from 0 to below a bound.
  public int below(int bound) {
    return (int) (((random() >>> 32) * bound) >>> 32);
  }

  /// The next number: each once, in a shuffled order that takes no memory.
  public int walk() {
    int number;
    do {
      // Each step can be undone, so no number of these bits comes twice.
      number = (walked++ + offset) & mask;
      number ^= number >>> shift;
      number = (number * FIRST_FACTOR) & mask;
      number ^= number >>> shift;
      number = (number * SECOND_FACTOR) & mask;
      number ^= number >>> shift;
    } while (number >= keys);
    return number;
  }
}
