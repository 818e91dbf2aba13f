package io.ztick.scheduler;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// What a scheduler appended to its journal while random things happened.
final class History {
  private static final int JOBS = 40;
  private static final int RULES = 5;

  private final Random random;
  private final HeldJournal journal = new HeldJournal();
  private final Scheduler scheduler =
      new Scheduler(
          new Scheduler.Limits(JOBS, RULES, Long.MAX_VALUE, 8, 4, Duration.ofNanos(100)),
          journal,
          List.of());
  private final List<Run> running = new ArrayList<>();
  private long now = 1_000_000;

  private History(long seed) {
    random = new Random(seed);
  }

  static List<Change> of(long seed, int changes) {
    History history = new History(seed);
    while (history.journal.changes().size() < changes) {
      history.go();
    }
    return List.copyOf(history.journal.changes().subList(0, changes));
  }

  private void go() {
    now += random.nextInt(10);
    switch (random.nextInt(8)) {
      case 0, 1, 2 -> scheduler.plan(job(), now + random.nextInt(50));
      case 3 -> scheduler.remove(job());
      case 4 -> setRule();
      case 5 -> scheduler.fire(now, 5);
      case 6 -> end();
      default -> {
        scheduler.removeRule("rule " + random.nextInt(3 * RULES));
        scheduler.expire(now, 2);
      }
    }
  }

  private String job() {
    return "job " + random.nextInt(JOBS);
  }

  private void setRule() {
    Runner runner = new Runner.Shell("echo " + "x".repeat(random.nextInt(100)));
    scheduler.setRule(new Rule("rule " + random.nextInt(RULES), "job *", runner));
  }

  private void end() {
    journal.syncAll();
    running.addAll(scheduler.start(now));
    if (!running.isEmpty()) {
      Run run = running.remove(random.nextInt(running.size()));
      scheduler.ended(run, Outcome.exit(random.nextInt(2)), now);
    }
  }
}
