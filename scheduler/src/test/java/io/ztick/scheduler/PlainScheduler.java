package io.ztick.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What a {@link Scheduler} should do, written for certainty: plain maps, everything found by
/// looking at everything, and a copy of all that is kept after each change.
final class PlainScheduler {
  private static final Comparator<String> BY_BYTES =
      (left, right) -> Arrays.compareUnsigned(left.getBytes(UTF_8), right.getBytes(UTF_8));
  private static final Comparator<PlainJob> DUE_ORDER =
      Comparator.comparingLong(PlainJob::executionNanos).thenComparingLong(PlainJob::plan);

  private final Scheduler.Limits limits;
  private final int maxUnsynced;
  private Kept kept = new Kept(new TreeMap<>(BY_BYTES), new TreeMap<>(BY_BYTES), 0);

  /// What was kept after so many changes, from the last durable one on.
  private final TreeMap<Integer, Kept> copies = new TreeMap<>();

  private int changes;
  private int durable;

  /// Runs that have started and not ended, by job.
  private final Map<String, Started> running = new HashMap<>();

  /// Jobs that were due while their old run had not ended.
  private final Set<String> heldBack = new HashSet<>();

  /// What a crash left triggered, and has not been triggered again.
  private final List<Run> unfinished = new ArrayList<>();

  /// By plan and attempt, how many changes must be durable before the run may start.
  private final Map<String, Integer> startableAfter = new HashMap<>();

  record Started(Run run, long startedNanos) {}

  private record Kept(TreeMap<String, PlainJob> jobs, TreeMap<String, Rule> rules, long plan) {
    Kept copy() {
      return new Kept(new TreeMap<>(jobs), new TreeMap<>(rules), plan);
    }
  }

  /// A job as it is now; attempt, times and rule are those of {@link Job.Attempt}.
  record PlainJob(
      String id,
      long executionNanos,
      long plan,
      Status status,
      int attempt,
      @Nullable Rule rule,
      long startedNanos,
      long endedNanos,
      @Nullable Outcome outcome) {

    boolean is(Run run) {
      return status == Status.TRIGGERED && plan == run.plan() && attempt == run.attempt();
    }

    boolean isFinished() {
      return status == Status.EXECUTED || status == Status.FAILED;
    }

    Run run() {
      return new Run(id, executionNanos, plan, attempt, Objects.requireNonNull(rule));
    }
  }

  /// @param maxUnsynced how many changes may wait for the disk before it is busy
  PlainScheduler(Scheduler.Limits limits, int maxUnsynced) {
    this.limits = limits;
    this.maxUnsynced = maxUnsynced;
    copies.put(0, kept.copy());
  }

  int changes() {
    return changes;
  }

  List<PlainJob> jobs() {
    return List.copyOf(kept.jobs.values());
  }

  List<Rule> rules() {
    return List.copyOf(kept.rules.values());
  }

  List<PlainJob> jobs(Predicate<PlainJob> which) {
    return kept.jobs.values().stream().filter(which).toList();
  }

  List<String> due(String prefix, int limit) {
    return jobs(job -> job.id.startsWith(prefix) && !job.isFinished()).stream()
        .sorted(DUE_ORDER)
        .limit(limit)
        .map(PlainJob::id)
        .toList();
  }

  int inFlight(String namespace) {
    return (int) running.keySet().stream().filter(job -> job.startsWith(namespace)).count();
  }

  int pending(String namespace) {
    return jobs(job ->
            job.id.startsWith(namespace) && job.status == Status.TRIGGERED && !isRunning(job.run()))
        .size();
  }

  long startedNanosOf(PlainJob job) {
    Started started = running.get(job.id);
    return started != null && job.is(started.run) ? started.startedNanos : job.startedNanos;
  }

  boolean plan(String job, long executionNanos) {
    if (!kept.jobs.containsKey(job) && kept.jobs.size() == limits.maxJobs()) {
      return false;
    }
    kept = new Kept(kept.jobs, kept.rules, kept.plan + 1);
    put(new PlainJob(job, executionNanos, kept.plan, Status.PLANNED, 0, null, 0, 0, null));
    heldBack.remove(job);
    return true;
  }

  boolean remove(String job) {
    if (!kept.jobs.containsKey(job)) {
      return false;
    }
    kept.jobs.remove(job);
    heldBack.remove(job);
    changed();
    return true;
  }

  boolean setRule(Rule rule) {
    if (!kept.rules.containsKey(rule.id()) && kept.rules.size() == limits.maxRules()) {
      return false;
    }
    kept.rules.put(rule.id(), rule);
    changed();
    return true;
  }

  boolean removeRule(String rule) {
    if (!kept.rules.containsKey(rule)) {
      return false;
    }
    kept.rules.remove(rule);
    changed();
    return true;
  }

  long nextDue() {
    return planned().stream().mapToLong(PlainJob::executionNanos).min().orElse(Long.MAX_VALUE);
  }

  private boolean isBusy() {
    return changes - durable >= maxUnsynced;
  }

  int fire(long now, int limit) {
    List<PlainJob> due =
        planned().stream()
            .filter(job -> job.executionNanos <= now)
            .sorted(DUE_ORDER)
            .limit(limit)
            .toList();
    List<PlainJob> triggered = new ArrayList<>();
    int count = 0;
    for (PlainJob job : due) {
      if (isBusy()) {
        break;
      }
      count++;
      Rule rule = match(job.id);
      if (running.containsKey(job.id)) {
        heldBack.add(job.id);
      } else if (rule == null) {
        put(finished(job, 0, now, Outcome.NO_RULE));
      } else {
        triggered.add(trigger(job, 1, rule));
      }
    }
    triggered.forEach(job -> startableAfter.put(job.run().id() + job.attempt, changes));
    return count;
  }

  int recover(int limit) {
    List<PlainJob> triggered = new ArrayList<>();
    int count = 0;
    while (count < limit && !unfinished.isEmpty() && !isBusy()) {
      Run run = unfinished.removeFirst();
      PlainJob job = kept.jobs.get(run.job());
      if (job != null && job.is(run)) {
        triggered.add(trigger(job, run.attempt() + 1, run.rule()));
      }
      count++;
    }
    triggered.forEach(job -> startableAfter.put(job.run().id() + job.attempt, changes));
    return count;
  }

  long nextExpiry() {
    List<PlainJob> finished = finished();
    return finished.isEmpty() || limits.retention().isZero()
        ? Long.MAX_VALUE
        : finished.getFirst().endedNanos + limits.retention().toNanos();
  }

  int expire(long now, int limit) {
    int count = 0;
    while (count < limit && nextExpiry() <= now && !isBusy()) {
      remove(finished().getFirst().id);
      count++;
    }
    return count;
  }

  /// The triggered runs that nothing but a lack of slots keeps from starting, in due order.
  List<Run> startable(long now) {
    return jobs(
            job ->
                job.status == Status.TRIGGERED
                    && !running.containsKey(job.id)
                    && startableAfter.getOrDefault(job.run().id() + job.attempt, changes + 1)
                        <= durable
                    && job.executionNanos <= now
                    && running.size() < limits.maxConcurrent()
                    && runningOf(job.run().rule().id()) < limits.maxConcurrentPerRule())
        .stream()
        .sorted(DUE_ORDER)
        .map(PlainJob::run)
        .toList();
  }

  void started(Run run, long now) {
    running.put(run.job(), new Started(run, now));
  }

  void ended(Run run, Outcome outcome, long now) {
    Started started = Objects.requireNonNull(running.remove(run.job()));
    heldBack.remove(run.job());
    PlainJob job = kept.jobs.get(run.job());
    if (job != null && job.is(run)) {
      put(finished(job, started.startedNanos, now, outcome));
    }
  }

  void durable(int count) {
    durable = count;
    copies.headMap(count).clear();
  }

  /// @param left how many changes the disk has
  void crash(int left) {
    kept = Objects.requireNonNull(copies.get(left)).copy();
    copies.tailMap(left, false).clear();
    changes = left;
    durable(left);
    running.clear();
    heldBack.clear();
    startableAfter.clear();
    unfinished.clear();
    jobs(job -> job.status == Status.TRIGGERED).forEach(job -> unfinished.add(job.run()));
  }

  private List<PlainJob> planned() {
    return jobs(job -> job.status == Status.PLANNED && !heldBack.contains(job.id));
  }

  private List<PlainJob> finished() {
    return jobs(PlainJob::isFinished).stream()
        .sorted(Comparator.comparingLong(PlainJob::endedNanos).thenComparingLong(PlainJob::plan))
        .toList();
  }

  private @Nullable Rule match(String job) {
    Rule best = null;
    for (Rule rule : kept.rules.values()) {
      boolean longer = best == null || rule.prefix().length() > best.prefix().length();
      if (job.startsWith(rule.prefix()) && longer) {
        best = rule;
      }
    }
    return best;
  }

  private boolean isRunning(Run run) {
    Started started = running.get(run.job());
    return started != null && started.run.equals(run);
  }

  private int runningOf(String rule) {
    return (int)
        running.values().stream().filter(each -> each.run.rule().id().equals(rule)).count();
  }

  private PlainJob trigger(PlainJob job, int attempt, Rule rule) {
    PlainJob triggered =
        new PlainJob(
            job.id, job.executionNanos, job.plan, Status.TRIGGERED, attempt, rule, 0, 0, null);
    put(triggered);
    return triggered;
  }

  private PlainJob finished(PlainJob job, long startedNanos, long endedNanos, Outcome outcome) {
    return new PlainJob(
        job.id,
        job.executionNanos,
        job.plan,
        outcome.success() ? Status.EXECUTED : Status.FAILED,
        job.attempt,
        job.rule,
        startedNanos,
        endedNanos,
        outcome);
  }

  private void put(PlainJob job) {
    kept.jobs.put(job.id, job);
    changed();
  }

  private void changed() {
    changes++;
    copies.put(changes, kept.copy());
  }
}
