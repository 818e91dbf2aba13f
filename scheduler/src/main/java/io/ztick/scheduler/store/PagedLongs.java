package io.ztick.scheduler.store;

import java.util.Arrays;

/// Longs by index, in pages of 256 KiB: growing copies none of them, however many there are, and
/// the launcher has the JVM put arrays of that size where they stay. A page is made when something
/// is first put there: with ten million ids the table of ids grows by 12 MiB, which to make at once
/// would stop everybody for up to 32 ms.
final class PagedLongs {
  private static final int PAGE_BITS = 15;

  /// Longs of a page.
  static final int PAGE = 1 << PAGE_BITS;

  /// In the place of each page that has not been made: so reading asks nothing.
  private static final long[] ZEROS = new long[PAGE];

  private long[][] pages = {};

  long get(int index) {
    return pages[index >>> PAGE_BITS][index & (PAGE - 1)];
  }

  @SuppressWarnings("ReferenceEquality") // not another page of nothing but zeros
  void set(int index, long value) {
    long[] page = pages[index >>> PAGE_BITS];
    if (page == ZEROS) {
      page = new long[PAGE];
      pages[index >>> PAGE_BITS] = page;
    }
    page[index & (PAGE - 1)] = value;
  }

  /// Makes room for so many; new ones are 0.
  void ensure(int length) {
    int old = pages.length;
    int count = (length - 1) / PAGE + 1;
    if (count > old) {
      pages = Arrays.copyOf(pages, Math.max(count, old * 5 / 4));
      Arrays.fill(pages, old, pages.length, ZEROS);
    }
  }
}
