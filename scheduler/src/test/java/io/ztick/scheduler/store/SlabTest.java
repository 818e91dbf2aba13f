package io.ztick.scheduler.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlabTest {
  /// Operations of a comparison; a release is worth ten million.
  private static final int STEPS = Integer.getInteger("ztick.slab.steps", 100_000);

  private static final int QUEUES = 3;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void it_holds_what_a_tree_map_and_priority_queues_hold(long seed) {
    new Comparison(seed, 3_000, 20).run(STEPS);
  }

  @Test
  void ids_of_every_length_are_held_as_well() {
    new Comparison(4, 5_000, 255).run(STEPS / 2);
  }

  @Test
  void ids_that_come_and_go_all_at_once_are_held_as_well() {
    new Comparison(5, 60_000, 20).run(STEPS);
  }

  /// A job as the model knows it.
  private static final class Entry {
    final byte[] id;
    long time;
    int mark;
    int queue;
    Key key;
    final int[] carried = new int[QUEUES];

    Entry(byte[] id, long time, long plan) {
      this.id = id;
      this.time = time;
      key = new Key(this, time, plan);
    }
  }

  private static final class Key {
    final Entry entry;
    final long time;
    final long plan;

    Key(Entry entry, long time, long plan) {
      this.entry = entry;
      this.time = time;
      this.plan = plan;
    }

    long time() {
      return time;
    }

    long plan() {
      return plan;
    }
  }

  private static final class Comparison {
    private final long seed;
    private final Random random;
    private final List<byte[]> ids = new ArrayList<>();
    private final Slab slab = new Slab(0, 1, 2);
    private final TreeMap<byte[], Entry> byId = new TreeMap<>(Arrays::compareUnsigned);
    private final List<PriorityQueue<Key>> queues = new ArrayList<>();
    private final int[] sizes = new int[QUEUES];
    private long plan;
    private int step;

    Comparison(long seed, int idCount, int maxBytes) {
      this.seed = seed;
      random = new Random(seed);
      for (int i = 0; i < idCount; i++) {
        ids.add(id(i, maxBytes));
      }
      for (int queue = 0; queue < QUEUES; queue++) {
        queues.add(
            new PriorityQueue<>(Comparator.comparingLong(Key::time).thenComparingLong(Key::plan)));
      }
    }

    /// Texts of which many begin alike, others are prefixes of each other, and others are random.
    private byte[] id(int number, int maxBytes) {
      return switch (random.nextInt(3)) {
        case 0 -> "job.g%02d.%d".formatted(number % 7, number).getBytes(US_ASCII);
        case 1 -> "x".repeat(1 + random.nextInt(maxBytes)).getBytes(US_ASCII);
        default -> {
          byte[] id = new byte[1 + random.nextInt(maxBytes)];
          random.nextBytes(id);
          yield id;
        }
      };
    }

    void run(int steps) {
      for (step = 0; step < steps; step++) {
        if (random.nextInt(16) == 0) {
          expectSome();
        }
        // Whole phases of growth and of shrinking.
        boolean grows = step / 10_000 % 3 < 2;
        change(ids.get(random.nextInt(ids.size())), grows);
        checkFirst(random.nextInt(QUEUES));
        if (step % 5_000 == 0) {
          checkAll();
        }
      }
      checkAll();
      while (!byId.isEmpty()) {
        remove(byId.firstEntry().getValue());
        step++;
      }
      checkAll();
    }

    /// What is only expected makes no difference, whether it is there or not.
    private void expectSome() {
      for (int i = random.nextInt(2 * Slab.MAX_EXPECTED); i > 0; i--) {
        byte[] id = ids.get(random.nextInt(ids.size()));
        slab.expect(id, 0, id.length);
      }
      slab.fetch();
    }

    private String at() {
      return "seed %d, step %d".formatted(seed, step);
    }

    private void change(byte[] id, boolean grows) {
      Entry entry = byId.get(id);
      int job = slab.find(id, 0, id.length);
      assertThat(job != Slab.NONE).as(at()).isEqualTo(entry != null);
      if (entry == null) {
        if (grows || random.nextInt(4) == 0) {
          add(id);
        }
        return;
      }
      int dice = random.nextInt(10);
      if (grows ? dice == 0 : dice < 5) {
        remove(entry);
      } else if (dice < 6) {
        move(entry, random.nextInt(QUEUES));
      } else if (dice < 8) {
        move(entry, entry.queue);
      } else if (dice == 8) {
        entry.mark = random.nextInt(4);
        slab.setMark(job, entry.mark);
      } else {
        takeFirst(random.nextInt(QUEUES));
      }
    }

    private void add(byte[] id) {
      long time = random.nextInt(1000);
      var entry = new Entry(id, time, ++plan);
      byId.put(id, entry);
      queues.getFirst().add(entry.key);
      sizes[0]++;
      byte[] around = new byte[id.length + 5];
      System.arraycopy(id, 0, around, 2, id.length);
      slab.add(around, 2, 2 + id.length, time, plan);
    }

    private void remove(Entry entry) {
      slab.remove(slab.find(entry.id, 0, entry.id.length));
      byId.remove(entry.id);
      sizes[entry.queue]--;
      entry.key = new Key(entry, 0, 0);
    }

    private void move(Entry entry, int queue) {
      int job = slab.find(entry.id, 0, entry.id.length);
      long time = random.nextLong(-500, 1000);
      if (queue == 0) {
        entry.time = time;
        slab.setTime(job, time);
      }
      if (queue != entry.queue) {
        Arrays.fill(entry.carried, 0);
      }
      sizes[entry.queue]--;
      sizes[queue]++;
      entry.queue = queue;
      entry.key = new Key(entry, time, ++plan);
      queues.get(queue).add(entry.key);
      slab.enqueue(job, queue, time, plan);
      for (int i = 0; i < queue; i++) {
        entry.carried[i] = random.nextInt();
        slab.carry(job, i, entry.carried[i]);
      }
    }

    private void takeFirst(int queue) {
      Key first = first(queue);
      if (first != null) {
        move(first.entry, (queue + 1) % QUEUES);
      }
    }

    private @Nullable Key first(int queue) {
      PriorityQueue<Key> keys = queues.get(queue);
      Key first = keys.peek();
      while (first != null && (!first.equals(first.entry.key) || first.entry.queue != queue)) {
        keys.poll();
        first = keys.peek();
      }
      return first;
    }

    private void checkFirst(int queue) {
      Key first = first(queue);
      int job = slab.first(queue);
      if (first == null) {
        assertThat(job).as(at()).isEqualTo(Slab.NONE);
        assertThat(slab.firstTime(queue)).as(at()).isEqualTo(Long.MAX_VALUE);
      } else {
        assertThat(slab.firstTime(queue)).as(at()).isEqualTo(first.time);
        check(first.entry, job);
      }
    }

    private void check(Entry entry, int job) {
      assertThat(slab.plan(job)).as(at()).isEqualTo(entry.key.plan);
      assertThat(slab.queuedTime(job)).as(at()).isEqualTo(entry.key.time);
      assertThat(slab.time(job)).as(at()).isEqualTo(entry.time);
      assertThat(slab.mark(job)).as(at()).isEqualTo(entry.mark);
      assertThat(slab.queue(job)).as(at()).isEqualTo(entry.queue);
      for (int i = 0; i < entry.queue; i++) {
        assertThat(slab.carried(job, i)).as(at()).isEqualTo(entry.carried[i]);
      }
    }

    private void checkAll() {
      assertThat(slab.size()).as(at()).isEqualTo(byId.size());
      for (int queue = 0; queue < QUEUES; queue++) {
        assertThat(slab.size(queue)).as(at()).isEqualTo(sizes[queue]);
      }
      for (Entry entry : byId.values()) {
        check(entry, slab.find(entry.id, 0, entry.id.length));
      }
      byte[] start = ids.get(random.nextInt(ids.size()));
      boolean behind = random.nextBoolean();
      List<Entry> expected = new ArrayList<>(byId.tailMap(start, !behind).values());
      var found = new ArrayList<byte[]>();
      slab.read(
          start,
          behind,
          (job, bytes, from, to, mark, time) -> {
            Entry entry = expected.get(found.size());
            assertThat(time).as(at()).isEqualTo(entry.time);
            assertThat(mark).as(at()).isEqualTo(entry.mark);
            check(entry, job);
            found.add(Arrays.copyOfRange(bytes, from, to));
            return found.size() < 1_000;
          });
      assertThat(found)
          .as(at())
          .containsExactlyElementsOf(expected.stream().limit(1_000).map(each -> each.id).toList());
    }
  }

  @Test
  void an_id_has_at_most_255_bytes() {
    var slab = new Slab(0);
    byte[] id = new byte[256];
    Arrays.fill(id, (byte) 'a');
    int job = slab.add(id, 0, 255, 1, 1);
    assertThat(slab.id(job)).hasSize(255);
    assertThat(slab.find(id, 0, 255)).isEqualTo(job);
    assertThatThrownBy(() -> slab.add(id, 0, 256, 1, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an id of 256 bytes; expected at most 255");
  }
}
