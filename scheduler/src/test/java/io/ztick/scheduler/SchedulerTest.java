package io.ztick.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SchedulerTest {
  private static final long NOW = 1_000_000;
  private static final Duration FOR_EVER = Duration.ZERO;

  private HeldJournal journal = new HeldJournal();
  private Scheduler scheduler = scheduler(100_000, 100, 64, FOR_EVER);

  private Scheduler scheduler(int maxJobs, int maxRules, int maxConcurrent, Duration retention) {
    return scheduler(
        new Scheduler.Limits(
            maxJobs, maxRules, Long.MAX_VALUE, maxConcurrent, maxConcurrent, retention));
  }

  private Scheduler scheduler(Scheduler.Limits limits) {
    return new Scheduler(limits, journal, List.of("a.", "a.b.", "c."));
  }

  private static Rule rule(String id, String pattern, String command) {
    return new Rule(id, pattern, new Runner.Shell(command));
  }

  private void setRule(String id, String pattern) {
    assertThat(scheduler.setRule(rule(id, pattern, "true"))).isEqualTo(Admission.ADMITTED);
  }

  private void plan(String job, long executionNanos) {
    assertThat(scheduler.plan(job, executionNanos)).isEqualTo(Admission.ADMITTED);
  }

  @Test
  void a_watcher_hears_of_what_there_is_and_of_what_comes_and_goes() {
    plan("w.old", 5);
    plan("other", 5);
    setRule("old", "w.");
    List<String> heard = new ArrayList<>();
    scheduler.watch(
        "w.",
        new Presence() {
          @Override
          public void jobAdded(String job) {
            heard.add("+" + job);
          }

          @Override
          public void jobRemoved(String job) {
            heard.add("-" + job);
          }

          @Override
          public void ruleAdded(String rule) {
            heard.add("rule +" + rule);
          }

          @Override
          public void ruleRemoved(String rule) {
            heard.add("rule -" + rule);
          }
        });
    plan("w.new", 5);
    plan("w.old", 6);
    plan("v.new", 5);
    scheduler.remove("w.old");
    scheduler.remove("other");
    setRule("new", "x.");
    setRule("old", "y.");
    scheduler.removeRule("old");
    scheduler.removeRule("old");
    assertThat(heard)
        .containsExactly("+w.old", "rule +old", "+w.new", "-w.old", "rule +new", "rule -old");
  }

  private Job job(String id) {
    Job job = scheduler.job(id);
    if (job == null) {
      throw new AssertionError("no job " + id);
    }
    return job;
  }

  private Job.Attempt attempt(String id) {
    Job.Attempt attempt = job(id).attempt();
    if (attempt == null) {
      throw new AssertionError("no attempt of " + id);
    }
    return attempt;
  }

  /// Triggers what is due, waits for the disk, and returns what starts.
  private List<Run> startDue(long now) {
    scheduler.fire(now, Integer.MAX_VALUE);
    journal.syncAll();
    return scheduler.start(now);
  }

  private Run startOne(long now) {
    List<Run> started = startDue(now);
    assertThat(started).hasSize(1);
    return started.getFirst();
  }

  private void crash() {
    journal = journal.crash();
    scheduler = scheduler(100_000, 100, 64, FOR_EVER);
  }

  @Nested
  class Limits {
    @Test
    void new_job_is_refused_at_max_jobs_and_an_existing_one_never() {
      scheduler = scheduler(2, 1, 1, FOR_EVER);
      plan("a", 1);
      plan("b", 1);
      int changes = journal.changes().size();

      assertThat(scheduler.plan("c", 1)).isEqualTo(Admission.TOO_MANY);
      assertThat(journal.changes()).as("nothing was stored").hasSize(changes);
      assertThat(scheduler.job("c")).isNull();

      plan("a", 2);
      scheduler.remove("b");
      plan("c", 1);
      assertThat(scheduler.plan("b", 1)).isEqualTo(Admission.TOO_MANY);
    }

    @Test
    void new_rule_is_refused_at_max_rules_and_an_existing_one_never() {
      scheduler = scheduler(1, 2, 1, FOR_EVER);
      setRule("a", "p");
      setRule("b", "p");
      int changes = journal.changes().size();

      assertThat(scheduler.setRule(rule("c", "p", "true"))).isEqualTo(Admission.TOO_MANY);
      assertThat(journal.changes()).as("nothing was stored").hasSize(changes);

      setRule("a", "other");
      assertThat(scheduler.removeRule("b")).isTrue();
      setRule("c", "p");
      assertThat(scheduler.ruleCount()).isEqualTo(2);
    }

    @Test
    void what_is_not_there_cannot_be_removed() {
      assertThat(scheduler.remove("a")).isFalse();
      assertThat(scheduler.removeRule("a")).isFalse();
      assertThat(journal.changes()).isEmpty();
    }
  }

  @Nested
  class Firing {
    @Test
    void job_is_due_at_its_time_and_not_a_nanosecond_before() {
      setRule("r", "*");
      plan("a", NOW);
      assertThat(scheduler.nextDue()).isEqualTo(NOW);

      assertThat(scheduler.fire(NOW - 1, 9)).isZero();
      assertThat(job("a").status()).isEqualTo(Status.PLANNED);
      assertThat(scheduler.fire(NOW, 9)).isEqualTo(1);
      assertThat(job("a").status()).isEqualTo(Status.TRIGGERED);
      assertThat(scheduler.nextDue()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void run_carries_everything_and_its_outcome_ends_the_job() {
      setRule("r", "*");
      plan("a", 7);
      plan("a", 5);
      Run run = startOne(NOW);

      assertThat(run).isEqualTo(new Run("a", 5, 2, 1, rule("r", "*", "true")));
      assertThat(run.id()).isEqualTo("2-5").isEqualTo(job("a").runId());
      assertThat(scheduler.startedOf(job("a"))).hasValue(NOW);

      scheduler.ended(run, Outcome.exit(3), NOW + 9);
      assertThat(job("a").status()).isEqualTo(Status.FAILED);
      assertThat(attempt("a"))
          .isEqualTo(new Job.Attempt(1, run.rule().id(), NOW, NOW + 9, Outcome.exit(3)));
      assertThat(scheduler.startedOf(job("a"))).hasValue(NOW);
    }

    @Test
    void successful_run_makes_the_job_executed() {
      setRule("r", "*");
      plan("a", 1);
      scheduler.ended(startOne(NOW), Outcome.OK, NOW);

      assertThat(job("a").status()).isEqualTo(Status.EXECUTED);
    }

    @Test
    void job_without_a_rule_fails_when_it_is_due() {
      setRule("r", "other");
      plan("a", 5);

      assertThat(startDue(NOW)).isEmpty();
      assertThat(job("a").status()).isEqualTo(Status.FAILED);
      assertThat(attempt("a")).isEqualTo(new Job.Attempt(0, null, 0, NOW, Outcome.NO_RULE));
      assertThat(scheduler.startedOf(job("a"))).isEmpty();
    }

    @Test
    void rule_is_looked_up_when_the_job_becomes_due() {
      setRule("short", "a");
      plan("a.b", 5);
      setRule("long", "a.");

      assertThat(startOne(NOW).rule().id()).isEqualTo("long");
    }

    @Test
    void triggered_run_keeps_the_rule_as_it_was() {
      scheduler.setRule(rule("r", "*", "old"));
      plan("a", 1);
      plan("b", 2);
      scheduler.fire(NOW, 1);
      scheduler.setRule(rule("r", "*", "new"));
      scheduler.fire(NOW, 1);
      scheduler.removeRule("r");
      journal.syncAll();

      assertThat(scheduler.start(NOW).stream().map(Run::rule))
          .containsExactly(rule("r", "*", "old"), rule("r", "*", "new"));
    }

    @Test
    void burst_of_thousands_fires_in_portions_and_runs_in_due_order() {
      scheduler = scheduler(5_000, 1, 64, FOR_EVER);
      setRule("r", "*");
      for (int i = 0; i < 5_000; i++) {
        plan("job " + i, NOW - i / 100);
      }
      List<Integer> portions = new ArrayList<>();
      List<Run> runs = new ArrayList<>();
      do {
        portions.add(scheduler.fire(NOW, 256));
      } while (portions.getLast() == 256);
      journal.syncAll();
      List<Run> started = scheduler.start(NOW);
      while (!started.isEmpty()) {
        assertThat(started.size()).isLessThanOrEqualTo(64);
        runs.addAll(started);
        started.forEach(run -> scheduler.ended(run, Outcome.OK, NOW));
        started = scheduler.start(NOW);
      }

      assertThat(portions).hasSize(20).endsWith(256, 5_000 - 19 * 256);
      assertThat(runs)
          .hasSize(5_000)
          .isSortedAccordingTo(
              (left, right) ->
                  left.executionNanos() == right.executionNanos()
                      ? Long.compare(left.plan(), right.plan())
                      : Long.compare(left.executionNanos(), right.executionNanos()));
      assertThat(scheduler.counts("").of(Status.EXECUTED)).isEqualTo(5_000);
    }

    @Test
    void clock_set_back_before_the_start_holds_the_run() {
      setRule("r", "*");
      plan("a", NOW);
      scheduler.fire(NOW, 9);
      journal.syncAll();

      assertThat(scheduler.start(NOW - 1)).isEmpty();
      assertThat(scheduler.start(NOW)).hasSize(1);
    }
  }

  @Nested
  class Since {
    @Test
    void run_could_have_started_at_its_time() {
      setRule("r", "*");
      plan("a", NOW);
      assertThat(scheduler.isDue(NOW - 1)).isFalse();

      assertThat(startOne(NOW + 9).dueNanos()).isEqualTo(NOW);
    }

    @Test
    void run_planned_for_the_past_could_have_started_since_nothing_was_due() {
      setRule("r", "*");
      assertThat(scheduler.isDue(NOW)).isFalse();
      plan("a", 1);
      plan("b", NOW);
      assertThat(scheduler.isDue(NOW + 5)).isTrue();

      assertThat(startDue(NOW + 5)).extracting(Run::dueNanos).containsExactly(NOW, NOW);
      assertThat(scheduler.fire(NOW + 6, 1)).isZero();
      plan("c", 1);
      assertThat(startOne(NOW + 7).dueNanos()).isEqualTo(NOW + 6);
    }

    @Test
    void run_that_waited_in_a_backlog_could_have_started_at_its_time() {
      setRule("r", "*");
      plan("a", NOW);
      plan("b", NOW + 1);
      assertThat(scheduler.fire(NOW + 5, 1)).isEqualTo(1);
      assertThat(scheduler.fire(NOW + 6, 1)).isEqualTo(1);
      journal.syncAll();

      assertThat(scheduler.start(NOW + 7)).extracting(Run::dueNanos).containsExactly(NOW, NOW + 1);
    }

    @Test
    void run_due_before_the_scheduler_began_could_have_started_since_then() {
      setRule("r", "*");
      plan("unfinished", 1);
      startOne(5);
      plan("due", 9);
      journal.syncAll();
      crash();
      scheduler.begin(NOW);
      scheduler.recover(9);

      assertThat(startDue(NOW + 9)).extracting(Run::dueNanos).containsExactly(NOW, NOW);
    }

    @Test
    void run_that_waited_for_the_one_before_could_have_started_when_that_ended() {
      setRule("r", "*");
      plan("a", 1);
      Run first = startOne(NOW);
      plan("a", NOW + 1);
      assertThat(startDue(NOW + 5)).isEmpty();
      assertThat(scheduler.isDue(NOW + 8)).isFalse();
      scheduler.ended(first, Outcome.OK, NOW + 8);

      assertThat(startOne(NOW + 9).dueNanos()).isEqualTo(NOW + 8);
    }

    @Test
    void clock_set_back_is_no_reason_to_have_waited() {
      setRule("r", "*");
      assertThat(scheduler.isDue(NOW)).isFalse();
      assertThat(scheduler.isDue(NOW - 100)).isFalse();
      plan("a", NOW - 50);

      assertThat(startOne(NOW - 40).dueNanos()).isEqualTo(NOW - 50);
    }
  }

  @Nested
  class Durability {
    @Test
    void run_starts_only_when_it_is_safe_that_it_was_triggered() {
      setRule("r", "*");
      plan("a", 1);
      scheduler.fire(NOW, 9);
      assertThat(scheduler.start(NOW)).isEmpty();

      journal.sync(2);
      assertThat(scheduler.start(NOW)).as("rule and plan are safe").isEmpty();
      assertThat(scheduler.pending("")).isEqualTo(1);

      journal.sync(1);
      assertThat(scheduler.start(NOW)).hasSize(1);
      assertThat(scheduler.pending("")).isZero();
    }

    @Test
    void plan_superseded_before_it_is_safe_never_runs() {
      setRule("r", "*");
      plan("again", 1);
      plan("gone", 1);
      scheduler.fire(NOW, 9);
      plan("again", NOW + 1);
      scheduler.remove("gone");
      journal.syncAll();

      assertThat(scheduler.start(NOW)).isEmpty();
      assertThat(startOne(NOW + 1).id()).isEqualTo("3-" + (NOW + 1));
    }

    @Test
    void job_triggered_twice_before_the_first_is_safe_runs_once() {
      setRule("r", "*");
      plan("a", 1);
      scheduler.fire(NOW, 9);
      plan("a", 2);
      scheduler.fire(NOW, 9);
      journal.syncAll();

      assertThat(scheduler.start(NOW)).extracting(Run::id).containsExactly("2-2");
    }
  }

  @Nested
  class PlannedAnewOrRemoved {
    @Test
    void set_or_remove_cancels_a_run_that_waits_for_a_slot() {
      scheduler = scheduler(9, 9, 1, FOR_EVER);
      setRule("r", "*");
      for (String id : List.of("first", "again", "gone", "last")) {
        plan(id, 1);
      }
      Run first = startOne(NOW);
      plan("again", NOW + 1);
      scheduler.remove("gone");
      scheduler.ended(first, Outcome.OK, NOW);

      Run last = startOne(NOW);
      assertThat(last.job()).isEqualTo("last");
      scheduler.ended(last, Outcome.OK, NOW);
      assertThat(startOne(NOW + 1).id()).isEqualTo("5-" + (NOW + 1));
    }

    @Test
    void result_of_a_run_whose_job_was_planned_anew_is_dropped() {
      setRule("r", "*");
      plan("a", 1);
      Run old = startOne(NOW);
      plan("a", NOW + 5);
      assertThat(scheduler.startedOf(job("a"))).isEmpty();
      int changes = journal.changes().size();
      scheduler.ended(old, Outcome.OK, NOW);

      assertThat(journal.changes()).hasSize(changes);
      assertThat(job("a").status()).isEqualTo(Status.PLANNED);
      assertThat(startDue(NOW + 4)).isEmpty();
      assertThat(startOne(NOW + 5).id()).isEqualTo("2-" + (NOW + 5));
    }

    @Test
    void result_of_a_run_whose_job_was_removed_is_dropped_and_its_slot_is_free() {
      scheduler = scheduler(9, 9, 1, FOR_EVER);
      setRule("r", "*");
      plan("a", 1);
      plan("b", 2);
      Run old = startOne(NOW);
      scheduler.remove("a");
      assertThat(scheduler.start(NOW)).as("the run still holds its slot").isEmpty();
      assertThat(scheduler.inFlight("")).isEqualTo(1);
      scheduler.ended(old, Outcome.OK, NOW);

      assertThat(scheduler.job("a")).isNull();
      assertThat(scheduler.start(NOW)).extracting(Run::job).containsExactly("b");
    }

    @Test
    void job_does_not_overlap_itself_across_remove_and_set() {
      setRule("r", "*");
      plan("a", 1);
      Run old = startOne(NOW);
      scheduler.remove("a");
      plan("a", 2);

      assertThat(startDue(NOW)).isEmpty();
      assertThat(job("a").status()).isEqualTo(Status.PLANNED);
      assertThat(scheduler.nextDue()).as("nothing to wake up for").isEqualTo(Long.MAX_VALUE);

      setRule("longer", "a");
      scheduler.ended(old, Outcome.OK, NOW);
      Run next = startOne(NOW);
      assertThat(next.id()).isEqualTo("2-2");
      assertThat(next.rule().id()).as("looked up now").isEqualTo("longer");
    }

    @Test
    void job_held_back_by_its_old_run_can_be_planned_anew_and_removed() {
      setRule("r", "*");
      plan("a", 1);
      plan("b", 1);
      List<Run> old = startDue(NOW);
      plan("a", 2);
      plan("b", 2);
      assertThat(startDue(NOW)).isEmpty();

      plan("a", NOW + 7);
      scheduler.remove("b");
      assertThat(scheduler.nextDue()).isEqualTo(NOW + 7);
      old.forEach(run -> scheduler.ended(run, Outcome.OK, NOW));
      assertThat(startDue(NOW + 6)).isEmpty();
      assertThat(startOne(NOW + 7).id()).isEqualTo("5-" + (NOW + 7));
    }

    @Test
    void a_run_ends_only_once() {
      setRule("r", "*");
      plan("a", 1);
      Run run = startOne(NOW);
      scheduler.ended(run, Outcome.OK, NOW);

      assertThatThrownBy(() -> scheduler.ended(run, Outcome.TIMEOUT, NOW))
          .isInstanceOf(IllegalStateException.class);
      assertThat(job("a").status()).isEqualTo(Status.EXECUTED);
    }
  }

  @Nested
  class Retention {
    private static final Duration KEPT = Duration.ofNanos(10);

    private void finish(String job) {
      plan(job, 1);
      scheduler.fire(NOW, 1);
    }

    @Test
    void finished_job_goes_when_it_was_kept_long_enough_and_not_before() {
      scheduler = scheduler(9, 9, 1, KEPT);
      finish("a");
      assertThat(scheduler.nextExpiry()).isEqualTo(NOW + 10);

      assertThat(scheduler.expire(NOW + 9, 9)).isZero();
      assertThat(scheduler.job("a")).isNotNull();
      assertThat(scheduler.expire(NOW + 10, 9)).isEqualTo(1);
      assertThat(scheduler.job("a")).isNull();
      assertThat(scheduler.nextExpiry()).isEqualTo(Long.MAX_VALUE);
      assertThat(journal.changes().getLast()).isEqualTo(new Change.JobRemoved("a"));
    }

    @Test
    void expired_jobs_go_in_portions_the_first_ended_first() {
      scheduler = scheduler(1_000, 9, 1, KEPT);
      for (int i = 999; i >= 0; i--) {
        finish("job " + i);
      }

      assertThat(scheduler.expire(NOW + 10, 256)).isEqualTo(256);
      assertThat(scheduler.job("job 744")).isNull();
      assertThat(scheduler.job("job 743")).isNotNull();
      assertThat(scheduler.expire(NOW + 10, 9_999)).isEqualTo(744);
    }

    @Test
    void job_planned_anew_is_not_finished_any_more() {
      scheduler = scheduler(9, 9, 1, KEPT);
      finish("a");
      plan("a", NOW + 1_000);

      assertThat(scheduler.nextExpiry()).isEqualTo(Long.MAX_VALUE);
      assertThat(scheduler.expire(NOW + 500, 9)).isZero();
    }

    private void finishAt(String job, long now) {
      plan(job, 1);
      scheduler.fire(now, 1);
    }

    private void assertExpireInOrder(String first, String second, String third) {
      assertThat(scheduler.nextExpiry()).isEqualTo(NOW + 10);
      for (String job : List.of(first, second, third)) {
        assertThat(scheduler.expire(NOW + 1_000, 1)).isEqualTo(1);
        assertThat(scheduler.job(job)).as(job).isNull();
      }
    }

    @Test
    void finished_jobs_expire_in_the_order_of_their_ends_though_the_clock_was_set_back() {
      scheduler = scheduler(9, 9, 1, KEPT);
      finishAt("a", NOW + 7);
      finishAt("b", NOW);
      finishAt("c", NOW + 5);

      assertThat(scheduler.expire(NOW + 10, 9)).isEqualTo(1);
      assertThat(scheduler.job("b")).isNull();
      assertThat(scheduler.expire(NOW + 15, 9)).isEqualTo(1);
      assertThat(scheduler.job("c")).isNull();
      assertThat(scheduler.expire(NOW + 16, 9)).isZero();
      assertThat(scheduler.expire(NOW + 17, 9)).isEqualTo(1);
    }

    @Test
    void finished_jobs_expire_in_the_order_of_their_ends_after_a_replay() {
      scheduler = scheduler(9, 9, 1, KEPT);
      finishAt("a", NOW + 7);
      finishAt("c", NOW);
      finishAt("b", NOW + 5);
      journal.syncAll();
      journal = journal.crash();
      scheduler = scheduler(9, 9, 1, KEPT);

      assertExpireInOrder("c", "b", "a");
    }

    @Test
    void finished_jobs_that_ended_together_expire_in_the_order_of_their_plans() {
      scheduler = scheduler(9, 9, 1, KEPT);
      for (String job : List.of("b", "c", "a")) {
        finishAt(job, NOW);
      }
      journal.syncAll();
      journal = journal.crash();
      scheduler = scheduler(9, 9, 1, KEPT);

      assertExpireInOrder("b", "c", "a");
    }

    @Test
    void retention_of_zero_keeps_for_ever() {
      finish("a");

      assertThat(scheduler.nextExpiry()).isEqualTo(Long.MAX_VALUE);
      assertThat(scheduler.expire(Long.MAX_VALUE - 1, 9)).isZero();
    }

    @Test
    void expiry_behind_the_end_of_time_is_never() {
      scheduler = scheduler(9, 9, 1, Duration.ofDays(36_500));
      plan("a", 1);
      scheduler.fire(Long.MAX_VALUE - 10, 1);

      assertThat(scheduler.nextExpiry()).isEqualTo(Long.MAX_VALUE);
      assertThat(scheduler.expire(Long.MAX_VALUE - 1, 9)).isZero();
    }
  }

  @Nested
  class Busy {
    private static final int MAX_UNSYNCED = 5;

    /// A rule and three jobs that are due, all safe, and so many changes that are not.
    private void begin(int unsynced) {
      journal = new HeldJournal(MAX_UNSYNCED);
      scheduler = scheduler(9, 9, 9, Duration.ofNanos(1));
      setRule("r", "due");
      List.of("due 1", "due 2", "due 3").forEach(id -> plan(id, 1));
      journal.syncAll();
      for (int i = 0; i < unsynced; i++) {
        plan("later", NOW + i);
      }
    }

    @Test
    void nothing_fires_while_the_disk_is_busy() {
      begin(MAX_UNSYNCED - 2);
      assertThat(scheduler.fire(NOW, 9)).as("until it is busy").isEqualTo(2);
      assertThat(scheduler.fire(NOW, 9)).isZero();
      assertThat(job("due 3").status()).isEqualTo(Status.PLANNED);

      journal.syncAll();
      assertThat(scheduler.fire(NOW, 1)).isEqualTo(1);
    }

    @Test
    void nothing_is_recovered_while_the_disk_is_busy() {
      begin(0);
      scheduler.fire(NOW, 9);
      journal.syncAll();
      journal = journal.crash();
      scheduler = scheduler(9, 9, 9, FOR_EVER);
      for (int i = 0; i < MAX_UNSYNCED - 1; i++) {
        plan("later", NOW + i);
      }

      assertThat(scheduler.recover(9)).as("until it is busy").isEqualTo(1);
      assertThat(scheduler.recover(9)).isZero();
      journal.syncAll();
      assertThat(scheduler.recover(9)).isEqualTo(2);
    }

    @Test
    void nothing_expires_while_the_disk_is_busy() {
      begin(0);
      scheduler.removeRule("r");
      scheduler.fire(NOW, 9);
      assertThat(scheduler.expire(NOW + 1, 9)).as("until it is busy").isEqualTo(1);
      assertThat(scheduler.expire(NOW + 1, 9)).isZero();
      journal.syncAll();
      assertThat(scheduler.expire(NOW + 1, 9)).isEqualTo(2);
    }
  }

  @Nested
  class Namespaces {
    @Test
    void counts_of_waiting_and_running_are_those_of_the_namespace() {
      scheduler = scheduler(9, 9, 2, FOR_EVER);
      setRule("r", "*");
      List.of("a.b.1", "c.1", "a.1", "c.2").forEach(id -> plan(id, 1));
      startDue(NOW);

      assertThat(List.of(scheduler.inFlight(""), scheduler.pending(""))).containsExactly(2, 2);
      assertThat(List.of(scheduler.inFlight("a."), scheduler.pending("a."))).containsExactly(1, 1);
      assertThat(List.of(scheduler.inFlight("a.b."), scheduler.pending("a.b.")))
          .containsExactly(1, 0);
      assertThat(scheduler.counts("a.").of(Status.TRIGGERED)).isEqualTo(2);
    }

    @Test
    void run_of_a_superseded_plan_is_in_flight_and_not_pending() {
      setRule("r", "*");
      plan("a.1", 1);
      startDue(NOW);
      plan("a.1", 2);

      assertThat(scheduler.inFlight("a.")).isEqualTo(1);
      assertThat(scheduler.pending("a.")).isZero();
    }
  }

  @Nested
  class Recovery {
    @Test
    void unfinished_run_is_attempted_again_with_its_run_id_and_its_rule() {
      scheduler.setRule(rule("r", "*", "old"));
      plan("a", 5);
      Run first = startOne(NOW);
      scheduler.setRule(rule("r", "*", "new"));
      journal.syncAll();
      crash();
      assertThat(scheduler.start(NOW)).as("before recovery").isEmpty();
      scheduler.recover(Integer.MAX_VALUE);
      assertThat(scheduler.start(NOW)).as("before the attempt is safe").isEmpty();
      journal.syncAll();

      Run second = scheduler.start(NOW).getFirst();
      assertThat(second).isEqualTo(new Run("a", 5, first.plan(), 2, rule("r", "*", "old")));
      assertThat(second.id()).isEqualTo(first.id());
      scheduler.ended(second, Outcome.OK, NOW + 1);
      assertThat(attempt("a").number()).isEqualTo(2);
      assertThat(job("a").status()).isEqualTo(Status.EXECUTED);
    }

    @Test
    void only_unfinished_runs_are_attempted_again() {
      setRule("r", "run");
      List.of("run.finished", "run.unfinished", "no rule").forEach(id -> plan(id, 1));
      plan("run.later", NOW + 1);
      List<Run> runs = startDue(NOW);
      scheduler.ended(runs.getFirst(), Outcome.OK, NOW);
      journal.syncAll();
      crash();
      scheduler.recover(Integer.MAX_VALUE);

      assertThat(startDue(NOW)).extracting(Run::job).containsExactly("run.unfinished");
      assertThat(startDue(NOW + 1)).extracting(Run::job).containsExactly("run.later");
    }

    @Test
    void outcome_that_was_not_safe_is_lost_and_the_run_repeated() {
      setRule("r", "*");
      plan("a", 1);
      scheduler.ended(startOne(NOW), Outcome.OK, NOW);
      crash();
      assertThat(job("a").status()).isEqualTo(Status.TRIGGERED);
      scheduler.recover(Integer.MAX_VALUE);

      assertThat(startOne(NOW).attempt()).isEqualTo(2);
    }

    /// Jobs of which a crash left so many triggered.
    private void crashWithTriggered(int count) {
      setRule("r", "*");
      for (int i = 0; i < count; i++) {
        plan("job " + i, 1);
      }
      scheduler.fire(NOW, count);
      journal.syncAll();
      crash();
    }

    @Test
    void unfinished_runs_are_recovered_in_portions() {
      crashWithTriggered(10);
      int changes = journal.changes().size();

      assertThat(scheduler.recover(4)).isEqualTo(4);
      assertThat(journal.changes()).hasSize(changes + 4);
      journal.syncAll();
      assertThat(scheduler.start(NOW)).as("without the others").hasSize(4);
      assertThat(scheduler.recover(6)).as("as many as there are").isEqualTo(6);
      assertThat(scheduler.recover(1)).isZero();
      journal.syncAll();
      assertThat(scheduler.start(NOW)).hasSize(6).extracting(Run::attempt).containsOnly(2);
      assertThat(journal.changes()).hasSize(changes + 10);
    }

    @Test
    void fewer_than_the_limit_says_that_all_are_recovered() {
      crashWithTriggered(9);

      assertThat(scheduler.recover(10)).isEqualTo(9);
      assertThat(scheduler.recover(10)).isZero();
    }

    @Test
    void job_planned_anew_or_removed_between_portions_is_left_alone() {
      crashWithTriggered(5);
      assertThat(scheduler.recover(1)).isEqualTo(1);
      plan("job 1", NOW + 1);
      scheduler.remove("job 2");
      scheduler.remove("job 3");
      plan("job 3", 1);
      int changes = journal.changes().size();

      assertThat(scheduler.recover(9)).as("looked at").isEqualTo(4);
      assertThat(journal.changes()).as("triggered").hasSize(changes + 1);
      assertThat(startDue(NOW))
          .extracting(Run::job)
          .containsExactlyInAnyOrder("job 0", "job 3", "job 4");
      assertThat(attempt("job 0").number()).isEqualTo(2);
      assertThat(attempt("job 3").number()).as("of its new plan").isEqualTo(1);
      assertThat(attempt("job 4").number()).isEqualTo(2);
      assertThat(job("job 1").status()).isEqualTo(Status.PLANNED);
    }

    @Test
    void job_planned_anew_and_triggered_between_portions_is_not_triggered_once_more() {
      crashWithTriggered(2);
      plan("job 1", 2);
      scheduler.fire(NOW, 1);

      assertThat(scheduler.recover(9)).isEqualTo(2);
      assertThat(startDue(NOW)).hasSize(2);
      assertThat(attempt("job 1").number()).isEqualTo(1);
    }

    @Test
    void job_that_is_not_recovered_yet_is_recovered_after_the_next_crash() {
      crashWithTriggered(3);
      scheduler.recover(1);
      journal.syncAll();
      crash();
      assertThat(scheduler.recover(9)).isEqualTo(3);

      assertThat(startDue(NOW)).hasSize(3);
      assertThat(attempt("job 0").number()).isEqualTo(3);
      assertThat(attempt("job 1").number()).isEqualTo(2);
    }

    @Test
    void attempts_go_on_rising_over_crashes() {
      setRule("r", "*");
      plan("a", 1);
      scheduler.fire(NOW, 1);
      for (int attempt = 2; attempt <= 4; attempt++) {
        journal.syncAll();
        crash();
        scheduler.recover(Integer.MAX_VALUE);
      }

      assertThat(startOne(NOW).attempt()).isEqualTo(4);
    }

    @Test
    void plan_numbers_are_not_used_again_after_a_crash() {
      plan("a", 1);
      plan("b", 1);
      scheduler.remove("b");
      journal.syncAll();
      crash();
      plan("b", 1);

      assertThat(job("b").runId()).isEqualTo("3-1");
    }

    @Test
    void job_held_back_by_its_old_run_is_due_after_a_crash() {
      setRule("r", "*");
      plan("a", 1);
      startOne(NOW);
      plan("a", 2);
      assertThat(startDue(NOW)).isEmpty();
      crash();
      scheduler.recover(Integer.MAX_VALUE);

      assertThat(startOne(NOW).id()).isEqualTo("2-2");
    }
  }
}
