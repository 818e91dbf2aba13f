package io.ztick.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimeHeapTest {
  private final Map<Integer, Integer> places = new HashMap<>();
  private final TimeHeap heap = new TimeHeap(places::put, 1);

  private int place(int handle) {
    return places.getOrDefault(handle, -1);
  }

  private List<Integer> inOrder() {
    List<Integer> handles = new ArrayList<>();
    heap.inOrder().forEachRemaining((int place) -> handles.add(heap.handle(place)));
    return handles;
  }

  private List<Integer> drained() {
    List<Integer> handles = new ArrayList<>();
    while (heap.size() > 0) {
      handles.add(heap.handle(0));
      heap.remove(0);
    }
    return handles;
  }

  @Test
  void equal_times_come_in_the_order_of_their_plans() {
    for (int plan : new int[] {5, 3, 9, 1, 7, 2, 8, 4, 6}) {
      heap.add(plan, 10, plan);
    }
    heap.add(10, 9, 10);

    assertThat(drained()).containsExactly(10, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  @Test
  void times_and_plans_at_both_ends_of_the_range_are_in_order() {
    heap.add(1, Long.MAX_VALUE, Long.MAX_VALUE);
    heap.add(2, Long.MAX_VALUE, 1);
    heap.add(3, 0, 2);
    heap.add(4, Long.MIN_VALUE, 3);

    assertThat(drained()).containsExactly(4, 3, 2, 1);
  }

  @Test
  void what_stands_in_order_is_what_would_be_taken() {
    var random = new Random(1);
    for (int plan = 1; plan <= 1000; plan++) {
      heap.add(plan, random.nextInt(200), plan);
    }

    assertThat(inOrder()).hasSize(1000).isEqualTo(drained());
    assertThat(inOrder()).isEmpty();
  }

  @Test
  void each_handle_keeps_what_it_carries_and_knows_its_place_wherever_it_moves() {
    var random = new Random(2);
    int last = 0;
    for (int step = 0; step < 50_000; step++) {
      int dice = random.nextInt(10);
      if (heap.size() == 0 || dice < 4) {
        heap.add(++last, random.nextInt(1000), last);
        assertThat(heap.carried(place(last), 0)).isZero();
        heap.carry(place(last), 0, ~last);
      } else if (dice < 7) {
        heap.update(random.nextInt(heap.size()), random.nextInt(1000), ++last);
      } else {
        heap.remove(random.nextInt(heap.size()));
      }
      if (heap.size() > 0) {
        int some = random.nextInt(heap.size());
        int handle = heap.handle(some);
        assertThat(place(handle)).as("step %d", step).isEqualTo(some);
        assertThat(heap.carried(some, 0)).as("step %d", step).isEqualTo(~handle);
      }
    }
    List<Long> times = new ArrayList<>();
    heap.inOrder().forEachRemaining((int place) -> times.add(heap.time(place)));
    assertThat(times).isSorted().hasSize(heap.size());
  }
}
