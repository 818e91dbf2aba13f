package io.ztick.scheduler.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LeavesTest {
  private final Map<Integer, Integer> moved = new HashMap<>();
  private final Leaves leaves = new Leaves(moved::put);
  private final int leaf = leaves.create();

  private int add(String id) {
    byte[] bytes = id.getBytes(US_ASCII);
    int rank = leaves.rank(leaf, bytes, 0, bytes.length);
    int handle = leaves.add(leaf, rank, bytes, 0, bytes.length);
    if (handle != 0) {
      leaves.setTime(handle, id.hashCode());
      leaves.set(handle, id.length());
      leaves.setState(handle, 0);
    }
    return handle;
  }

  private void remove(String id) {
    byte[] bytes = id.getBytes(US_ASCII);
    leaves.remove(leaf, leaves.rank(leaf, bytes, 0, bytes.length));
  }

  private List<String> ids(int someLeaf) {
    List<String> ids = new ArrayList<>();
    for (int rank = 0; rank < leaves.count(someLeaf); rank++) {
      int handle = leaves.handle(someLeaf, rank);
      ids.add(leaves.id(handle));
      assertThat(leaves.time(handle)).isEqualTo(leaves.id(handle).hashCode());
      assertThat(leaves.place(handle)).isEqualTo(leaves.id(handle).length());
    }
    return ids;
  }

  @Test
  void records_are_in_the_order_of_the_bytes_of_their_ids() {
    List.of("b", "a", "a.10", "a.2", "B", "aa").forEach(this::add);

    assertThat(ids(leaf)).containsExactly("B", "a", "a.10", "a.2", "aa", "b");
  }

  private boolean isAppended(String id) {
    byte[] bytes = id.getBytes(US_ASCII);
    int handle = leaves.append(leaf, bytes, 0, bytes.length);
    if (handle != 0) {
      leaves.setTime(handle, id.hashCode());
      leaves.set(handle, id.length());
    }
    return handle != 0;
  }

  @Test
  void only_an_id_behind_all_others_is_appended() {
    assertThat(isAppended("a")).as("to an empty leaf").isFalse();
    add("b");
    assertThat(isAppended("a")).isFalse();
    assertThat(isAppended("b")).isFalse();
    assertThat(isAppended("b.1")).isTrue();
    assertThat(isAppended("c")).isTrue();

    assertThat(ids(leaf)).containsExactly("b", "b.1", "c");
  }

  @Test
  void full_leaf_takes_as_much_as_one_record_leaves_behind() {
    int count = 0;
    while (add("job.%016d".formatted(count)) != 0) {
      count++;
    }
    // 34 bytes for the record, and two for its place in the order.
    assertThat(count).isEqualTo((Leaves.SIZE - Leaves.HEADER) / 36);

    remove("job.%016d".formatted(7));
    assertThat(add("longer.%016d".formatted(7))).isZero();
    assertThat(add("JOB.%016d".formatted(7))).isNotZero();
    assertThat(add("OBJ.%016d".formatted(7))).isZero();
    assertThat(ids(leaf)).hasSize(count).doesNotHaveDuplicates();
    assertThat(moved).isEmpty();
  }

  @Test
  void holes_that_fit_nothing_are_put_together_when_there_are_enough() {
    int count = 0;
    while (add("job.%02d".formatted(count)) != 0) {
      count++;
    }
    for (int number = 0; number < count; number += 2) {
      remove("job.%02d".formatted(number));
    }
    List<String> left = ids(leaf);
    String id = "x".repeat(Leaves.MAX_ID_BYTES);

    assertThat(add(id)).isNotZero();

    left.add(id);
    assertThat(ids(leaf)).isEqualTo(left);
    assertThat(moved).as("old handles and new ones").hasSizeGreaterThan(10);
  }

  @Test
  void record_that_moves_to_another_leaf_keeps_what_it_holds() {
    int handle = add("a");
    add("b");
    int other = leaves.create();

    assertThat(leaves.move(leaf, 0, other, 0)).isTrue();

    assertThat(ids(leaf)).containsExactly("b");
    assertThat(ids(other)).containsExactly("a");
    assertThat(moved).containsExactly(Map.entry(handle, leaves.handle(other, 0)));
  }

  @Test
  void leaf_that_was_given_back_is_the_next_one_and_empty() {
    add("a");
    leaves.delete(leaf);

    assertThat(leaves.create()).isEqualTo(leaf);
    assertThat(leaves.count(leaf)).isZero();
    assertThat(leaves.weight(leaf)).isZero();
  }
}
