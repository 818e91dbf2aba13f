package io.ztick.scheduler.store;

import java.util.Arrays;

/// Longs by index, in pages of 256 KiB: growing copies none of them, however many there are, and
/// the launcher has the JVM put arrays of that size where they stay.
final class PagedLongs {
  private static final int PAGE_BITS = 15;

  /// Longs of a page.
  static final int PAGE = 1 << PAGE_BITS;

  private static final long[] NONE = {};

  private long[][] pages = {};
  private int count;

  long get(int index) {
    return pages[index >>> PAGE_BITS][index & (PAGE - 1)];
  }

  void set(int index, long value) {
    pages[index >>> PAGE_BITS][index & (PAGE - 1)] = value;
  }

  /// Makes room for so many; new ones are 0.
  void ensure(int length) {
    while ((long) count * PAGE < length) {
      if (count == pages.length) {
        pages = Arrays.copyOf(pages, Math.max(4, count * 2));
      }
      pages[count++] = new long[PAGE];
    }
  }

  /// Lets go of the pages that are not needed for so many, but for one, so that a length that goes
  /// up and down costs nothing.
  void trim(int length) {
    while ((count - 2L) * PAGE >= length) {
      pages[--count] = NONE;
    }
  }
}
