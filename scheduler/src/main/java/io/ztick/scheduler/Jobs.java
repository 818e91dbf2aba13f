package io.ztick.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ztick.scheduler.store.Slab;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PrimitiveIterator;
import org.jspecify.annotations.Nullable;

/// Jobs by id, in the order of their ids, unfinished ones by due time, and finished ones by the
/// time at which they ended; and how many of each status there are in each namespace that asks.
/// What a job's status means is known here; where jobs lie in memory is the {@link Slab}'s.
final class Jobs {
  /// By the mark that a job of each has; new jobs have the first one.
  private static final Status[] STATUSES = {
    Status.PLANNED, Status.TRIGGERED, Status.EXECUTED, Status.FAILED
  };

  /// Planned jobs, by due time.
  private static final int DUE = Slab.FIRST_QUEUE;

  /// By due time, too: the triggered, and the planned ones that wait for the end of their old run.
  private static final int UNDERWAY = 1;

  /// By the time at which they ended.
  private static final int FINISHED = 2;

  /// What triggered and finished jobs carry.
  private static final int ATTEMPT = 0;

  /// The number of the rule of a triggered job; of a finished one that of the rule's id, or {@link
  /// #NO_RULE}. A finished job keeps no rule alive.
  private static final int RULE = 1;

  private static final int OUTCOME = 2;
  private static final int STARTED_HIGH = 3;
  private static final int STARTED_LOW = 4;

  private static final int NO_RULE = -1;

  /// Namespaces that are counted because they were asked for.
  static final int MAX_UNFORESEEN = 1024;

  private final Slab slab = new Slab(0, 2, 5);
  private boolean hasNamespaces;
  private final Tally all = Tally.ofNothing();
  private final PrefixMap<Tally> tallies = new PrefixMap<>();

  /// The namespaces that nobody had named beforehand, the one asked for longest ago first.
  private final LinkedHashSet<String> unforeseen = new LinkedHashSet<>();

  /// The rules that triggered jobs hold, which need no longer be the rules there are.
  private final Shared<Rule> rules = new Shared<>(new IdentityHashMap<>(), Weight::of);

  private final Shared<String> ruleIds = new Shared<>(new HashMap<>(), Weight::ofShared);
  private final Shared<Outcome> outcomes =
      new Shared<>(new HashMap<>(), outcome -> Weight.ofShared(outcome.text()));

  private long bytes;

  /// Who hears of jobs whose ids begin with this, in UTF-8; nobody does as long as it is null.
  private @Nullable Presence presence;

  private byte[] watched = {};

  /// @param namespaces prefixes that {@link #counts} will be asked for, besides the empty one
  Jobs(Collection<String> namespaces) {
    for (String namespace : namespaces) {
      tallies.put(namespace, Tally.ofNothing());
    }
    tallies.put("", all);
    hasNamespaces = namespaces.stream().anyMatch(namespace -> !namespace.isEmpty());
  }

  /// Tells of the jobs whose ids begin with a prefix, those that there are and all that come and
  /// go.
  void watch(String prefix, Presence listener) {
    watched = prefix.getBytes(UTF_8);
    presence = listener;
    read(
        watched,
        null,
        (_, id, from, to, _, _) -> {
          listener.jobAdded(new String(id, from, to - from, UTF_8));
          return true;
        });
  }

  private boolean isWatched(byte[] id, int from, int to) {
    return to - from >= watched.length
        && Arrays.equals(id, from, from + watched.length, watched, 0, watched.length);
  }

  int size() {
    return slab.size();
  }

  /// The estimated heap that jobs take, with the rules that they hold.
  long bytes() {
    return bytes + rules.bytes() + ruleIds.bytes() + outcomes.bytes();
  }

  /// Whether there may be no room for another job, whatever the heap holds.
  boolean isFull() {
    return slab.isFull();
  }

  boolean contains(byte[] bytes, int from, int to) {
    return slab.find(bytes, from, to) != Slab.NONE;
  }

  @Nullable Job get(String id) {
    int job = find(id);
    return job == Slab.NONE ? null : job(job, id);
  }

  /// Looks at a job without making one.
  ///
  /// @return whether there is one
  boolean read(byte[] bytes, int from, int to, JobView view) {
    int job = slab.find(bytes, from, to);
    if (job == Slab.NONE) {
      return false;
    }
    view.set(status(job), slab.time(job));
    return true;
  }

  /// Says that a job will be looked up or planned soon.
  void expect(byte[] bytes, int from, int to) {
    slab.expect(bytes, from, to);
  }

  /// Has the memory bring what was expected.
  void fetch() {
    slab.fetch();
  }

  /// When the first job is due; `Long.MAX_VALUE` when none is planned.
  long nextDue() {
    return slab.firstTime(DUE);
  }

  @Nullable Job firstDue() {
    int job = slab.first(DUE);
    return job == Slab.NONE ? null : job(job, slab.id(job));
  }

  /// When the first finished job ended; `Long.MAX_VALUE` when none has.
  long firstEnd() {
    return slab.firstTime(FINISHED);
  }

  /// The id of the finished job that ended first.
  @Nullable String firstFinished() {
    int job = slab.first(FINISHED);
    return job == Slab.NONE ? null : slab.id(job);
  }

  /// The counts of a namespace. One that was not foreseen has all its jobs looked at, once in a
  /// while; {@link #count} does it in pieces.
  Counts counts(String namespace) {
    Tally tally = tally(namespace);
    countOn(tally, namespace, Integer.MAX_VALUE);
    return tally.counts();
  }

  /// Looks at the next jobs of a namespace that was not foreseen.
  ///
  /// @param limit how many to look at
  /// @return whether it is counted
  boolean count(String namespace, int limit) {
    if (tallies.get(namespace) == null && unforeseen.size() == MAX_UNFORESEEN) {
      // Whoever began before comes to an end: otherwise many at once would undo each other's part.
      String eldest = unforeseen.getFirst();
      Tally tally = tallies.get(eldest);
      if (tally != null && !countOn(tally, eldest, limit)) {
        return false;
      }
    }
    return countOn(tally(namespace), namespace, limit);
  }

  private Tally tally(String namespace) {
    if (unforeseen.remove(namespace)) {
      unforeseen.add(namespace);
    }
    Tally found = tallies.get(namespace);
    return found == null ? beginToCount(namespace) : found;
  }

  private Tally beginToCount(String namespace) {
    if (unforeseen.size() == MAX_UNFORESEEN) {
      tallies.remove(unforeseen.removeFirst());
    }
    unforeseen.add(namespace);
    var begun = new Tally();
    tallies.put(namespace, begun);
    hasNamespaces = true;
    return begun;
  }

  private boolean countOn(Tally tally, String namespace, int limit) {
    if (!tally.isComplete()) {
      String last = tally.last();
      var piece = new Piece(tally.counts(), limit);
      read(namespace.getBytes(UTF_8), last == null ? null : last.getBytes(UTF_8), piece);
      tally.gotTo(piece.last);
    }
    return tally.isComplete();
  }

  /// Counts some jobs.
  private static final class Piece implements Slab.Rows {
    private final Counts counts;
    private int left;

    /// The job that it ends with, when others may follow.
    private @Nullable String last;

    Piece(Counts counts, int limit) {
      this.counts = counts;
      this.left = limit;
    }

    @Override
    public boolean row(int job, byte[] bytes, int from, int to, int mark, long time) {
      counts.add(STATUSES[mark], 1);
      left--;
      if (left == 0) {
        last = new String(bytes, from, to - from, UTF_8);
      }
      return left > 0;
    }
  }

  /// Jobs whose id starts with a prefix and comes behind another id, in byte order.
  List<Job> list(String prefix, @Nullable String after, int limit) {
    List<Job> found = new ArrayList<>();
    byte[] last = after == null ? null : after.getBytes(UTF_8);
    if (limit > 0) {
      read(
          prefix.getBytes(UTF_8),
          last,
          (job, bytes, from, to, _, _) -> {
            found.add(job(job, new String(bytes, from, to - from, UTF_8)));
            return found.size() < limit;
          });
    }
    return found;
  }

  /// Hands over the jobs whose id starts with a prefix and comes behind another id, in byte order.
  void read(String prefix, byte @Nullable [] after, JobRows rows) {
    read(
        prefix.getBytes(UTF_8),
        after,
        (_, bytes, from, to, mark, time) -> rows.row(bytes, from, to, STATUSES[mark], time));
  }

  private void read(byte[] prefix, byte @Nullable [] after, Slab.Rows rows) {
    byte[] start = after != null && Arrays.compareUnsigned(after, prefix) >= 0 ? after : prefix;
    slab.read(
        start,
        Arrays.equals(start, after),
        (job, bytes, from, to, mark, time) ->
            to - from >= prefix.length
                && Arrays.equals(bytes, from, from + prefix.length, prefix, 0, prefix.length)
                && rows.row(job, bytes, from, to, mark, time));
  }

  /// The first unfinished jobs whose id starts with a prefix, in due order.
  ///
  /// @param limit how many to find
  /// @param looks how many to look at
  /// @return nothing when there may be more than could be found with so many looks
  @Nullable List<Job> listDue(String prefix, int limit, int looks) {
    byte[] start = prefix.getBytes(UTF_8);
    PrimitiveIterator.OfInt planned = slab.inOrder(DUE);
    PrimitiveIterator.OfInt begun = slab.inOrder(UNDERWAY);
    int firstPlanned = next(planned);
    int firstBegun = next(begun);
    List<Job> found = new ArrayList<>();
    for (int left = looks; found.size() < limit; left--) {
      boolean takesBegun =
          firstBegun != Slab.NONE
              && (firstPlanned == Slab.NONE || isDueBefore(firstBegun, firstPlanned));
      int job = takesBegun ? firstBegun : firstPlanned;
      if (job == Slab.NONE) {
        break;
      }
      if (left == 0) {
        return null;
      }
      if (slab.startsWith(job, start)) {
        found.add(job(job, slab.id(job)));
      }
      if (takesBegun) {
        firstBegun = next(begun);
      } else {
        firstPlanned = next(planned);
      }
    }
    return found;
  }

  private boolean isDueBefore(int job, int other) {
    int order = Long.compare(slab.time(job), slab.time(other));
    return order < 0 || (order == 0 && slab.plan(job) < slab.plan(other));
  }

  private static int next(PrimitiveIterator.OfInt jobs) {
    return jobs.hasNext() ? jobs.nextInt() : Slab.NONE;
  }

  /// The triggered jobs, in the order of their ids.
  List<Job> triggered() {
    List<Job> triggered = new ArrayList<>();
    slab.inOrder(UNDERWAY)
        .forEachRemaining(
            (int job) -> {
              if (status(job) == Status.TRIGGERED) {
                triggered.add(job(job, slab.id(job)));
              }
            });
    triggered.sort((one, other) -> ByteOrder.INSTANCE.compare(one.id(), other.id()));
    return triggered;
  }

  /// Creates a job, or plans it anew.
  ///
  /// @param id the bytes that hold the id, in UTF-8
  /// @return whether it was triggered
  boolean plan(byte[] id, int from, int to, long executionNanos, long plan) {
    int job = slab.find(id, from, to);
    if (job == Slab.NONE) {
      job = slab.add(id, from, to, executionNanos, plan);
      bytes += Weight.ofJob(to - from);
      count(job, Status.PLANNED, 1);
      if (presence != null && isWatched(id, from, to)) {
        presence.jobAdded(new String(id, from, to - from, UTF_8));
      }
      return false;
    }
    Status before = status(job);
    if (before != Status.PLANNED) {
      forgetAttempt(job, before);
      recount(job, before, Status.PLANNED);
    }
    slab.setTime(job, executionNanos);
    slab.enqueue(job, DUE, executionNanos, plan);
    return before == Status.TRIGGERED;
  }

  void trigger(String id, int attempt, Rule rule) {
    int job = existing(id);
    // Held before the old one is let go of: most often it is the same.
    int number = rules.hold(rule);
    Status before = status(job);
    forgetAttempt(job, before);
    recount(job, before, Status.TRIGGERED);
    slab.enqueue(job, UNDERWAY, slab.time(job), slab.plan(job));
    bytes += Weight.ATTEMPT;
    slab.carry(job, ATTEMPT, attempt);
    slab.carry(job, RULE, number);
  }

  void finish(Change.JobFinished change) {
    int job = existing(change.job());
    Outcome outcome = change.outcome();
    String rule = change.rule();
    int number = rule == null ? NO_RULE : ruleIds.hold(rule);
    int outcomeNumber = outcomes.hold(outcome);
    Status before = status(job);
    forgetAttempt(job, before);
    recount(job, before, outcome.success() ? Status.EXECUTED : Status.FAILED);
    slab.enqueue(job, FINISHED, change.endedNanos(), slab.plan(job));
    bytes += Weight.ATTEMPT;
    slab.carry(job, ATTEMPT, change.attempt());
    slab.carry(job, RULE, number);
    slab.carry(job, OUTCOME, outcomeNumber);
    slab.carry(job, STARTED_HIGH, (int) (change.startedNanos() >>> Integer.SIZE));
    slab.carry(job, STARTED_LOW, (int) change.startedNanos());
  }

  void remove(String id) {
    int job = existing(id);
    Status status = status(job);
    forgetAttempt(job, status);
    count(job, status, -1);
    bytes -= Weight.ofJob(slab.idBytes(job));
    slab.remove(job);
    if (presence != null) {
      byte[] gone = id.getBytes(UTF_8);
      if (isWatched(gone, 0, gone.length)) {
        presence.jobRemoved(id);
      }
    }
  }

  /// Takes a planned job out of the due order for a while, without changing what is known of it.
  void suspend(String id) {
    int job = existing(id);
    slab.enqueue(job, UNDERWAY, slab.time(job), slab.plan(job));
  }

  /// Puts a suspended job back.
  void resume(String id) {
    int job = existing(id);
    slab.enqueue(job, DUE, slab.time(job), slab.plan(job));
  }

  private int find(String id) {
    byte[] bytes = id.getBytes(UTF_8);
    return slab.find(bytes, 0, bytes.length);
  }

  private int existing(String id) {
    int job = find(id);
    if (job == Slab.NONE) {
      throw new IllegalStateException("a change of a job that does not exist: " + id);
    }
    return job;
  }

  private Status status(int job) {
    return STATUSES[slab.mark(job)];
  }

  private static int mark(Status status) {
    return switch (status) {
      case PLANNED -> 0;
      case TRIGGERED -> 1;
      case EXECUTED -> 2;
      case FAILED -> 3;
    };
  }

  private Job job(int job, String id) {
    Job planned = Job.planned(id, slab.time(job), slab.plan(job));
    return switch (status(job)) {
      case PLANNED -> planned;
      case TRIGGERED ->
          planned.triggered(slab.carried(job, ATTEMPT), rules.value(slab.carried(job, RULE)));
      case EXECUTED, FAILED -> {
        int rule = slab.carried(job, RULE);
        yield planned.finished(
            slab.carried(job, ATTEMPT),
            rule == NO_RULE ? null : ruleIds.value(rule),
            (long) slab.carried(job, STARTED_HIGH) << Integer.SIZE
                | Integer.toUnsignedLong(slab.carried(job, STARTED_LOW)),
            slab.queuedTime(job),
            outcomes.value(slab.carried(job, OUTCOME)));
      }
    };
  }

  /// Lets go of what an attempt holds, if there was one.
  private void forgetAttempt(int job, Status status) {
    switch (status) {
      case PLANNED -> {
        return;
      }
      case TRIGGERED -> rules.letGo(slab.carried(job, RULE));
      case EXECUTED, FAILED -> {
        int rule = slab.carried(job, RULE);
        if (rule != NO_RULE) {
          ruleIds.letGo(rule);
        }
        outcomes.letGo(slab.carried(job, OUTCOME));
      }
    }
    bytes -= Weight.ATTEMPT;
  }

  private void recount(int job, Status before, Status now) {
    if (before != now) {
      count(job, before, -1);
      count(job, now, 1);
      slab.setMark(job, mark(now));
    }
  }

  private void count(int job, Status status, int difference) {
    if (!hasNamespaces) {
      all.counts().add(status, difference);
      return;
    }
    String id = slab.id(job);
    var entry = tallies.longest(id);
    while (entry != null) {
      entry.getValue().change(id, status, difference);
      entry = tallies.shorter(id, entry.getKey());
    }
  }
}
