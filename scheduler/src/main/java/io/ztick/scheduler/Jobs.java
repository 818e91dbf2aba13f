package io.ztick.scheduler;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Jobs by id, in the order of their ids, unfinished ones by due time, and finished ones by the
/// time at which they ended; and how many of each status there are in each namespace that asks.
final class Jobs {
  private static final Comparator<Job> DUE_ORDER =
      Comparator.comparingLong(Job::executionNanos).thenComparingLong(Job::plan);

  private final JobTable byId = new JobTable();

  /// Touched only when an id comes or goes: planning a job anew finds it by its hash.
  private final TreeMap<String, Job> inOrder = new TreeMap<>(ByteOrder.INSTANCE);

  private final JobQueue due = new JobQueue();

  /// By due time, too: the triggered, and the planned ones that wait for the end of their old run.
  private final JobQueue underway = new JobQueue();

  private final JobQueue finished = new JobQueue();
  private final PrefixMap<Counts> counts = new PrefixMap<>();

  /// The rules that triggered jobs hold, which need no longer be the rules there are, and how many
  /// jobs hold each.
  private final IdentityHashMap<Rule, Integer> heldRules = new IdentityHashMap<>();

  private long bytes;

  /// @param namespaces the prefixes that {@link #counts} will be asked for, besides the empty one
  Jobs(Collection<String> namespaces) {
    counts.put("", new Counts());
    for (String namespace : namespaces) {
      counts.put(namespace, new Counts());
    }
  }

  int size() {
    return byId.size();
  }

  /// The estimated heap that jobs take, with the rules that they hold.
  long bytes() {
    return bytes;
  }

  @Nullable Job get(String id) {
    return byId.get(id);
  }

  @Nullable Job firstDue() {
    return due.first();
  }

  /// The finished job that ended first.
  @Nullable Job firstFinished() {
    return finished.first();
  }

  Counts counts(String namespace) {
    Counts found = counts.get(namespace);
    if (found == null) {
      throw new IllegalArgumentException("not a registered namespace: " + namespace);
    }
    return found;
  }

  /// Jobs whose id starts with a prefix and comes behind another id, in byte order.
  List<Job> list(String prefix, @Nullable String after, int limit) {
    boolean resumed = after != null && ByteOrder.INSTANCE.compare(after, prefix) >= 0;
    var tail = resumed ? inOrder.tailMap(after, false) : inOrder.tailMap(prefix, true);
    List<Job> found = new ArrayList<>();
    for (Job job : tail.values()) {
      if (found.size() == limit || !job.id().startsWith(prefix)) {
        break;
      }
      found.add(job);
    }
    return found;
  }

  /// The first unfinished jobs whose id starts with a prefix, in due order.
  ///
  /// @param limit how many to find
  /// @param looks how many to look at
  /// @return nothing when there may be more than could be found with so many looks
  @Nullable List<Job> listDue(String prefix, int limit, int looks) {
    Iterator<Job> planned = due.inOrder();
    Iterator<Job> begun = underway.inOrder();
    Job firstPlanned = next(planned);
    Job firstBegun = next(begun);
    List<Job> found = new ArrayList<>();
    for (int left = looks; found.size() < limit; left--) {
      boolean takesBegun =
          firstBegun != null
              && (firstPlanned == null || DUE_ORDER.compare(firstBegun, firstPlanned) < 0);
      Job job = takesBegun ? firstBegun : firstPlanned;
      if (job == null) {
        break;
      }
      if (left == 0) {
        return null;
      }
      if (job.id().startsWith(prefix)) {
        found.add(job);
      }
      if (takesBegun) {
        firstBegun = next(begun);
      } else {
        firstPlanned = next(planned);
      }
    }
    return found;
  }

  private static @Nullable Job next(Iterator<Job> jobs) {
    return jobs.hasNext() ? jobs.next() : null;
  }

  Collection<Job> all() {
    return inOrder.values();
  }

  void plan(String id, long executionNanos, long plan) {
    Job job = byId.get(id);
    if (job == null) {
      job = new Job(id);
      byId.add(job);
      inOrder.put(id, job);
      count(id, Status.PLANNED, 1);
      bytes += Weight.ofJob(id);
    } else if (job.status() != Status.PLANNED) {
      dequeue(job);
      recount(job, Status.PLANNED);
      letGoOfRule(job);
      bytes -= Weight.ATTEMPT;
    } else {
      underway.remove(job);
    }
    job.planned(plan, executionNanos);
    due.put(job, executionNanos);
  }

  void trigger(Job job, int attempt, Rule rule) {
    dequeue(job);
    addAttempt(job);
    recount(job, Status.TRIGGERED);
    letGoOfRule(job);
    job.triggered(attempt, rule);
    underway.put(job, job.executionNanos());
    if (heldRules.merge(rule, 1, Integer::sum) == 1) {
      bytes += Weight.of(rule);
    }
  }

  void finish(Job job, Change.JobFinished change) {
    dequeue(job);
    addAttempt(job);
    letGoOfRule(job);
    recount(job, change.outcome().success() ? Status.EXECUTED : Status.FAILED);
    job.finished(change);
    finished.put(job, change.endedNanos());
  }

  void remove(Job job) {
    byId.remove(job);
    inOrder.remove(job.id());
    dequeue(job);
    count(job.id(), job.status(), -1);
    letGoOfRule(job);
    bytes -= Weight.ofJob(job.id()) + (job.status() == Status.PLANNED ? 0 : Weight.ATTEMPT);
  }

  /// Takes a planned job out of the due order for a while, without changing what is known of it.
  void suspend(Job job) {
    due.remove(job);
    underway.put(job, job.executionNanos());
  }

  /// Puts a suspended job back.
  void resume(Job job) {
    underway.remove(job);
    due.put(job, job.executionNanos());
  }

  private void dequeue(Job job) {
    switch (job.status()) {
      case PLANNED -> {
        due.remove(job);
        underway.remove(job);
      }
      case TRIGGERED -> underway.remove(job);
      case EXECUTED, FAILED -> finished.remove(job);
    }
  }

  private void addAttempt(Job job) {
    if (job.status() == Status.PLANNED) {
      bytes += Weight.ATTEMPT;
    }
  }

  private void letGoOfRule(Job job) {
    Rule rule = job.triggeredRule();
    if (rule != null
        && heldRules.computeIfPresent(rule, (_, count) -> count == 1 ? null : count - 1) == null) {
      bytes -= Weight.of(rule);
    }
  }

  private void recount(Job job, Status now) {
    if (job.status() != now) {
      count(job.id(), job.status(), -1);
      count(job.id(), now, 1);
    }
  }

  private void count(String id, Status status, int difference) {
    var entry = counts.longest(id);
    while (entry != null) {
      entry.getValue().add(status, difference);
      entry = counts.shorter(id, entry.getKey());
    }
  }
}
