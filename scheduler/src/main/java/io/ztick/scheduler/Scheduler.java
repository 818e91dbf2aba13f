package io.ztick.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ztick.scheduler.store.Slab;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Decides what is due and what may run, and remembers through a {@link Journal}. Nobody may be
/// told of a change before {@link Journal#whenDurable} says so.
///
/// Not thread safe: one thread owns it (the server's loop). Every time is nanoseconds since the
/// epoch, by the wall clock, and passed in.
public final class Scheduler {
  /// The most runs that one {@link #start} hands out: to begin one takes up to some tens of
  /// microseconds, and others want their turn.
  public static final int MAX_STARTS = 64;

  /// How many jobs {@link #expect} takes until the next {@link #fetch}; others are passed over.
  public static final int MAX_EXPECTED = Slab.MAX_EXPECTED;

  private final Limits limits;
  private final Journal journal;
  private final State state;
  private final Runs runs;

  /// What was triggered before a crash and has not been triggered again.
  private final ArrayDeque<Unfinished> unfinished = new ArrayDeque<>();

  private record Unfinished(String job, long plan, int attempt) {}

  /// What was due before could not start before.
  private long begunAt = Long.MIN_VALUE;

  /// When nothing was due last. Whatever is due since an earlier time became so later, by a plan
  /// for the past or by the end of a run.
  private long nothingDueAt = Long.MIN_VALUE;

  /// What a scheduler may hold and do at once.
  ///
  /// @param maxJobs at least 1
  /// @param maxRules at least 1
  /// @param maxBytes estimated heap that jobs and rules may take together
  /// @param maxConcurrent runs at once, at least 1
  /// @param maxConcurrentPerRule runs of one rule at once, at least 1
  /// @param retention how long finished jobs are kept; zero is for ever
  public record Limits(
      int maxJobs,
      int maxRules,
      long maxBytes,
      int maxConcurrent,
      int maxConcurrentPerRule,
      Duration retention) {}

  /// Brings back what the journal kept.
  ///
  /// Those of tokens are left where they are.
  ///
  /// @param namespaces prefixes that {@link #counts} will be asked for, besides the empty one
  public Scheduler(Limits limits, Journal journal, Collection<String> namespaces) {
    this(limits, journal, namespaces, _ -> {});
  }

  /// Brings back what the journal kept.
  ///
  /// @param namespaces prefixes that {@link #counts} will be asked for, besides the empty one
  /// @param tokens is handed what was given to {@link #keep}, in any order
  public Scheduler(
      Limits limits,
      Journal journal,
      Collection<String> namespaces,
      Consumer<Change.TokenStored> tokens) {
    this.limits = limits;
    this.journal = journal;
    this.state = new State(namespaces);
    this.runs = new Runs(limits.maxConcurrent, limits.maxConcurrentPerRule);
    state.numberedPlans(journal.replay(restoring(tokens)));
    for (Job job : state.jobs().triggered()) {
      Job.Attempt attempt = job.attempt();
      if (attempt != null) {
        unfinished.add(new Unfinished(job.id(), job.plan(), attempt.number()));
      }
    }
  }

  private Replay restoring(Consumer<Change.TokenStored> tokens) {
    return new Replay() {
      @Override
      public void apply(Change change) {
        if (change instanceof Change.TokenStored token) {
          tokens.accept(token);
        } else {
          state.apply(change);
        }
      }

      @Override
      public void planned(byte[] bytes, int from, int to, long executionNanos, long plan) {
        state.planned(bytes, from, to, executionNanos, plan);
      }
    };
  }

  /// Tells of rules, and of the jobs whose ids begin with a prefix: of those that there are, and of
  /// all that come and go. Once.
  public void watch(String prefix, Presence listener) {
    state.jobs().watch(prefix, listener);
    state.rules().watch(listener);
  }

  /// Gives the journal what whoever knows tokens has changed.
  public void keep(Change.OfToken change) {
    journal.append(change);
  }

  /// Says when it begins, for {@link Run#dueNanos}.
  public void begin(long now) {
    begunAt = now;
    nothingDueAt = now;
  }

  /// Creates a job, or plans it anew; a run of its old plan that has not started is cancelled.
  ///
  /// @return whether it was done; a job that exists is always admitted
  public Admission plan(String job, long executionNanos) {
    byte[] bytes = job.getBytes(UTF_8);
    return plan(bytes, 0, bytes.length, executionNanos);
  }

  /// Does what {@link #plan(String, long)} does.
  ///
  /// @param bytes hold the id, in well-formed UTF-8
  /// @param from where the id begins
  /// @param to where the id ends
  public Admission plan(byte[] bytes, int from, int to, long executionNanos) {
    // The limits come first: below them nothing has to be looked up.
    boolean many = state.jobs().size() >= limits.maxJobs;
    boolean heavy = state.bytes() >= limits.maxBytes || state.jobs().isFull();
    if ((many || heavy) && !state.jobs().contains(bytes, from, to)) {
      return many ? Admission.TOO_MANY : Admission.HEAP_FULL;
    }
    long plan = state.lastPlan() + 1;
    if (journal.keepsChanges()) {
      journal.append(new Change.JobPlanned(text(bytes, from, to), executionNanos, plan));
    }
    if (state.plan(bytes, from, to, executionNanos, plan)) {
      runs.cancel(text(bytes, from, to));
    }
    return Admission.ADMITTED;
  }

  /// Says that a job, which need not exist, will be planned or read soon. Changes nothing but what
  /// that costs: see {@link #fetch}.
  ///
  /// @param bytes hold the id, in well-formed UTF-8
  /// @param from where the id begins
  /// @param to where the id ends
  public void expect(byte[] bytes, int from, int to) {
    state.jobs().expect(bytes, from, to);
  }

  /// Has the memory bring all that was expected since the last time: together, rather than for each
  /// job when it is its turn.
  public void fetch() {
    state.jobs().fetch();
  }

  private static String text(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, UTF_8);
  }

  /// Deletes a job; its run is cancelled if it has not started, and otherwise goes on without
  /// effect here.
  ///
  /// @return whether there was such a job
  public boolean remove(String job) {
    if (state.jobs().get(job) == null) {
      return false;
    }
    commit(new Change.JobRemoved(job));
    runs.cancel(job);
    return true;
  }

  /// Creates or replaces a rule. Runs that are triggered already keep the rule they have.
  ///
  /// @return whether it was done; one that replaces another counts as one more while jobs hold the
  ///   other
  public Admission setRule(Rule rule) {
    Rule replaced = state.rules().get(rule.id());
    if (replaced == null && state.rules().size() >= limits.maxRules) {
      return Admission.TOO_MANY;
    }
    long growth = Weight.of(rule) - (replaced == null ? 0 : Weight.of(replaced));
    if (state.bytes() + growth > limits.maxBytes) {
      return Admission.HEAP_FULL;
    }
    commit(new Change.RuleSet(rule));
    return Admission.ADMITTED;
  }

  /// Deletes a rule.
  ///
  /// @return whether there was such a rule
  public boolean removeRule(String rule) {
    if (state.rules().get(rule) == null) {
      return false;
    }
    commit(new Change.RuleRemoved(rule));
    return true;
  }

  /// Triggers again, with the next attempt, what was triggered before a crash and has no outcome,
  /// at most `limit` jobs. What was planned anew or removed meanwhile is left alone.
  ///
  /// @return how many jobs were looked at: less than `limit` when no more are left, or the journal
  ///   is behind
  public int recover(int limit) {
    List<Run> triggered = new ArrayList<>();
    int count = 0;
    while (count < limit && !unfinished.isEmpty() && !journal.isBusy()) {
      count++;
      Unfinished last = unfinished.removeFirst();
      Job job = state.jobs().get(last.job);
      Rule rule = job == null ? null : job.triggeredRule();
      if (job != null && rule != null && job.isAt(last.plan, last.attempt)) {
        triggered.add(trigger(job, last.attempt + 1, rule, begunAt));
      }
    }
    admitWhenDurable(triggered);
    return count;
  }

  /// Triggers the jobs that are due, in due order, at most `limit` of them; a job without a rule
  /// fails at once. A job whose old run has not ended stays planned until it has.
  ///
  /// @return how many jobs were looked at: less than `limit` when no more are due, or the journal
  ///   is behind
  public int fire(long now, int limit) {
    List<Run> triggered = new ArrayList<>();
    int count = 0;
    while (count < limit && !journal.isBusy() && isDue(now)) {
      Job job = state.jobs().firstDue();
      if (job == null) {
        break;
      }
      count++;
      if (runs.running(job.id()) != null) {
        state.jobs().suspend(job.id());
        continue;
      }
      Rule rule = state.rules().match(job.id());
      if (rule == null) {
        commit(new Change.JobFinished(job.id(), job.plan(), 0, null, 0, now, Outcome.NO_RULE));
      } else {
        triggered.add(trigger(job, 1, rule, nothingDueAt));
      }
    }
    admitWhenDurable(triggered);
    return count;
  }

  /// Removes finished jobs that were kept long enough, the oldest first, at most `limit` of them.
  ///
  /// @return how many were removed: less than `limit` when no more are old enough, or the journal
  ///   is behind
  public int expire(long now, int limit) {
    int count = 0;
    while (count < limit && nextExpiry() <= now && !journal.isBusy()) {
      String job = state.jobs().firstFinished();
      if (job == null) {
        break;
      }
      commit(new Change.JobRemoved(job));
      count++;
    }
    return count;
  }

  /// The runs to start now, at most {@value #MAX_STARTS}. Each holds a slot until {@link #ended}
  /// gives it back.
  public List<Run> start(long now) {
    return runs.start(now);
  }

  /// Takes a run's outcome. If its job was planned anew or removed meanwhile the outcome is
  /// dropped.
  public void ended(Run run, Outcome outcome, long now) {
    long started = runs.end(run);
    Job job = state.jobs().get(run.job());
    if (job == null) {
      return;
    }
    if (job.isAt(run.plan(), run.attempt())) {
      commit(
          new Change.JobFinished(
              run.job(), run.plan(), run.attempt(), run.rule().id(), started, now, outcome));
    } else if (job.status() == Status.PLANNED) {
      state.jobs().resume(job.id());
    }
  }

  /// Whether a job is due. To be asked often: what is planned for a time before it last was not so
  /// counts as due from that time on.
  public boolean isDue(long now) {
    if (nextDue() <= now) {
      return true;
    }
    nothingDueAt = now;
    return false;
  }

  /// When the next job is due; `Long.MAX_VALUE` when none is planned. A run that waits behind a
  /// clock that was set back is not counted here.
  public long nextDue() {
    return state.jobs().nextDue();
  }

  /// When the next finished job has been kept long enough; `Long.MAX_VALUE` when there is none.
  public long nextExpiry() {
    long ended = state.jobs().firstEnd();
    if (limits.retention.isZero()) {
      return Long.MAX_VALUE;
    }
    long expiry = ended + limits.retention.toNanos();
    return expiry < ended ? Long.MAX_VALUE : expiry;
  }

  /// The job with this id, as it is now.
  public @Nullable Job job(String id) {
    return state.jobs().get(id);
  }

  /// Looks at a job without making one.
  ///
  /// @param bytes hold the id, in well-formed UTF-8
  /// @param from where the id begins
  /// @param to where the id ends
  /// @param view takes what is found
  /// @return whether there is such a job
  public boolean read(byte[] bytes, int from, int to, JobView view) {
    return state.jobs().read(bytes, from, to, view);
  }

  /// Hands over the jobs whose id starts with a prefix and comes behind `after`, in byte order.
  ///
  /// @param after an id in UTF-8
  public void read(String prefix, byte @Nullable [] after, JobRows rows) {
    state.jobs().read(prefix, after, rows);
  }

  /// A search for the jobs whose id starts with a prefix that are triggered or due next.
  ///
  /// @param limit how many to find
  public DueSearch due(String prefix, int limit) {
    return new DueSearch(state.jobs(), prefix, limit);
  }

  /// The rule with this id, as it is now.
  public @Nullable Rule rule(String id) {
    return state.rules().get(id);
  }

  /// Rules whose id comes behind `after`, in byte order, at most `limit` of them.
  public List<Rule> rules(@Nullable String after, int limit) {
    return state.rules().list(after, limit);
  }

  /// How many rules there are.
  public int ruleCount() {
    return state.rules().size();
  }

  /// Looks at the next jobs of a namespace that was not named to the constructor, to count them.
  ///
  /// @param limit how many to look at, at least 1
  /// @return whether they are counted, so that {@link #counts} need not look at any
  public boolean count(String namespace, int limit) {
    return state.jobs().count(namespace, limit);
  }

  /// How many jobs of each status a namespace holds. One that was not named to the constructor has
  /// its jobs looked at when it is asked for first, unless {@link #count} has done so.
  public Counts counts(String namespace) {
    return state.jobs().counts(namespace);
  }

  /// How many runs of jobs in a namespace have started and not ended.
  public int inFlight(String namespace) {
    return (int)
        runs.running().stream().filter(each -> each.run().job().startsWith(namespace)).count();
  }

  /// How many runs of jobs in a namespace have been triggered and not started.
  public int pending(String namespace) {
    long current =
        runs.running().stream()
            .map(Runs.Running::run)
            .filter(run -> run.job().startsWith(namespace) && isCurrent(run))
            .count();
    return counts(namespace).of(Status.TRIGGERED) - (int) current;
  }

  /// When the run of a job's current plan started.
  public OptionalLong startedOf(Job job) {
    Job.Attempt attempt = job.attempt();
    if (attempt != null && attempt.startedNanos() != 0) {
      return OptionalLong.of(attempt.startedNanos());
    }
    Runs.Running running = runs.running(job.id());
    return running != null && isCurrent(running.run())
        ? OptionalLong.of(running.startedNanos())
        : OptionalLong.empty();
  }

  private Run trigger(Job job, int attempt, Rule rule, long notBefore) {
    commit(new Change.JobTriggered(job.id(), job.plan(), attempt, rule));
    long due = Math.max(job.executionNanos(), notBefore);
    return new Run(job.id(), job.executionNanos(), job.plan(), attempt, rule, due);
  }

  /// A run may start only when a crash can no longer undo that it was triggered.
  private void admitWhenDurable(List<Run> triggered) {
    if (!triggered.isEmpty()) {
      journal.whenDurable(() -> triggered.stream().filter(this::isCurrent).forEach(runs::admit));
    }
  }

  private boolean isCurrent(Run run) {
    Job job = state.jobs().get(run.job());
    return job != null && job.isAt(run.plan(), run.attempt());
  }

  private void commit(Change change) {
    journal.append(change);
    state.apply(change);
  }
}
