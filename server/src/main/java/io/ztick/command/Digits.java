package io.ztick.command;

/// Decimal digits in buffers of requests, without garbage. Public for other workloads than those of
/// `ztick bench`.
public final class Digits {
  /// Numbers that {@link #nine} can write are smaller than this.
  public static final int NINE_BOUND = 1_000_000_000;

  private static final int THOUSAND = 1000;

  /// Three digits for each number below a thousand: a division and a copy for three digits.
  private static final byte[] THREE = new byte[3 * THOUSAND];

  static {
    for (int i = 0; i < THOUSAND; i++) {
      THREE[3 * i] = (byte) ('0' + i / 100);
      THREE[3 * i + 1] = (byte) ('0' + i / 10 % 10);
      THREE[3 * i + 2] = (byte) ('0' + i % 10);
    }
  }

  private Digits() {}

  /// Writes a number below a billion in nine digits.
  public static void nine(byte[] to, int at, int number) {
    six(to, at, number / THOUSAND);
    three(to, at + 6, number % THOUSAND);
  }

  /// Writes a number below a million in six digits.
  public static void six(byte[] to, int at, int number) {
    three(to, at, number / THOUSAND);
    three(to, at + 3, number % THOUSAND);
  }

  private static void three(byte[] to, int at, int number) {
    int from = 3 * number;
    to[at] = THREE[from];
    to[at + 1] = THREE[from + 1];
    to[at + 2] = THREE[from + 2];
  }
}
