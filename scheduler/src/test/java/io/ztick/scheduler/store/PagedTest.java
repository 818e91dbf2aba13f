package io.ztick.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PagedTest {
  private static final int PAGES = 9;

  @Test
  void numbers_stay_where_they_are_while_pages_come_and_go() {
    var longs = new PagedLongs();
    var ints = new PagedInts();
    for (int page = 1; page <= PAGES; page++) {
      longs.ensure(page * PagedLongs.PAGE);
      ints.ensure(page * PagedInts.PAGE);
      longs.set(page * PagedLongs.PAGE - 1, page);
      ints.set(page * PagedInts.PAGE - 1, page);
    }
    ints.trim(3 * PagedInts.PAGE);
    for (int page = 1; page <= 3; page++) {
      assertThat(longs.get(page * PagedLongs.PAGE - 1)).isEqualTo(page);
      assertThat(ints.get(page * PagedInts.PAGE - 1)).isEqualTo(page);
    }
  }

  @Test
  void one_page_more_than_needed_is_kept_and_the_others_are_let_go_of() {
    var ints = new PagedInts();
    ints.ensure(PAGES * PagedInts.PAGE);
    ints.trim(1);

    assertThat(ints.get(2 * PagedInts.PAGE - 1)).isZero();
    assertThatThrownBy(() -> ints.get(2 * PagedInts.PAGE))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  /// Of all the longs that there can be no heap here holds more than a few pages.
  @Test
  void longs_take_no_memory_before_something_is_put_there() {
    var longs = new PagedLongs();
    longs.ensure(Integer.MAX_VALUE);
    longs.set(Integer.MAX_VALUE - 1, 7);

    assertThat(longs.get(Integer.MAX_VALUE - 1)).isEqualTo(7);
    assertThat(longs.get(Integer.MAX_VALUE - 2)).isZero();
    assertThat(longs.get(Integer.MAX_VALUE / 2)).isZero();
  }
}
