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
    longs.trim(3 * PagedLongs.PAGE);
    ints.trim(3 * PagedInts.PAGE);
    for (int page = 1; page <= 3; page++) {
      assertThat(longs.get(page * PagedLongs.PAGE - 1)).isEqualTo(page);
      assertThat(ints.get(page * PagedInts.PAGE - 1)).isEqualTo(page);
    }
  }

  @Test
  void one_page_more_than_needed_is_kept_and_the_others_are_let_go_of() {
    var longs = new PagedLongs();
    var ints = new PagedInts();
    longs.ensure(PAGES * PagedLongs.PAGE);
    ints.ensure(PAGES * PagedInts.PAGE);
    longs.trim(1);
    ints.trim(1);

    assertThat(longs.get(2 * PagedLongs.PAGE - 1)).isZero();
    assertThat(ints.get(2 * PagedInts.PAGE - 1)).isZero();
    assertThatThrownBy(() -> longs.get(2 * PagedLongs.PAGE))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> ints.get(2 * PagedInts.PAGE))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
