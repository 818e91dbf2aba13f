package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/// A client that changes ids of its own, many lines in flight, and keeps a ledger; it looks at its
/// neighbour's ids as well. Confined to one thread at a time.
final class LoadClient {
  private static final int MAX_CLIENTS = 16;
  private static final int JOBS = 40;
  private static final int RULES = 8;
  private static final int MAX_BATCH = 32;
  private static final int MAX_PADDING = 3000;
  private static final int NANOS_PER_MILLI = 1_000_000;

  final Ledger ledger = new Ledger();
  private final int number;
  private final int dueJobsPerRun;
  private final Random random;
  private final Set<String> seenExecuted = new HashSet<>();
  private Map<String, String> state = new HashMap<>();
  private Optional<LoadClient> neighbour = Optional.empty();
  private long steps;
  private int dueJobs;

  private LoadClient(int number, int dueJobsPerRun, long seed) {
    this.number = number;
    this.dueJobsPerRun = dueJobsPerRun;
    random = new Random(31 * seed + number);
  }

  /// @param dueJobsPerRun how many jobs of each become due in one run of it
  static List<LoadClient> several(int clients, int dueJobsPerRun, long seed) {
    List<LoadClient> all = new ArrayList<>();
    for (int client = 0; client < clients; client++) {
      all.add(new LoadClient(client, dueJobsPerRun, seed));
    }
    for (int client = 0; client < clients; client++) {
      all.get(client).neighbour = Optional.of(all.get((client + 1) % clients));
    }
    return all;
  }

  /// Changes until the connection ends, or until there is nothing to count down any more and
  /// everything is answered.
  void run(Wire wire, CountDownLatch answers, boolean untilEnd) throws IOException {
    int lastDueJob = dueJobs + dueJobsPerRun;
    boolean open = true;
    while (open && (untilEnd || answers.getCount() > 0)) {
      StringBuilder lines = new StringBuilder();
      for (int line = 1 + random.nextInt(MAX_BATCH); line > 0; line--) {
        Step step = next(lastDueJob);
        step.apply(state);
        ledger.send(step);
        lines.append(step.line()).append('\n');
      }
      try {
        wire.write(lines.toString());
      } catch (IOException e) {
        open = false;
      }
      open &= read(wire, open ? random.nextInt(MAX_BATCH) : 0, answers);
    }
    if (open) {
      assertThat(read(wire, 0, answers)).as("all is answered").isTrue();
    }
  }

  /// Reads answers until so many are outstanding; false when the connection ends before.
  private boolean read(Wire wire, int outstanding, CountDownLatch answers) throws IOException {
    while (ledger.unanswered() > outstanding) {
      Optional<String> answer = wire.lineIfAny();
      if (answer.isEmpty()) {
        return false;
      }
      see(ledger.answer(answer.get()), answer.get());
      answers.countDown();
    }
    return true;
  }

  /// Whose plan an answer to GET tells of is in the plan's time.
  private void see(Step question, String answer) {
    List<String> words = Words.of(answer);
    if (words.size() < 4) {
      return;
    }
    if (words.get(2).equals("executed")) {
      seenExecuted.add(Words.of(question.line()).getLast());
    } else if (words.get(2).equals("planned") && question.line().contains(" GET far.")) {
      long seen = Step.numberOf(Long.parseLong(words.get(3)));
      neighbour.ifPresent(
          other -> {
            if (other.isOwn(seen)) {
              other.ledger.see(seen);
            }
          });
    }
  }

  /// Takes over what is there after a crash.
  void resume(Map<String, String> actual) {
    ledger.resume(actual);
    state = new HashMap<>(actual);
  }

  int number() {
    return number;
  }

  /// The jobs of which this client was told that they are executed.
  Set<String> seenExecuted() {
    return Set.copyOf(seenExecuted);
  }

  private Step next(int lastDueJob) {
    String job = job(number);
    String rule = "rule.%d.%d".formatted(number, random.nextInt(RULES));
    int dice = random.nextInt(100);
    if (dice < 15 && state.containsKey(job)) {
      return Step.remove(nextNumber(), job);
    }
    if (dice < 25) {
      return Step.rule(nextNumber(), rule, clause());
    }
    if (dice < 32 && state.containsKey(rule)) {
      return Step.removeRule(nextNumber(), rule);
    }
    if (dice < 36 && dueJobs < lastDueJob) {
      return Step.plan(nextNumber(), dueJob(dueJobs++), dueNanos());
    }
    if (dice < 45) {
      String time = state.get(job);
      String answer = time == null ? "ERROR not_found .*" : "OK planned " + time;
      return Step.question(nextNumber(), "GET " + job, answer);
    }
    if (dice < 50 && dueJobs > 0) {
      String due = dueJob(Math.max(0, dueJobs - 1 - random.nextInt(2 * dueJobsPerRun)));
      String answer = "OK (planned|triggered|executed) " + state.get(due);
      return Step.question(
          nextNumber(), "GET " + due, state.containsKey(due) ? answer : "ERROR not_found .*");
    }
    if (dice < 60) {
      String other = neighbour.map(client -> job(client.number)).orElse(job);
      String answer = "OK planned \\d+|ERROR not_found .*";
      return Step.question(nextNumber(), "GET " + other, answer);
    }
    return Step.plan(nextNumber(), job);
  }

  private String dueJob(int count) {
    return "due.%d.%d".formatted(number, count);
  }

  private String job(int client) {
    return "far.%d.%d".formatted(client, random.nextInt(JOBS));
  }

  /// One that matches no job. A long one now and then, since records may be longer than a block.
  private String clause() {
    String clause = "none.%d. direct true".formatted(number);
    return random.nextInt(4) == 0
        ? clause + " " + "x".repeat(1 + random.nextInt(MAX_PADDING))
        : clause + " " + steps;
  }

  /// From a second ago to two seconds ahead, to the nanosecond.
  private long dueNanos() {
    long millis = System.currentTimeMillis() - 1000 + random.nextInt(3000);
    return millis * NANOS_PER_MILLI + random.nextInt(NANOS_PER_MILLI);
  }

  private long nextNumber() {
    return ++steps * MAX_CLIENTS + number;
  }

  private boolean isOwn(long step) {
    return step % MAX_CLIENTS == number;
  }
}
