package io.ztick.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JobQueueTest {
  private final JobQueue queue = new JobQueue();

  private static Job job(String id, long executionNanos, long plan) {
    Job job = new Job(id);
    job.planned(plan, executionNanos);
    return job;
  }

  private void put(Job job) {
    queue.put(job, job.executionNanos());
  }

  private List<String> inOrder() {
    List<String> ids = new ArrayList<>();
    queue.inOrder().forEachRemaining(job -> ids.add(job.id()));
    return ids;
  }

  private List<String> drained() {
    List<String> ids = new ArrayList<>();
    for (Job job = queue.first(); job != null; job = queue.first()) {
      ids.add(job.id());
      queue.remove(job);
    }
    return ids;
  }

  @Test
  void equal_times_come_in_the_order_of_their_plans() {
    for (int plan : new int[] {5, 3, 9, 1, 7, 2, 8, 4, 6}) {
      put(job("plan " + plan, 10, plan));
    }
    put(job("earlier", 9, 10));

    assertThat(drained())
        .containsExactly(
            "earlier", "plan 1", "plan 2", "plan 3", "plan 4", "plan 5", "plan 6", "plan 7",
            "plan 8", "plan 9");
  }

  @Test
  void times_at_both_ends_of_the_range_are_in_order() {
    put(job("last", Long.MAX_VALUE, 1));
    put(job("zero", 0, 2));
    put(job("first", Long.MIN_VALUE, 3));

    assertThat(drained()).containsExactly("first", "zero", "last");
  }

  @Test
  void removing_a_job_twice_removes_no_other() {
    Job job = job("a", 1, 1);
    put(job);
    put(job("b", 2, 2));

    queue.remove(job);
    queue.remove(job);

    assertThat(drained()).containsExactly("b");
  }

  @Test
  void a_job_of_another_queue_is_not_removed() {
    var other = new JobQueue();
    put(job("a", 1, 1));
    Job elsewhere = job("b", 1, 2);
    other.put(elsewhere, 1);

    queue.remove(elsewhere);

    assertThat(inOrder()).containsExactly("a");
    assertThat(other.first()).isSameAs(elsewhere);
  }

  @Test
  void the_jobs_can_be_seen_in_the_order_in_which_they_would_be_taken() {
    Random random = new Random(1);
    for (int plan = 1; plan <= 1000; plan++) {
      put(job("job " + plan, random.nextInt(200), plan));
    }

    assertThat(inOrder()).hasSize(1000).isEqualTo(drained());
    assertThat(inOrder()).isEmpty();
  }

  @Test
  void random_operations_give_what_a_priority_queue_gives() {
    record Entry(long executionNanos, long plan) {}
    var expected =
        new PriorityQueue<Entry>(
            Comparator.comparingLong(Entry::executionNanos).thenComparingLong(Entry::plan));
    Random random = new Random(1);
    List<Job> jobs = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      jobs.add(new Job("job " + i));
    }
    for (int plan = 1; plan <= 100_000; plan++) {
      Job chosen = jobs.get(random.nextInt(jobs.size()));
      Job job = random.nextInt(4) == 0 && queue.first() != null ? queue.first() : chosen;
      if (job.queueIndex >= 0) {
        expected.remove(new Entry(job.executionNanos(), job.plan()));
      }
      if (random.nextInt(5) < 3) {
        job.planned(plan, random.nextInt(100));
        put(job);
        expected.add(new Entry(job.executionNanos(), plan));
      } else {
        queue.remove(job);
      }
      assertThat(queue.size()).as("operation %s", plan).isEqualTo(expected.size());
      Entry first = expected.peek();
      assertThat(planOf(queue.first()))
          .as("operation %s", plan)
          .isEqualTo(first == null ? 0 : first.plan);
    }
  }

  private static long planOf(@Nullable Job job) {
    return job == null ? 0 : job.plan();
  }
}
