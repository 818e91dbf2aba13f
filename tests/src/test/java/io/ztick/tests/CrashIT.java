package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A server that is killed again and again under load, always on the same directory: whatever was
/// acknowledged is there afterwards, and whatever became due has run.
///
/// More rounds, or those that failed: `-Dztick.crash.rounds=1000 -Dztick.crash.seed=N`.
class CrashIT {
  private static final int ROUNDS = Integer.getInteger("ztick.crash.rounds", 20);
  private static final long SEED = Long.getLong("ztick.crash.seed", System.nanoTime());
  private static final int CLIENTS = 4;
  private static final int DUE_JOBS_PER_ROUND = 8;
  private static final int MAX_ANSWERS = 3000;

  @TempDir Path directory;
  private final Random random = new Random(SEED);
  private final List<LoadClient> clients = LoadClient.several(CLIENTS, DUE_JOBS_PER_ROUND, SEED);
  private final Set<String> executed = new HashSet<>();
  private FireLedger fires;
  private long leastLastChange;

  @BeforeEach
  void openLedger() throws Exception {
    fires = new FireLedger(directory.resolve("fires.txt"));
  }

  @Test
  @Timeout(value = 12, unit = TimeUnit.HOURS)
  void what_was_acknowledged_survives_kill_9_and_what_is_due_runs() throws Exception {
    try (ZtickServer server = ZtickServer.withJournal(directory).start();
        Wire wire = server.connect()) {
      wire.send("RULE SET due due. shell " + Words.quoted(fires.command())).expect("OK");
      server.kill();
    }
    for (int round = 1; round <= ROUNDS; round++) {
      try {
        playRound();
      } catch (AssertionError e) {
        throw new AssertionError("seed %d, round %d: %s".formatted(SEED, round, e), e);
      }
    }
    try {
      assertEverythingRan();
    } catch (AssertionError e) {
      throw new AssertionError("seed %d, at the end: %s".formatted(SEED, e), e);
    }
  }

  private void playRound() throws Exception {
    if (random.nextInt(5) == 0) {
      killWhileItStarts();
    }
    try (ZtickServer server = ZtickServer.withJournal(directory).start();
        Wire wire = server.connect()) {
      compare(server, wire);
      load(server);
    }
  }

  private void killWhileItStarts() throws Exception {
    try (ZtickServer server = ZtickServer.withJournal(directory).launch()) {
      server.recovered();
      server.kill();
    }
  }

  private void compare(ZtickServer server, Wire wire) throws Exception {
    long lastChange = server.recovered().lastChange();
    assertThat(lastChange).as("last change").isGreaterThanOrEqualTo(leastLastChange);
    leastLastChange = lastChange;
    Map<String, String> rules = wire.table("LISTRULES");
    assertThat(rules).as("the rule from before the first round").containsKey("due");
    for (LoadClient client : clients) {
      Map<String, String> actual = new HashMap<>();
      for (String kind : List.of("far.", "due.")) {
        for (String row : wire.rows("QUERY %s%d.".formatted(kind, client.number()))) {
          List<String> words = Words.of(row);
          actual.put(words.get(0), words.get(2));
          compareStatus(words.get(0), words.get(1));
        }
      }
      String ofClient = "rule.%d.".formatted(client.number());
      rules.forEach(
          (rule, clause) -> {
            if (rule.startsWith(ofClient)) {
              actual.put(rule, clause);
            }
          });
      client.resume(actual);
    }
    fires.read();
  }

  /// What has been executed stays so.
  private void compareStatus(String job, String status) {
    if (status.equals("executed")) {
      executed.add(job);
    }
    assertThat(status).as(job).isIn("planned", "triggered", "executed");
    assertThat(executed.contains(job))
        .as("%s was executed", job)
        .isEqualTo(status.equals("executed"));
  }

  /// Ends the server after a random number of answers.
  private void load(ZtickServer server) throws Exception {
    CountDownLatch answers = new CountDownLatch(1 + random.nextInt(MAX_ANSWERS));
    List<Future<?>> running = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
      for (LoadClient client : clients) {
        running.add(threads.submit(() -> runUntilTheEnd(client, server, answers)));
      }
      boolean enough = answers.await(ZtickServer.BOUND.toSeconds(), TimeUnit.SECONDS);
      server.kill();
      for (Future<?> client : running) {
        client.get();
      }
      assertThat(enough).as("answers come").isTrue();
    }
    for (LoadClient client : clients) {
      leastLastChange += client.ledger.acknowledgedChanges();
      executed.addAll(client.seenExecuted());
    }
  }

  private static Void runUntilTheEnd(LoadClient client, ZtickServer server, CountDownLatch answers)
      throws Exception {
    try (Wire wire = server.connect()) {
      client.run(wire, answers, true);
    }
    return null;
  }

  /// Every due job that is there has run, and at last as what is shown.
  private void assertEverythingRan() throws Exception {
    try (ZtickServer server = ZtickServer.withJournal(directory).start();
        Wire wire = server.connect()) {
      compare(server, wire);
      await()
          .atMost(ZtickServer.BOUND.multipliedBy(4))
          .until(() -> wire.table("STAT"), stat -> isAllDone(stat, farJobs()));
      fires.read();
      List<String> due =
          wire.rows("QUERY due.").stream().map(row -> Words.of(row).getFirst()).toList();
      assertThat(due).as("due jobs").isNotEmpty();
      for (String job : due) {
        fires.assertFired(job, wire.table("SHOW " + job));
      }
      server.stop();
    }
    Ztick.verified(ZtickServer.state(directory));
  }

  private String farJobs() {
    long count =
        clients.stream()
            .flatMap(client -> client.ledger.state().keySet().stream())
            .filter(key -> key.startsWith("far."))
            .count();
    return Long.toString(count);
  }

  private static boolean isAllDone(Map<String, String> stat, String planned) {
    return planned.equals(stat.get("jobs_planned")) && "0".equals(stat.get("jobs_triggered"));
  }
}
