package io.ztick.scheduler.store;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Longs by index, in pages of 256 KiB: growing copies none of them, however many there are, and
/// the launcher has the JVM put arrays of that size where they stay. A page is made when something
/// is first put there: with ten million ids the table of ids grows by 12 MiB, which to make at once
/// would stop everybody for up to 32 ms.
final class PagedLongs {
  private static final int PAGE_BITS = 15;

  /// Longs of a page.
  static final int PAGE = 1 << PAGE_BITS;

  private long[] @Nullable [] pages = {};

  long get(int index) {
    long[] page = pages[index >>> PAGE_BITS];
    return page == null ? 0 : page[index & (PAGE - 1)];
  }

  void set(int index, long value) {
    long[] page = pages[index >>> PAGE_BITS];
    if (page == null) {
      page = new long[PAGE];
      pages[index >>> PAGE_BITS] = page;
    }
    page[index & (PAGE - 1)] = value;
  }

  /// Makes room for so many; new ones are 0.
  void ensure(int length) {
    int count = (length - 1) / PAGE + 1;
    if (count > pages.length) {
      pages = Arrays.copyOf(pages, Math.max(count, pages.length * 5 / 4));
    }
  }
}
