package io.ztick.scheduler.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LeafIndexTest {
  private final LeafIndex index = new LeafIndex();
  private final TreeMap<byte[], Integer> expected = new TreeMap<>(Arrays::compareUnsigned);

  private void addFirst() {
    index.addFirst(0);
    expected.put(new byte[0], 0);
  }

  private void add(byte[] text, int leaf) {
    long place = index.find(text, 0, text.length);
    index.addBehind(place, text, leaf);
    expected.put(text, leaf);
  }

  private void check(byte[] id) {
    assertThat(index.leaf(index.find(id, 0, id.length)))
        .isEqualTo(expected.floorEntry(id).getValue());
  }

  private byte[] text(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> "job.%d".formatted(random.nextInt(1_000_000)).getBytes(US_ASCII);
      case 1 -> "a".repeat(1 + random.nextInt(40)).getBytes(US_ASCII);
      case 2 -> new byte[] {(byte) random.nextInt(), (byte) random.nextInt()};
      default -> {
        byte[] text = new byte[1 + random.nextInt(12)];
        random.nextBytes(text);
        yield text;
      }
    };
  }

  @Test
  void each_id_belongs_to_the_last_leaf_whose_text_is_not_greater() {
    var random = new Random(1);
    addFirst();
    for (int step = 1; step < 60_000; step++) {
      byte[] text = text(random);
      boolean grows = step / 10_000 % 2 == 0;
      byte[] floor = expected.floorKey(text);
      if (grows && !Arrays.equals(floor, text)) {
        add(text, step);
      } else if (!grows && expected.size() > 1) {
        remove(floor);
      }
      check(text(random));
      check(text);
    }
    long place = index.find(new byte[0], 0, 0);
    for (int leaf : expected.values()) {
      assertThat(index.leaf(place)).isEqualTo(leaf);
      boolean last = leaf == expected.lastEntry().getValue();
      assertThat(index.hasNext(place)).isEqualTo(!last);
      if (!last) {
        long next = index.next(place);
        assertThat(index.previous(next)).isEqualTo(place);
        place = next;
      }
    }
  }

  /// What belonged to the first leaf of all belongs to the second one then.
  private void remove(byte[] text) {
    index.remove(index.find(text, 0, text.length));
    expected.remove(text);
    if (text.length == 0) {
      expected.put(text, expected.pollFirstEntry().getValue());
    }
  }

  @Test
  void leaves_that_come_in_order_fill_the_nodes_and_are_found() {
    addFirst();
    for (int leaf = 1; leaf < 5 * LeafIndex.MAX_LEAVES; leaf++) {
      add("job.%09d".formatted(leaf).getBytes(US_ASCII), leaf);
    }
    for (int leaf = 1; leaf < 5 * LeafIndex.MAX_LEAVES; leaf++) {
      check("job.%09d.more".formatted(leaf).getBytes(US_ASCII));
    }
    check("a".getBytes(US_ASCII));
    check("job".getBytes(US_ASCII));
    check("k".getBytes(US_ASCII));
  }

  @Test
  void text_and_leaf_of_a_place_can_be_others() {
    addFirst();
    add(new byte[] {'m'}, 1);
    long place = index.find(new byte[] {'m'}, 0, 1);

    index.setText(place, new byte[] {'p'});
    index.setLeaf(place, 2);

    assertThat(index.leaf(index.find(new byte[] {'o'}, 0, 1))).isZero();
    assertThat(index.leaf(index.find(new byte[] {'p'}, 0, 1))).isEqualTo(2);
  }
}
