package io.ztick.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdTableTest {
  /// By handle, the id, which is a number here.
  private final Map<Integer, Integer> ids = new HashMap<>();

  private final IdTable table =
      new IdTable(
          (handle, bytes, _, _) -> ByteBuffer.wrap(bytes).getInt() == ids.getOrDefault(handle, -1));

  private int find(int hash, int id) {
    return table.find(hash, ByteBuffer.allocate(Integer.BYTES).putInt(id).array(), 0, 4);
  }

  private void add(int hash, int id, int handle) {
    ids.put(handle, id);
    table.add(hash, handle);
  }

  @Test
  void ids_of_one_hash_are_told_apart() {
    for (int hash : new int[] {0, 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1}) {
      add(hash, 7, hash | (1 << 20));
      add(hash, 8, (hash | (1 << 20)) ^ (1 << 10));
    }
    assertThat(find(-1, 7)).isEqualTo(-1);
    assertThat(find(-1, 8)).isEqualTo(-1 ^ (1 << 10));
    assertThat(find(-1, 9)).isZero();
    assertThat(find(2, 7)).isZero();
  }

  @Test
  void replaced_handle_is_found_and_the_old_one_is_not_there() {
    add(5, 1, 100);
    table.replace(5, 100, 200);
    ids.put(200, 1);

    assertThat(find(5, 1)).isEqualTo(200);
    assertThatThrownBy(() -> table.remove(5, 100)).isInstanceOf(IllegalStateException.class);
    table.remove(5, 200);
    assertThat(find(5, 1)).isZero();
    assertThat(table.size()).isZero();
  }

  /// Hashes of 32 bits, of a few values, and of a few beside each other.
  @ParameterizedTest
  @ValueSource(ints = {0, 22, 30})
  void it_holds_what_a_hash_map_holds_while_it_grows(int unusedBits) {
    var random = new Random(unusedBits);
    List<Integer> handles = new ArrayList<>();
    Map<Integer, Integer> hashes = new HashMap<>();
    int last = 0;
    int steps = unusedBits == 30 ? 4_000 : 60_000;
    for (int step = 0; step < steps; step++) {
      if (handles.isEmpty() || random.nextInt(10) > 2) {
        int hash = (random.nextInt() << unusedBits) | random.nextInt(2);
        add(hash, ++last, last);
        hashes.put(last, hash);
        handles.add(last);
      } else {
        int chosen = random.nextInt(handles.size());
        int handle = handles.set(chosen, handles.getLast());
        handles.removeLast();
        int hash = hashes.getOrDefault(handle, 0);
        assertThat(find(hash, handle)).as("step %d", step).isEqualTo(handle);
        table.remove(hash, handle);
        assertThat(find(hash, handle)).as("step %d", step).isZero();
      }
      assertThat(table.size()).isEqualTo(handles.size());
    }
    for (int handle : handles) {
      assertThat(find(hashes.getOrDefault(handle, 0), handle)).isEqualTo(handle);
    }
  }
}
