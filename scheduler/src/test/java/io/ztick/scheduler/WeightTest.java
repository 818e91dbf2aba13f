package io.ztick.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class WeightTest {
  private static final long NOW = 1_000;

  private final HeldJournal journal = new HeldJournal();

  @Test
  void jobs_are_refused_when_the_heap_is_full_but_those_that_exist_are_not() {
    Scheduler scheduler = scheduler(2 * Weight.ofJob("job.1".length()));

    assertThat(scheduler.plan("job.1", 1)).isEqualTo(Admission.ADMITTED);
    assertThat(scheduler.plan("job.2", 1)).isEqualTo(Admission.ADMITTED);
    assertThat(scheduler.plan("job.3", 1)).isEqualTo(Admission.HEAP_FULL);
    assertThat(scheduler.plan("job.1", 2)).isEqualTo(Admission.ADMITTED);
    scheduler.remove("job.2");
    assertThat(scheduler.plan("job.3", 1)).isEqualTo(Admission.ADMITTED);
  }

  @Test
  void rules_are_refused_when_the_heap_would_be_too_full() {
    Rule rule = rule("r", 1_000);
    Scheduler scheduler = scheduler(Weight.of(rule));

    assertThat(scheduler.setRule(rule)).isEqualTo(Admission.ADMITTED);
    assertThat(scheduler.setRule(rule)).as("in its own place").isEqualTo(Admission.ADMITTED);
    assertThat(scheduler.setRule(rule("s", 1))).isEqualTo(Admission.HEAP_FULL);
    assertThat(scheduler.setRule(rule("r", 1_001))).isEqualTo(Admission.HEAP_FULL);
    scheduler.removeRule("r");
    assertThat(scheduler.setRule(rule("s", 1_000))).isEqualTo(Admission.ADMITTED);
  }

  @Test
  void rules_that_waiting_jobs_hold_count_until_the_jobs_let_go() {
    Rule rule = rule("r", 10_000);
    Scheduler scheduler = scheduler(3 * Weight.of(rule));
    for (String job : List.of("a", "b")) {
      assertThat(scheduler.setRule(rule("r", 10_000))).isEqualTo(Admission.ADMITTED);
      scheduler.plan(job, NOW);
      scheduler.fire(NOW, 1);
    }
    assertThat(scheduler.setRule(rule("r", 10_000))).isEqualTo(Admission.HEAP_FULL);
    scheduler.remove("a");
    assertThat(scheduler.setRule(rule("r", 10_000))).isEqualTo(Admission.ADMITTED);
  }

  @Test
  void nothing_weighs_anything_once_everything_is_gone() {
    Scheduler scheduler = scheduler(Weight.of(rule("r", 10)) + 3 * Weight.ofJob(8) + 2_000);
    for (int round = 0; round < 1_000; round++) {
      assertThat(scheduler.setRule(rule("r", 10))).isEqualTo(Admission.ADMITTED);
      for (String job : List.of("waiting", "planned", "finished")) {
        assertThat(scheduler.plan(job, job.equals("planned") ? NOW + 1 : NOW))
            .isEqualTo(Admission.ADMITTED);
      }
      scheduler.fire(NOW, 10);
      journal.syncAll();
      for (Run run : scheduler.start(NOW)) {
        scheduler.ended(run, Outcome.OK, NOW);
      }
      List.of("waiting", "planned", "finished").forEach(scheduler::remove);
      scheduler.removeRule("r");
    }
  }

  /// Every kind of change, about a job or a rule with this id.
  private static List<Change> changes(String id, Rule rule) {
    return List.of(
        new Change.JobPlanned(id, 1, 1),
        new Change.JobTriggered(id, 1, 1, rule),
        new Change.JobFinished(id, 1, 1, rule.id(), 1, 1, Outcome.OK),
        new Change.JobRemoved(id),
        new Change.RuleSet(new Rule(id, rule.pattern(), rule.runner())),
        new Change.RuleRemoved(id));
  }

  @Test
  void change_weighs_more_the_longer_its_id_is() {
    List<Change> small = changes("a", rule("r", 1));
    List<Change> large = changes("a".repeat(255), rule("r", 1));
    for (int i = 0; i < small.size(); i++) {
      assertThat(Weight.of(large.get(i)) - Weight.of(small.get(i)))
          .as("%s", small.get(i).getClass().getSimpleName())
          .isEqualTo(254);
    }
  }

  @Test
  void change_that_carries_a_rule_weighs_more_the_longer_its_words_are() {
    long word = 60_000;
    for (Change change : changes("a", rule("r", 60_000))) {
      boolean carries = change instanceof Change.JobTriggered || change instanceof Change.RuleSet;
      if (carries) {
        assertThat(Weight.of(change)).as("%s", change.getClass()).isBetween(word, 3 * word);
      } else {
        assertThat(Weight.of(change)).as("%s", change.getClass()).isLessThan(1_000);
      }
    }
  }

  private Scheduler scheduler(long maxBytes) {
    var limits = new Scheduler.Limits(100, 100, maxBytes, 1, 1, Duration.ZERO);
    return new Scheduler(limits, journal, List.of());
  }

  private static Rule rule(String id, int length) {
    return new Rule(id, "*", new Runner.Shell("x".repeat(length)));
  }
}
