package io.ztick.scheduler.store;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.lang.management.ManagementFactory;
import java.util.Random;

/// Measures what a job costs: `java -cp ... io.ztick.scheduler.store.SlabFigures JOBS ORDER`, where
/// the ids of 20 bytes come in `random` or in `sorted` order. Prints bytes, nanoseconds for each
/// operation by the clock of the thread, and the longest one by the wall clock: alone on the
/// machine only.
final class SlabFigures {
  private static final int OPERATIONS = 2_000_000;
  private static final long DAYS_30 = 30L * 86_400 * 1_000_000_000;

  private final int jobs;
  private final boolean sorted;
  private final Slab slab = new Slab(0, 2, 5);
  private final Random random = new Random(1);
  private final byte[] id = "job.g0000.0000000000".getBytes(US_ASCII);
  private long plan;

  private SlabFigures(int jobs, boolean sorted) {
    this.jobs = jobs;
    this.sorted = sorted;
  }

  public static void main(String[] arguments) {
    int jobs = Integer.parseInt(arguments[0]);
    boolean sorted = arguments[1].equals("sorted");
    // Warm up.
    new SlabFigures(200_000, sorted).run(false);
    new SlabFigures(jobs, sorted).run(true);
  }

  private void id(int number) {
    // A bijection, so that numbers in their order are ids in none.
    long value = sorted ? number : (number * 2_654_435_761L) & 0xffff_ffffL;
    long rest = value;
    for (int at = 19; at >= 10; at--) {
      id[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    rest = value / 10_000_000;
    for (int at = 8; at >= 5; at--) {
      id[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }

  private void run(boolean shown) {
    long before = used();
    long worst = 0;
    long start = cpuNanos();
    long last = System.nanoTime();
    for (int number = 0; number < jobs; number++) {
      id(number);
      slab.add(id, 0, id.length, (long) (random.nextDouble() * DAYS_30), ++plan);
      long now = System.nanoTime();
      worst = Math.max(worst, now - last);
      last = now;
    }
    show(shown, "add", start, jobs);
    if (shown) {
      System.out.printf("worst add %d us%n", worst / 1000);
      System.out.printf("bytes %.1f%n", (double) (used() - before) / jobs);
    }
    lookUp(shown);
    takeOut(shown);
  }

  private void lookUp(boolean shown) {
    long start = cpuNanos();
    int found = 0;
    for (int i = 0; i < OPERATIONS; i++) {
      id(random.nextInt(jobs));
      found += slab.time(slab.find(id, 0, id.length)) >= 0 ? 1 : 0;
    }
    show(shown && found > 0, "get", start, OPERATIONS);
    start = cpuNanos();
    for (int i = 0; i < OPERATIONS; i++) {
      id(random.nextInt(jobs));
      int handle = slab.find(id, 0, id.length);
      long time = (long) (random.nextDouble() * DAYS_30);
      slab.setTime(handle, time);
      slab.enqueue(handle, 0, time, ++plan);
    }
    show(shown, "plan anew", start, OPERATIONS);
    start = cpuNanos();
    int[] rows = {0, 0, 0};
    for (int i = 0; i < 2_000; i++) {
      id(random.nextInt(jobs));
      rows[0] = 1000;
      slab.read(
          id,
          false,
          (_, bytes, _, to, _, _) -> {
            rows[1] += bytes[to - 1];
            rows[2]++;
            return --rows[0] > 0;
          });
    }
    show(shown, "row of 1000", start, rows[2]);
  }

  private void takeOut(boolean shown) {
    long start = cpuNanos();
    int removed = Math.min(jobs / 4, OPERATIONS);
    for (int number = 0; number < removed; number++) {
      id(number * 3);
      slab.remove(slab.find(id, 0, id.length));
    }
    show(shown, "remove", start, removed);
    start = cpuNanos();
    for (int number = 0; number < removed; number++) {
      slab.enqueue(slab.first(0), 1, slab.firstTime(0), 1);
    }
    show(shown, "pop to other queue", start, removed);
  }

  private static void show(boolean shown, String what, long start, int count) {
    if (shown) {
      System.out.printf("%s %.0f ns%n", what, (double) (cpuNanos() - start) / count);
    }
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static long used() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
