package io.ztick.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JobsTest {
  private static final Rule RULE = new Rule("r", "*", new Runner.Shell("true"));

  private final Jobs jobs = new Jobs(List.of("a.", "a.b.", "z."));
  private long plan;

  private Job planned(String id) {
    plan(id, 1, ++plan);
    return job(id);
  }

  private void plan(String id, long executionNanos, long number) {
    byte[] bytes = id.getBytes(UTF_8);
    jobs.plan(bytes, 0, bytes.length, executionNanos, number);
  }

  private Job job(String id) {
    Job job = jobs.get(id);
    if (job == null) {
      throw new AssertionError("no job " + id);
    }
    return job;
  }

  private void finish(Job job, Outcome outcome) {
    jobs.finish(new Change.JobFinished(job.id(), job.plan(), 1, "rule", 2, 3, outcome));
  }

  private List<String> list(String prefix, @Nullable String after, int limit) {
    return jobs.list(prefix, after, limit).stream().map(Job::id).toList();
  }

  private List<Integer> counts(String namespace) {
    Counts counts = jobs.counts(namespace);
    List<Integer> numbers = new ArrayList<>();
    numbers.add(counts.total());
    for (Status status : Status.values()) {
      numbers.add(counts.of(status));
    }
    return numbers;
  }

  @Test
  void listing_holds_what_starts_with_the_prefix_in_byte_order() {
    for (String id : List.of("b", "a.2", "a", "a.10", "a.\ud83d\ude00", "a.\ue000", "a/", "A.1")) {
      planned(id);
    }

    assertThat(list("a.", null, 9)).containsExactly("a.10", "a.2", "a.\ue000", "a.\ud83d\ude00");
    assertThat(list("", null, 9)).hasSize(8).startsWith("A.1", "a", "a.10");
    assertThat(list("a.2", null, 9)).containsExactly("a.2");
    assertThat(list("c", null, 9)).isEmpty();
  }

  @Test
  void listing_goes_on_behind_an_id_that_may_have_gone() {
    List.of("a.1", "a.2", "a.3", "b").forEach(this::planned);

    assertThat(list("a.", null, 2)).containsExactly("a.1", "a.2");
    assertThat(list("a.", "a.2", 2)).containsExactly("a.3");
    assertThat(list("a.", "a.11", 2)).containsExactly("a.2", "a.3");
    assertThat(list("a.", "a.3", 2)).isEmpty();
    assertThat(list("a.", "A", 2)).as("an id in front of the prefix").containsExactly("a.1", "a.2");
    assertThat(list("a.", "b", 2)).as("an id behind the prefix").isEmpty();
  }

  @Test
  void pieces_of_a_listing_hold_each_job_once() {
    Random random = new Random(1);
    for (int i = 0; i < 500; i++) {
      planned(random.nextBoolean() ? "a." + i : "b." + i);
    }
    List<String> all = list("a.", null, Integer.MAX_VALUE);
    List<String> pieces = new ArrayList<>();
    List<String> piece = list("a.", null, 7);
    while (!piece.isEmpty()) {
      pieces.addAll(piece);
      piece = list("a.", piece.getLast(), 7);
    }

    assertThat(pieces)
        .isEqualTo(all)
        .doesNotHaveDuplicates()
        .isSortedAccordingTo(Comparator.naturalOrder());
  }

  @Test
  void due_jobs_are_the_unfinished_ones_of_the_prefix_in_due_order() {
    plan("a.3", 30, 1);
    plan("b.2", 20, 2);
    plan("a.1", 10, 3);
    plan("a.2", 20, 4);
    plan("a.0", 5, 5);
    plan("a.held", 15, 6);
    jobs.trigger("a.1", 1, RULE);
    jobs.suspend("a.held");
    finish(job("a.0"), Outcome.OK);

    assertThat(due("a.", 9, 9)).containsExactly("a.1", "a.held", "a.2", "a.3");
    assertThat(due("", 9, 9)).containsExactly("a.1", "a.held", "b.2", "a.2", "a.3");
    assertThat(due("a.", 2, 9)).containsExactly("a.1", "a.held");
    assertThat(due("c", 9, 9)).isEmpty();

    plan("a.1", 40, 7);
    plan("a.held", 50, 8);
    assertThat(due("a.", 9, 9)).containsExactly("a.2", "a.3", "a.1", "a.held");
    jobs.suspend("a.2");
    jobs.resume("a.2");
    jobs.suspend("a.3");
    jobs.remove("a.3");
    assertThat(due("", 9, 9)).containsExactly("b.2", "a.2", "a.1", "a.held");
  }

  @Test
  void due_jobs_behind_more_than_can_be_looked_at_are_not_found() {
    for (int i = 1; i <= 4; i++) {
      plan("b." + i, i, i);
    }
    plan("a", 5, 5);

    assertThat(jobs.listDue("a", 1, 4)).isNull();
    assertThat(due("a", 1, 5)).containsExactly("a");
    assertThat(jobs.listDue("b", 9, 4)).as("the fifth may be one").isNull();
    assertThat(due("b", 9, 5)).containsExactly("b.1", "b.2", "b.3", "b.4");
    assertThat(due("b", 2, 2)).containsExactly("b.1", "b.2");
  }

  private List<String> due(String prefix, int limit, int looks) {
    List<Job> found = jobs.listDue(prefix, limit, looks);
    assertThat(found).isNotNull();
    return found == null ? List.of() : found.stream().map(Job::id).toList();
  }

  @Test
  void counts_follow_a_job_through_its_life_in_every_namespace_around_it() {
    Job job = planned("a.b.c");
    planned("a.x");
    planned("b");
    assertThat(counts("")).containsExactly(3, 3, 0, 0, 0);
    assertThat(counts("a.")).containsExactly(2, 2, 0, 0, 0);
    assertThat(counts("a.b.")).containsExactly(1, 1, 0, 0, 0);
    assertThat(counts("z.")).containsExactly(0, 0, 0, 0, 0);

    jobs.trigger(job.id(), 1, RULE);
    assertThat(counts("a.b.")).containsExactly(1, 0, 1, 0, 0);
    finish(job, Outcome.OK);
    assertThat(counts("a.b.")).containsExactly(1, 0, 0, 1, 0);
    planned("a.b.c");
    assertThat(counts("a.b.")).containsExactly(1, 1, 0, 0, 0);
    finish(job, Outcome.NO_RULE);
    assertThat(counts("a.b.")).containsExactly(1, 0, 0, 0, 1);
    assertThat(counts("a.")).containsExactly(2, 1, 0, 0, 1);
    jobs.remove(job.id());
    assertThat(counts("a.b.")).containsExactly(0, 0, 0, 0, 0);
    assertThat(counts("a.")).containsExactly(1, 1, 0, 0, 0);
    assertThat(counts("")).containsExactly(2, 2, 0, 0, 0);
  }

  @Test
  void counts_of_an_unforeseen_namespace_begin_when_they_are_asked_for() {
    finish(planned("q.a"), Outcome.OK);
    planned("q.b");
    planned("p");
    assertThat(counts("q.")).containsExactly(2, 1, 0, 1, 0);
    planned("q.c");
    jobs.remove("q.b");
    assertThat(counts("q.")).containsExactly(2, 1, 0, 1, 0);
    jobs.remove("q.a");
    assertThat(counts("q.")).containsExactly(1, 1, 0, 0, 0);
  }

  @Test
  void an_unforeseen_namespace_can_be_counted_in_pieces_while_its_jobs_change() {
    for (int i = 100; i < 200; i++) {
      planned("q." + i);
    }
    planned("p");
    planned("r");
    assertThat(jobs.count("q.", 50)).isFalse();

    jobs.remove("q.149");
    jobs.remove("q.150");
    planned("q.10");
    planned("q.1490");
    planned("q.20");
    finish(job("q.120"), Outcome.OK);
    finish(job("q.180"), Outcome.OK);
    assertThat(jobs.count("q.", 50)).isFalse();
    jobs.remove("q.10");
    jobs.trigger("q.199", 1, RULE);
    assertThat(jobs.count("q.", 50)).isTrue();

    assertThat(counts("q.")).containsExactly(100, 97, 1, 2, 0);
    planned("q.30");
    assertThat(jobs.count("q.", 1)).isTrue();
    assertThat(counts("q.")).containsExactly(101, 98, 1, 2, 0);
  }

  @Test
  void many_unforeseen_namespaces_are_all_counted_in_the_end() {
    Set<String> left = new LinkedHashSet<>();
    for (int i = 0; i <= Jobs.MAX_UNFORESEEN; i++) {
      String namespace = "n" + i + ".";
      left.add(namespace);
      planned(namespace + 1);
      planned(namespace + 2);
      planned(namespace + 3);
    }
    for (int round = 0; !left.isEmpty(); round++) {
      assertThat(round).isLessThan(10);
      left.removeIf(namespace -> jobs.count(namespace, 1));
    }
  }

  @Test
  void unforeseen_namespaces_that_nobody_asks_for_any_more_are_counted_anew() {
    planned("q.a");
    assertThat(counts("q.")).containsExactly(1, 1, 0, 0, 0);
    for (int i = 0; i <= Jobs.MAX_UNFORESEEN; i++) {
      assertThat(counts("r" + i + ".").getFirst()).isZero();
    }
    planned("q.b");
    assertThat(counts("q.")).containsExactly(2, 2, 0, 0, 0);
  }

  @Test
  void finished_jobs_stand_in_the_order_in_which_they_ended() {
    Job first = planned("c");
    Job second = planned("a");
    Job third = planned("b");
    for (Job job : List.of(first, second, third)) {
      finish(job, Outcome.OK);
    }

    assertThat(jobs.firstFinished()).isEqualTo(first.id());
    planned("c");
    assertThat(jobs.firstFinished()).as("planned anew").isEqualTo(second.id());
    jobs.remove(second.id());
    assertThat(jobs.firstFinished()).as("removed").isEqualTo(third.id());
    finish(first, Outcome.OK);
    assertThat(jobs.firstFinished()).as("ended again: the last").isEqualTo(third.id());
  }

  private String firstDue() {
    Job first = jobs.firstDue();
    return first == null ? "" : first.id();
  }

  @Test
  void suspended_job_is_not_due_until_it_is_resumed_or_planned_anew() {
    Job job = planned("a");
    jobs.suspend(job.id());
    assertThat(jobs.firstDue()).isNull();
    assertThat(job("a").status()).isEqualTo(Status.PLANNED);

    jobs.resume(job.id());
    assertThat(firstDue()).isEqualTo(job.id());

    jobs.suspend(job.id());
    planned("a");
    assertThat(firstDue()).isEqualTo(job.id());
  }
}
