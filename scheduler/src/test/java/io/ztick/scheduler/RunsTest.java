package io.ztick.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class RunsTest {
  private static final long NOW = 1_000;

  private long plan;

  private Run run(String job, long executionNanos, String rule) {
    return new Run(job, executionNanos, ++plan, 1, new Rule(rule, "*", new Runner.Shell("true")));
  }

  private Run admitted(Runs runs, String job, long executionNanos, String rule) {
    Run run = run(job, executionNanos, rule);
    runs.admit(run);
    return run;
  }

  private static List<String> started(Runs runs, long now) {
    return runs.start(now).stream().map(Run::job).toList();
  }

  @Test
  void slots_are_given_round_robin_over_rules() {
    Runs runs = new Runs(5, 5);
    for (int i = 1; i <= 4; i++) {
      admitted(runs, "a" + i, i, "a");
    }
    admitted(runs, "b1", 500, "b");
    admitted(runs, "b2", 501, "b");
    admitted(runs, "c1", 502, "c");

    assertThat(started(runs, NOW)).containsExactly("a1", "b1", "c1", "a2", "b2");
  }

  @Test
  void a_rule_that_was_served_waits_for_the_others_also_across_turns() {
    Runs runs = new Runs(1, 1);
    Run a1 = admitted(runs, "a1", 1, "a");
    admitted(runs, "a2", 2, "a");
    Run b1 = admitted(runs, "b1", 3, "b");
    admitted(runs, "b2", 4, "b");

    assertThat(started(runs, NOW)).containsExactly("a1");
    runs.end(a1);
    assertThat(started(runs, NOW)).containsExactly("b1");
    runs.end(b1);
    assertThat(started(runs, NOW)).containsExactly("a2");
  }

  @Test
  void runs_of_one_rule_start_in_due_order_then_in_plan_order() {
    Runs runs = new Runs(9, 9);
    Run late = run("late", 9, "r");
    Run second = run("second", 5, "r");
    Run third = run("third", 5, "r");
    Run first = run("first", 1, "r");
    List.of(third, late, first, second).forEach(runs::admit);

    assertThat(runs.start(NOW)).containsExactly(first, second, third, late);
  }

  @Test
  void no_more_than_the_slots_run_and_an_ended_run_gives_its_slot_back() {
    Runs runs = new Runs(2, 9);
    Run a = admitted(runs, "a", 1, "r");
    admitted(runs, "b", 2, "r");
    admitted(runs, "c", 3, "r");

    assertThat(started(runs, NOW)).containsExactly("a", "b");
    assertThat(started(runs, NOW)).isEmpty();
    assertThat(runs.end(a)).as("when it started").isEqualTo(NOW);
    assertThat(started(runs, NOW)).containsExactly("c");
    assertThat(runs.running()).hasSize(2);
  }

  @Test
  void hung_runs_of_a_rule_hold_only_its_share() {
    Runs runs = new Runs(4, 3);
    for (int i = 1; i <= 200; i++) {
      admitted(runs, "hung" + i, i, "hung");
    }
    assertThat(started(runs, NOW)).containsExactly("hung1", "hung2", "hung3");

    admitted(runs, "good", 900, "good");
    assertThat(started(runs, NOW)).containsExactly("good");
  }

  @Test
  void cancelled_run_does_not_start_and_a_started_one_cannot_be_cancelled() {
    Runs runs = new Runs(1, 1);
    Run a = admitted(runs, "a", 1, "r");
    admitted(runs, "b", 2, "r");
    admitted(runs, "c", 3, "other");
    runs.start(NOW);

    runs.cancel("a");
    runs.cancel("b");
    runs.cancel("never there");

    assertThat(runs.running("a")).isEqualTo(new Runs.Running(a, NOW));
    runs.end(a);
    assertThat(started(runs, NOW)).containsExactly("c");
  }

  @Test
  void a_rule_whose_runs_were_all_cancelled_can_start_others() {
    Runs runs = new Runs(1, 1);
    admitted(runs, "a", 1, "r");
    runs.cancel("a");
    assertThat(started(runs, NOW)).isEmpty();

    admitted(runs, "b", 2, "r");
    assertThat(started(runs, NOW)).containsExactly("b");
  }

  @Test
  void a_rule_without_waiting_runs_does_not_stop_the_rules_behind_it() {
    Runs runs = new Runs(2, 2);
    admitted(runs, "a1", 1, "a");
    admitted(runs, "a2", 2, "a");
    Run b = admitted(runs, "b", 3, "b");
    assertThat(started(runs, NOW)).containsExactly("a1", "b");
    admitted(runs, "c", 4, "c");
    runs.cancel("a2");
    runs.end(b);

    assertThat(started(runs, NOW)).containsExactly("c");
  }

  @Test
  void clock_set_back_holds_what_is_early_and_nobody_else() {
    Runs runs = new Runs(9, 9);
    admitted(runs, "a", 100, "a");
    admitted(runs, "a late", 101, "a");
    admitted(runs, "b", 50, "b");

    assertThat(started(runs, 99)).containsExactly("b");
    assertThat(started(runs, 100)).containsExactly("a");
    assertThat(started(runs, 101)).containsExactly("a late");
  }

  @Test
  void a_run_ends_once_and_only_as_the_attempt_that_started() {
    Runs runs = new Runs(1, 1);
    Run first = admitted(runs, "a", 1, "r");
    runs.start(NOW);
    Run second = new Run("a", 1, first.plan(), 2, first.rule());

    assertThatThrownBy(() -> runs.end(run("b", 1, "r"))).isInstanceOf(IllegalStateException.class);
    runs.end(first);
    assertThatThrownBy(() -> runs.end(first)).isInstanceOf(IllegalStateException.class);
    runs.admit(second);
    assertThat(runs.start(NOW)).containsExactly(second);
  }
}
