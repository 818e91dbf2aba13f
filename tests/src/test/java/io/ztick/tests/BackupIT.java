package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Backups of a running server, and what is restored from them.
class BackupIT {
  private static final int CLIENTS = 3;
  private static final int BACKUPS = 3;
  private static final int ANSWERS_BETWEEN = 1500;

  private static final String TOKENS =
      """
      [token.all]
      secret = "all-secret"
      namespace = "*"
      [token.one]
      secret = "one-secret"
      namespace = "one."
      """;

  @TempDir Path directory;

  private ZtickServer start() throws Exception {
    return ZtickServer.withJournal(directory).start();
  }

  private Path backup(String name) {
    return ZtickServer.state(directory).resolve("backups").resolve(name);
  }

  @Test
  void a_backup_under_load_holds_all_that_was_acknowledged_before_it() throws Exception {
    List<LoadClient> clients = LoadClient.several(CLIENTS, 0, 7);
    List<List<Integer>> answered = new ArrayList<>();
    try (ZtickServer server = start();
        Wire wire = server.connect()) {
      CountDownLatch end = new CountDownLatch(ANSWERS_BETWEEN * (BACKUPS + 1));
      List<Future<?>> running = new ArrayList<>();
      try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
        for (LoadClient client : clients) {
          running.add(threads.submit(() -> run(client, server, end)));
        }
        for (int backup = 0; backup < BACKUPS; backup++) {
          awaitCount(end, (long) ANSWERS_BETWEEN * (BACKUPS - backup));
          answered.add(clients.stream().map(client -> client.ledger.answered()).toList());
          wire.send("b%d BACKUP backup%d".formatted(backup, backup)).expect("b" + backup + " OK…");
          Ztick.verified(backup("backup" + backup));
        }
        for (Future<?> client : running) {
          client.get();
        }
      }
      server.kill();
    }
    for (int backup = 0; backup < BACKUPS; backup++) {
      Map<String, String> state = Ztick.ok("dump", backup("backup" + backup)).state();
      for (LoadClient client : clients) {
        int least = answered.get(backup).get(client.number());
        assertThat(client.ledger.kept(of(client, state), least))
            .as("steps of client %d in backup %d", client.number(), backup)
            .isGreaterThanOrEqualTo(least);
      }
    }
  }

  private static Void run(LoadClient client, ZtickServer server, CountDownLatch answers)
      throws Exception {
    try (Wire wire = server.connect()) {
      client.run(wire, answers, false);
    }
    return null;
  }

  private static void awaitCount(CountDownLatch latch, long count) {
    await()
        .atMost(ZtickServer.BOUND)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(() -> latch.getCount() <= count);
  }

  private static Map<String, String> of(LoadClient client, Map<String, String> state) {
    Map<String, String> own = new HashMap<>();
    state.forEach(
        (key, value) -> {
          if (key.matches("[a-z]+\\." + client.number() + "\\..*")) {
            own.put(key, value);
          }
        });
    return own;
  }

  @Test
  void a_restored_backup_serves_what_was_there_when_it_was_made() throws Exception {
    List<String> before;
    List<String> shown;
    try (ZtickServer server = start();
        Wire wire = server.connect()) {
      wire.send("RULE SET r done. direct true").expect("OK");
      wire.send("SET done.job now").expect("OK").awaitStatus("done.job", "executed");
      wire.send("SET kept.job 2099-04-01").expect("OK");
      before = state(wire);
      shown = wire.rows("SHOW done.job");
      wire.send("BACKUP first").expect("OK…");
      wire.send("REMOVE kept.job").expect("OK").send("SET later.job 2099-04-01").expect("OK");
      assertThat(state(wire)).as("the server goes on").isNotEqualTo(before);
      wire.send("BACKUP second").expect("OK…");
      Ztick.verified(backup("first"));
    }
    Path carried = Tree.copy(backup("first"), directory.resolve("carried"));
    SortedMap<String, String> contents = Tree.contents(carried);
    for (Path source : List.of(backup("first"), carried)) {
      Path home = Files.createDirectory(directory.resolve("from." + source.getFileName()));
      Ztick.ok("restore", source, ZtickServer.state(home));
      assertThat(mode(ZtickServer.state(home))).isEqualTo("rwx------");
      Ztick.verified(ZtickServer.state(home));
      for (int start = 0; start < 2; start++) {
        try (ZtickServer server = ZtickServer.withJournal(home).start();
            Wire wire = server.connect()) {
          assertThat(state(wire)).isEqualTo(before);
          assertThat(wire.rows("SHOW done.job")).isEqualTo(shown);
          server.kill();
        }
      }
    }
    assertThat(Tree.contents(carried)).as("a backup is only read").isEqualTo(contents);
  }

  private static String mode(Path directory) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(directory));
  }

  private static List<String> state(Wire wire) throws IOException {
    List<String> state = new ArrayList<>(wire.rows("QUERY"));
    state.addAll(wire.rows("LISTRULES"));
    return state;
  }

  @Test
  void what_is_there_already_is_never_replaced() throws Exception {
    Path state = ZtickServer.state(directory);
    try (ZtickServer server = start();
        Wire wire = server.connect()) {
      wire.send("SET kept.job 2099-04-01").expect("OK");
      wire.send("BACKUP first").expect("OK…");
      SortedMap<String, String> first = Tree.contents(backup("first"));
      wire.send("SET later.job 2099-04-01").expect("OK");
      wire.send("r1 BACKUP first").expect("r1 ERROR bad_request…");
      assertThat(Tree.contents(backup("first"))).isEqualTo(first);
      Ztick.run("restore", backup("first"), state).expectRefused();
      wire.send("GET later.job").expect("OK planned…");
    }
    Path carried = Tree.copy(backup("first"), directory.resolve("carried"));
    SortedMap<String, String> before = Tree.contents(state);
    Ztick.run("restore", carried, state).expectRefused();
    Tree.assertUnchanged(state, before, "refused");
    Path broken = Tree.copy(carried, directory.resolve("broken"));
    Files.delete(broken.resolve("journal/CURRENT"));
    Path target = directory.resolve("target");
    Ztick.run("restore", broken, target).expectRefused();
    Ztick.run("restore", directory.resolve("nothing"), target).expectRefused();
    assertThat(target.resolve("journal")).as("half a journal").doesNotExist();
    Ztick.ok("restore", carried, target);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\"", ".", "..", ".hidden", "-dash", "_under", "a/b", "/tmp/x", "../x", "a b", "é", "a*",
        "\"a b\"", "", "a\\n"
      })
  void a_name_that_is_none_is_refused(String name) throws Exception {
    try (ZtickServer server = start();
        Wire wire = server.connect()) {
      wire.send("r1 BACKUP " + name).expect("r1 ERROR bad_request…");
      wire.send("r1 BACKUP " + "x".repeat(65)).expect("r1 ERROR bad_request…");
      assertThat(backup(""))
          .satisfiesAnyOf(
              backups -> assertThat(backups).doesNotExist(),
              backups -> assertThat(backups).isEmptyDirectory());
    }
  }

  @Test
  void a_name_may_have_64_characters_of_every_allowed_kind() throws Exception {
    try (ZtickServer server = start();
        Wire wire = server.connect()) {
      for (String name : List.of("x".repeat(64), "9", "Z", "2026-11-22_03.00.b-", "a..")) {
        wire.send("BACKUP " + name).expect("OK…");
        assertThat(backup(name).resolve("journal/CURRENT")).exists();
      }
    }
  }

  @Test
  void only_tokens_of_all_namespaces_make_backups() throws Exception {
    try (ZtickServer server = ZtickServer.withJournal(directory).auth(TOKENS).start();
        Wire one = server.connect("one-secret");
        Wire all = server.connect("all-secret")) {
      one.send("r1 BACKUP one.backup").expect("r1 ERROR auth_denied…");
      assertThat(backup("one.backup")).doesNotExist();
      all.send("r1 BACKUP one.backup").expect("r1 OK…");
      Ztick.verified(backup("one.backup"));
    }
  }

  @Test
  void without_a_journal_there_is_nothing_to_back_up() throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).start();
        Wire wire = server.connect()) {
      wire.send("r1 BACKUP first").expect("r1 ERROR bad_request…");
      wire.send("r2 PING").expect("r2 OK");
    }
  }

  @Test
  void answers_stay_in_order_around_a_backup() throws Exception {
    try (ZtickServer server = start();
        Wire wire = server.connect()) {
      StringBuilder lines = new StringBuilder();
      for (int backup = 0; backup < 5; backup++) {
        lines.append(
            "s%1$d SET job.%1$d 2099-04-01\nb%1$d BACKUP backup%1$d\ng%1$d GET job.%1$d\n"
                .formatted(backup));
      }
      wire.write(lines.toString());
      for (int backup = 0; backup < 5; backup++) {
        wire.expect("s" + backup + " OK").expect("b" + backup + " OK…");
        wire.expect("g" + backup + " OK planned 4078684800000000000");
      }
      for (int backup = 0; backup < 5; backup++) {
        Ztick verify = Ztick.verified(backup("backup" + backup));
        assertThat(verify.number("jobs")).as("jobs in %d", backup).isGreaterThan(backup);
      }
    }
  }

  /// Killed somewhere between the command and its answer: the name is free, or the backup is whole.
  @Test
  void a_backup_that_a_crash_interrupts_leaves_nothing_half() throws Exception {
    for (int round = 0; round < 5; round++) {
      String name = "crash" + round;
      try (ZtickServer server = start();
          Wire wire = server.connect()) {
        wire.send("SET job.%d 2099-04-01".formatted(round)).expect("OK");
        wire.send("BACKUP " + name);
        awaitBackup(round, name, wire);
        server.kill();
      }
      boolean whole = Files.exists(backup(name));
      if (whole) {
        assertThat(Ztick.verified(backup(name)).number("jobs")).isEqualTo(round + 1);
      }
      try (ZtickServer server = start();
          Wire wire = server.connect()) {
        wire.send("BACKUP " + name).expect(whole ? "ERROR bad_request…" : "OK…");
        assertThat(Ztick.verified(backup(name)).number("jobs")).isEqualTo(round + 1);
        server.stop();
      }
      assertThat(Tree.files(backup(""), ".*"))
          .extracting(path -> path.getFileName().toString())
          .as("no leftovers for ever")
          .allMatch(file -> file.matches("crash\\d"));
    }
  }

  /// At once, when there is something of the backup, and when it is answered.
  private void awaitBackup(int round, String name, Wire wire) throws IOException {
    switch (round % 3) {
      case 0 -> wire.send("PING");
      case 1 ->
          await()
              .atMost(ZtickServer.BOUND)
              .pollDelay(Duration.ZERO)
              .pollInterval(Duration.ofNanos(100_000))
              .until(() -> isBegun(round));
      default -> assertThat(wire.lineIfAny()).as(name).isEqualTo(Optional.of("OK"));
    }
  }

  private boolean isBegun(int round) throws IOException {
    return Files.exists(backup("")) && Tree.files(backup(""), ".*").size() > round;
  }
}
