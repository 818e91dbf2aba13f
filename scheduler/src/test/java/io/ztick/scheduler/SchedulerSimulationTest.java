package io.ztick.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random commands, time, outcomes, disks and crashes: the {@link Scheduler} does what the {@link
/// PlainScheduler} does, and what must never happen does not.
///
/// `-Dztick.simulation.steps` for more steps in all, each {@value #STEPS_OF_A_SEED} of them with
/// another seed, `-Dztick.simulation.seed` for another first seed.
class SchedulerSimulationTest {
  private static final int STEPS = Integer.getInteger("ztick.simulation.steps", 100_000);
  private static final long SEED = Long.getLong("ztick.simulation.seed", 1);

  /// Few enough that many seeds are tried, and that one which fails is soon there again.
  private static final int STEPS_OF_A_SEED = 10_000;

  static LongStream seeds() {
    return LongStream.range(SEED, SEED + Math.ceilDiv(STEPS, STEPS_OF_A_SEED));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void scheduler_does_what_its_plain_model_does(long seed) {
    Simulation simulation = new Simulation(seed);
    for (int step = 1; step <= STEPS_OF_A_SEED; step++) {
      try {
        simulation.step(step);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(
            "seed %d, step %d, %s: %s".formatted(seed, step, simulation.doing, e.getMessage()), e);
      }
    }
    assertThat(simulation.runs).as("seed %s: runs", seed).isGreaterThan(STEPS_OF_A_SEED / 50);
  }

  private static final class Simulation {
    private static final List<String> NAMESPACES = List.of("a", "a.b", "a.b.", "b", "\ud83d\ude00");
    private static final List<String> JOBS =
        List.of(
            "a",
            "a.",
            "a.a",
            "a.b",
            "a.b.",
            "a.b.c",
            "a.b.d",
            "a.b\ue000",
            "a.b\ud83d\ude00",
            "aa",
            "ab",
            "b",
            "b.a",
            "b.b",
            "b*",
            "c",
            "c.1",
            "c.2",
            "\ue000",
            "\ue000a",
            "\ud83d\ude00",
            "\ud83d\ude00a",
            "\ud83d\ude01",
            "*");
    private static final List<String> PATTERNS =
        List.of(
            "*",
            "**",
            "a",
            "a*",
            "a.",
            "a.b",
            "a.b*",
            "a.b.*",
            "a.b.c",
            "b",
            "b*",
            "b**",
            "b.b",
            "c.",
            "\ue000",
            "\ue000*",
            "\ud83d\ude00",
            "\ud83d\ude00a",
            "a.b\ud83d\ude00",
            "zz");
    private static final List<String> RULES = List.of("1", "10", "2", "a", "b", "\ue000");
    private static final List<Outcome> OUTCOMES =
        List.of(Outcome.OK, Outcome.exit(3), Outcome.TIMEOUT, Outcome.signal(9));
    private static final int SETTLE_EVERY = 500;

    private final Random random;
    private final Scheduler.Limits limits;
    private final PlainScheduler model;
    private HeldJournal journal;
    private Scheduler scheduler;
    private long now = 1_000_000;
    private long latest = now;
    private int checked;

    /// The changes of which it is known that they are on the disk, and the last plan among them.
    private int safeChanges;

    private long lastPlan;

    private List<Run> running = new ArrayList<>();

    /// Run id and attempt of every run that ever started.
    private final Set<String> everStarted = new HashSet<>();

    int runs;
    String doing = "";

    Simulation(long seed) {
      random = new Random(seed);
      limits =
          new Scheduler.Limits(
              JOBS.size() - 2,
              RULES.size() - 1,
              Long.MAX_VALUE,
              1 + random.nextInt(6),
              1 + random.nextInt(4),
              Duration.ofNanos(random.nextInt(3) * 100L));
      int maxUnsynced = 10 + random.nextInt(60);
      model = new PlainScheduler(limits, maxUnsynced);
      journal = new HeldJournal(maxUnsynced);
      scheduler = new Scheduler(limits, journal, NAMESPACES);
    }

    void step(int step) {
      if (step % SETTLE_EVERY == 0) {
        settle();
        replay();
      } else {
        act(random.nextInt(103));
      }
      check();
    }

    private void act(int dice) {
      if (dice < 22) {
        plan(pick(JOBS), someTime());
      } else if (dice < 29) {
        remove(pick(JOBS));
      } else if (dice < 33) {
        setRule(new Rule(pick(RULES), pick(PATTERNS), new Runner.Shell("v" + random.nextInt(9))));
      } else if (dice < 36) {
        removeRule(pick(RULES));
      } else if (dice < 48) {
        passTime();
      } else if (dice < 62) {
        fire(1 + random.nextInt(4));
      } else if (dice < 75) {
        start();
      } else if (dice < 86) {
        endSome();
      } else if (dice < 95) {
        write(1 + random.nextInt(12));
        sync(random.nextInt(4));
      } else if (dice < 97) {
        expire(1 + random.nextInt(3));
      } else if (dice < 99) {
        list(pick(JOBS), random.nextBoolean() ? pick(JOBS) : null, 1 + random.nextInt(5));
        searchDue(random.nextBoolean() ? "" : pick(JOBS), 1 + random.nextInt(5));
      } else if (dice < 102) {
        recover(1 + random.nextInt(4));
      } else if (random.nextInt(3) == 0) {
        crash();
      }
    }

    private <T> T pick(List<T> values) {
      return values.get(random.nextInt(values.size()));
    }

    private long someTime() {
      return switch (random.nextInt(12)) {
        case 0 -> Long.MIN_VALUE;
        case 1 -> Long.MAX_VALUE;
        case 2 -> now + 10_000 + random.nextInt(10);
        case 3, 4 -> now;
        case 5, 6 -> now - random.nextInt(50);
        case 7 -> 0;
        default -> now + random.nextInt(30);
      };
    }

    private void passTime() {
      int dice = random.nextInt(20);
      long by = dice == 0 ? -random.nextInt(60) : dice == 1 ? 500 : random.nextInt(10);
      doing = "time passes by " + by;
      now += by;
      latest = Math.max(latest, now);
    }

    private void plan(String job, long executionNanos) {
      doing = "plan " + job + " " + executionNanos;
      assertThat(scheduler.plan(job, executionNanos) == Admission.ADMITTED)
          .isEqualTo(model.plan(job, executionNanos));
    }

    private void remove(String job) {
      doing = "remove " + job;
      assertThat(scheduler.remove(job)).isEqualTo(model.remove(job));
    }

    private void setRule(Rule rule) {
      doing = "set " + rule;
      assertThat(scheduler.setRule(rule) == Admission.ADMITTED).isEqualTo(model.setRule(rule));
    }

    private void removeRule(String rule) {
      doing = "remove rule " + rule;
      assertThat(scheduler.removeRule(rule)).isEqualTo(model.removeRule(rule));
    }

    private int fire(int limit) {
      doing = "fire at " + now + ", at most " + limit;
      int fired = scheduler.fire(now, limit);
      assertThat(fired).isEqualTo(model.fire(now, limit));
      return fired;
    }

    private void expire(int limit) {
      doing = "expire at " + now + ", at most " + limit;
      assertThat(scheduler.expire(now, limit)).isEqualTo(model.expire(now, limit));
    }

    private int start() {
      doing = "start at " + now;
      List<Run> started = scheduler.start(now);
      for (Run run : started) {
        assertThat(everStarted.add(run.id() + "/" + run.attempt())).as("%s is new", run).isTrue();
        assertThat(run.dueNanos()).isBetween(run.executionNanos(), latest);
        List<Run> first = firstOfItsRule(run, model.startable(now));
        assertThat(first)
            .as("startable run of the rule that is due first")
            .containsExactly(punctual(run));
        model.started(punctual(run), now);
        running.add(run);
      }
      assertThat(model.startable(now)).as("runs that wait beside a free slot").isEmpty();
      runs += started.size();
      return started.size();
    }

    private static List<Run> firstOfItsRule(Run run, List<Run> startable) {
      Predicate<Run> sameRule = each -> each.rule().id().equals(run.rule().id());
      return startable.stream().filter(sameRule).limit(1).toList();
    }

    private void endSome() {
      for (int count = 1 + random.nextInt(3); count > 0 && !running.isEmpty(); count--) {
        end(running.remove(random.nextInt(running.size())), pick(OUTCOMES));
      }
    }

    private void end(Run run, Outcome outcome) {
      doing = "end " + run + " " + outcome;
      scheduler.ended(run, outcome, now);
      model.ended(punctual(run), outcome, now);
    }

    /// The model does not tell since when a run could have started.
    private static Run punctual(Run run) {
      return new Run(run.job(), run.executionNanos(), run.plan(), run.attempt(), run.rule());
    }

    private void write(int changes) {
      doing = "write " + changes;
      journal.write(changes);
    }

    private void sync(int batches) {
      doing = "sync " + batches;
      journal.syncBatches(batches);
      model.durable(journal.durable());
      checkDurable();
    }

    private void syncAll() {
      write(Integer.MAX_VALUE);
      sync(Integer.MAX_VALUE);
    }

    private void checkDurable() {
      for (Change change : journal.changes().subList(safeChanges, journal.durable())) {
        if (change instanceof Change.JobPlanned planned) {
          assertThat(planned.plan()).as("number of a new plan").isGreaterThan(lastPlan);
          lastPlan = planned.plan();
        }
      }
      safeChanges = journal.durable();
    }

    private int recover(int limit) {
      doing = "recover at most " + limit;
      int recovered = scheduler.recover(limit);
      assertThat(recovered).isEqualTo(model.recover(limit));
      return recovered;
    }

    private void list(String prefix, @Nullable String after, int limit) {
      doing = "list " + prefix + " behind " + after;
      assertThat(listed(scheduler, prefix, after, limit).stream().map(Job::id))
          .containsExactlyElementsOf(
              model.jobs().stream()
                  .map(PlainScheduler.PlainJob::id)
                  .filter(id -> id.startsWith(prefix))
                  .dropWhile(id -> after != null && ByteOrder.INSTANCE.compare(id, after) <= 0)
                  .limit(limit)
                  .toList());
    }

    private void searchDue(String prefix, int limit) {
      int looks = 1 + random.nextInt(4);
      doing = "search %d due of '%s' by %d looks".formatted(limit, prefix, looks);
      DueSearch search = scheduler.due(prefix, limit);
      List<DueSearch.Found> found = search.step(looks);
      while (found == null) {
        found = search.step(looks);
      }
      assertThat(found.stream().map(DueSearch.Found::job))
          .containsExactlyElementsOf(model.due(prefix, limit));
    }

    private void crash() {
      int kept = random.nextInt(journal.unsynced() + 1);
      doing =
          "crash with %d unsafe changes; of %d batches on their way to the disk %d come there"
              .formatted(journal.changes().size() - journal.durable(), journal.unsynced(), kept);
      journal = journal.crash(kept);
      checkDurable();
      scheduler = new Scheduler(limits, journal, NAMESPACES);
      running = new ArrayList<>();
      model.crash(journal.durable());
    }

    /// When the clock is right, the disk quick and every run ends, everything due is done.
    private void settle() {
      now = latest;
      int done;
      do {
        syncAll();
        done = recover(5) + fire(5);
        syncAll();
        done += start() + running.size();
        while (!running.isEmpty()) {
          end(running.removeFirst(), pick(OUTCOMES));
        }
      } while (done > 0);
      syncAll();
      for (Job job : listed(scheduler)) {
        boolean due = job.status() == Status.PLANNED && job.executionNanos() <= now;
        assertThat(due || job.status() == Status.TRIGGERED)
            .as("%s is not done", job.id())
            .isFalse();
      }
      assertThat(scheduler.nextDue()).isGreaterThan(now);
    }

    private void replay() {
      doing = "replay";
      assertThat(jobsOf(new Scheduler(limits, journal, NAMESPACES))).isEqualTo(jobsOf(scheduler));
    }

    private void check() {
      assertThat(journal.changes()).as("changes").hasSize(model.changes());
      assertThat(jobsOf(scheduler)).isEqualTo(jobsOf(model));
      assertThat(scheduler.rules(null, Integer.MAX_VALUE)).isEqualTo(model.rules());
      assertThat(scheduler.ruleCount()).isEqualTo(model.rules().size());
      assertThat(scheduler.nextDue()).as("next due").isEqualTo(model.nextDue());
      assertThat(scheduler.nextExpiry()).as("next expiry").isEqualTo(model.nextExpiry());
      assertThat(running.size()).as("running").isLessThanOrEqualTo(limits.maxConcurrent());
      assertThat(countsOf(scheduler, "")).isEqualTo(countsOf(model, ""));
      String namespace = NAMESPACES.get(checked++ % NAMESPACES.size());
      assertThat(countsOf(scheduler, namespace))
          .as("counts of %s", namespace)
          .isEqualTo(countsOf(model, namespace));
    }

    private record View(
        String id,
        Status status,
        String runId,
        int attempt,
        @Nullable String rule,
        long startedNanos,
        long endedNanos,
        @Nullable Outcome outcome) {}

    private static List<View> jobsOf(Scheduler scheduler) {
      return listed(scheduler).stream()
          .map(job -> view(job, scheduler.startedOf(job).orElse(0)))
          .toList();
    }

    private static List<Job> listed(Scheduler scheduler) {
      return listed(scheduler, "", null, Integer.MAX_VALUE);
    }

    /// @param limit at least 1
    private static List<Job> listed(
        Scheduler scheduler, String prefix, @Nullable String after, int limit) {
      List<Job> found = new ArrayList<>();
      scheduler.read(
          prefix,
          after == null ? null : after.getBytes(UTF_8),
          (bytes, from, to, status, executionNanos) -> {
            String id = new String(bytes, from, to - from, UTF_8);
            Job job = scheduler.job(id);
            if (job == null || job.status() != status || job.executionNanos() != executionNanos) {
              throw new AssertionError("not so: %s %s %s".formatted(id, status, executionNanos));
            }
            found.add(job);
            return found.size() < limit;
          });
      return found;
    }

    private static View view(Job job, long startedNanos) {
      Job.Attempt attempt = job.attempt();
      return attempt == null
          ? new View(job.id(), job.status(), job.runId(), 0, null, startedNanos, 0, null)
          : new View(
              job.id(),
              job.status(),
              job.runId(),
              attempt.number(),
              attempt.rule(),
              startedNanos,
              attempt.endedNanos(),
              attempt.outcome());
    }

    private static List<View> jobsOf(PlainScheduler model) {
      return model.jobs().stream()
          .map(
              job ->
                  new View(
                      job.id(),
                      job.status(),
                      job.plan() + "-" + job.executionNanos(),
                      job.attempt(),
                      idOf(job.rule()),
                      model.startedNanosOf(job),
                      job.endedNanos(),
                      job.outcome()))
          .toList();
    }

    private static @Nullable String idOf(@Nullable Rule rule) {
      return rule == null ? null : rule.id();
    }

    private static List<Integer> countsOf(Scheduler scheduler, String namespace) {
      Counts counts = scheduler.counts(namespace);
      List<Integer> numbers = new ArrayList<>();
      numbers.add(scheduler.inFlight(namespace));
      numbers.add(scheduler.pending(namespace));
      numbers.add(counts.total());
      for (Status status : Status.values()) {
        numbers.add(counts.of(status));
      }
      return numbers;
    }

    private static List<Integer> countsOf(PlainScheduler model, String namespace) {
      var jobs = model.jobs(job -> job.id().startsWith(namespace));
      List<Integer> numbers = new ArrayList<>();
      numbers.add(model.inFlight(namespace));
      numbers.add(model.pending(namespace));
      numbers.add(jobs.size());
      for (Status status : Status.values()) {
        numbers.add((int) jobs.stream().filter(job -> job.status() == status).count());
      }
      return numbers;
    }
  }
}
