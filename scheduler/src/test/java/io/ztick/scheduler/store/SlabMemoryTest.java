package io.ztick.scheduler.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SlabMemoryTest {
  private static final int JOBS = 500_000;

  /// Of the test before.
  private static WeakReference<Slab> former = new WeakReference<>(new Slab(0, 2, 5));

  private final Slab slab = new Slab(0, 2, 5);
  private final Random random = new Random(1);
  private long plan;

  /// Its thread may hold it for a while, and it would go while the next one is filled.
  @BeforeEach
  void wait_until_the_former_slab_is_gone() {
    while (former.get() != null) {
      System.gc();
    }
    former = new WeakReference<>(slab);
  }

  private static long usedBytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private void add(byte[] id) {
    slab.add(id, 0, id.length, random.nextLong(), ++plan);
  }

  private void remove(byte[] id) {
    slab.remove(slab.find(id, 0, id.length));
  }

  /// 20 bytes, of which the last ones are in an order of their own.
  private static byte[] id(int number) {
    return "job.g%04d.%010d"
        .formatted(number % 100, Integer.toUnsignedLong(number * 0x9E3779B1))
        .getBytes(US_ASCII);
  }

  @Test
  void a_job_takes_at_most_75_bytes_when_ids_come_in_any_order() {
    long before = usedBytes();
    for (int number = 0; number < JOBS; number++) {
      add(id(number));
    }
    assertThat((usedBytes() - before) / (double) slab.size()).isBetween(50.0, 75.0);
  }

  @Test
  void a_job_takes_at_most_70_bytes_when_ids_come_in_their_order() {
    long before = usedBytes();
    for (int number = 0; number < JOBS; number++) {
      add("job.g0000.%010d".formatted(number).getBytes(US_ASCII));
    }
    assertThat((usedBytes() - before) / (double) slab.size()).isBetween(50.0, 70.0);
  }

  @Test
  void other_ids_take_the_place_of_those_that_went() {
    long before = usedBytes();
    int jobs = JOBS / 5;
    for (int round = 0; round < 10; round++) {
      for (int number = 0; number < jobs; number++) {
        if (round > 0) {
          remove(id((round - 1) * jobs + number));
        }
        add(id(round * jobs + number));
      }
    }
    assertThat(slab.size()).isEqualTo(jobs);
    assertThat((usedBytes() - before) / (double) jobs).isBetween(50.0, 90.0);
  }

  @Test
  void ids_of_hostile_lengths_leave_no_memory_unused_for_long() {
    long before = usedBytes();
    int jobs = JOBS / 10;
    long idBytes = 0;
    byte[][] ids = new byte[jobs][0];
    for (int step = 0; step < 10 * jobs; step++) {
      int at = step % jobs;
      if (ids[at].length > 0) {
        remove(ids[at]);
        idBytes -= ids[at].length;
      }
      // Short ones and long ones by turns, so that holes fit nothing.
      byte[] id = new byte[step / jobs % 2 == 0 ? 5 + step % 40 : Slab.MAX_ID_BYTES - step % 100];
      Arrays.fill(id, (byte) 'x');
      int number = step * 0x9E3779B1;
      for (int i = 0; i < 5; i++) {
        id[i] = (byte) ('0' + ((number >>> (6 * i)) & 63));
      }
      if (slab.find(id, 0, id.length) != Slab.NONE) {
        ids[at] = new byte[0];
        continue;
      }
      add(id);
      idBytes += id.length;
      ids[at] = id;
    }
    long idsOfTheTest = idBytes + jobs * 24L;
    long taken = usedBytes() - before - idsOfTheTest;
    assertThat(taken).isLessThan(2 * (idBytes + slab.size() * 40L));
  }
}
