package io.ztick.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksJournalTest {
  private static final List<Change> HISTORY = History.of(1, 2_000);

  @TempDir private Path temporary;

  private final Owner owner = new Owner();
  private final List<IOException> failures = new ArrayList<>();

  /// Looked at once for each batch.
  private final AtomicInteger clock = new AtomicInteger();

  /// Does what it is given when the test lets it, as the server's loop would.
  private static final class Owner implements Executor {
    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    void runUntil(BooleanSupplier condition) throws InterruptedException {
      while (!condition.getAsBoolean()) {
        tasks.take().run();
      }
    }
  }

  private Path path() {
    return temporary.resolve("state");
  }

  private Path database() {
    return path().resolve("journal");
  }

  private RocksJournal open() throws IOException {
    return open(path());
  }

  private RocksJournal open(Path path) throws IOException {
    return open(path, Long.MAX_VALUE);
  }

  private RocksJournal open(Path path, long maxUnsyncedBytes) throws IOException {
    RocksJournal journal = RocksJournal.open(new JournalDirectory(path), maxUnsyncedBytes);
    journal.start(
        new RocksJournal.Environment(owner, owner, clock::incrementAndGet, failures::add));
    return journal;
  }

  private static void append(RocksJournal journal, List<Change> changes) {
    changes.forEach(journal::append);
  }

  private void sync(RocksJournal journal) throws InterruptedException {
    var done = new AtomicBoolean();
    journal.whenDurable(() -> done.set(true));
    owner.runUntil(done::get);
  }

  private void write(RocksJournal journal, List<Change> changes) throws InterruptedException {
    append(journal, changes);
    sync(journal);
  }

  private static List<Change> replayed(RocksJournal journal) {
    List<Change> changes = new ArrayList<>();
    journal.replay(changes::add);
    return changes;
  }

  private static void assertHolds(RocksJournal journal, List<Change> changes) {
    RecordMap map = RecordMap.of(changes);
    assertThat(journal.found().lastChange()).isEqualTo(changes.size());
    assertThat(replayed(journal)).isEqualTo(map.changes());
    assertThat(journal.replay(_ -> {})).isEqualTo(map.read(_ -> {}).lastPlan());
  }

  @Test
  void changes_of_many_batches_are_there_after_each_restart() throws Exception {
    Random random = new Random(1);
    int written = 0;
    for (int start = 0; start < 8; start++) {
      try (RocksJournal journal = open()) {
        assertHolds(journal, HISTORY.subList(0, written));
        assertThat(journal.found().droppedBytes()).isZero();
        for (int batch = 0; batch < 10; batch++) {
          int size = random.nextInt(25);
          write(journal, HISTORY.subList(written, written + size));
          written += size;
        }
      }
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void changes_are_there_after_each_crash() throws Exception {
    Path path = path();
    for (int start = 0; start < 5; start++) {
      try (RocksJournal journal = open(path)) {
        assertHolds(journal, HISTORY.subList(0, start * 100));
        write(journal, HISTORY.subList(start * 100, start * 100 + 60));
        write(journal, HISTORY.subList(start * 100 + 60, start * 100 + 100));
        path = FileTree.of(path).writeTo(temporary.resolve("after crash " + start));
      }
    }
    try (RocksJournal journal = open(path)) {
      assertHolds(journal, HISTORY.subList(0, 500));
    }
  }

  /// What the log held becomes a table behind the start.
  @Test
  void crash_right_behind_a_start_loses_nothing() throws Exception {
    Path path = crashed().writeTo(temporary.resolve("crash"));
    int written = 600;
    for (int start = 0; start < 10; start++) {
      try (RocksJournal journal = open(path)) {
        assertHolds(journal, HISTORY.subList(0, written));
        assertThat(journal.found().droppedBytes()).isZero();
        if (start % 3 == 1) {
          write(journal, HISTORY.subList(written, written + 1));
          written++;
        }
        path = FileTree.of(path).writeTo(temporary.resolve("crash behind start " + start));
      }
    }
  }

  @Test
  void plans_are_numbered_on_when_the_job_of_the_last_one_was_removed() throws Exception {
    try (RocksJournal journal = open()) {
      write(journal, List.of(new Change.JobPlanned("a", 1, 1)));
      write(journal, List.of(new Change.JobPlanned("b", 1, 2), new Change.JobRemoved("b")));
      write(journal, List.of(new Change.JobRemoved("a")));
    }
    for (int start = 0; start < 2; start++) {
      try (RocksJournal journal = open()) {
        assertThat(journal.replay(_ -> {})).isEqualTo(2);
        write(journal, List.of(new Change.RuleRemoved("no plan")));
      }
    }
  }

  @Test
  void actions_run_in_order_by_the_owner_when_the_disk_has_what_they_wait_for() throws Exception {
    List<Integer> ran = new ArrayList<>();
    List<Integer> given = new ArrayList<>();
    Random random = new Random(1);
    try (RocksJournal journal = open()) {
      Thread thread = Thread.currentThread();
      for (int appended = 1; appended <= 300; appended++) {
        journal.append(HISTORY.get(appended - 1));
        int now = appended;
        if (random.nextInt(4) == 0) {
          given.add(now);
          journal.whenDurable(
              () -> {
                ran.add(now);
                assertThat(Thread.currentThread()).isSameAs(thread);
                assertThat(onDisk(now)).as("changes on the disk").isGreaterThanOrEqualTo(now);
              });
        }
        // Some changes come while others are being written.
        int turns = random.nextInt(3);
        owner.runUntil(() -> turns < 2 || journal.unsyncedBytes() == 0);
      }
      sync(journal);
    }
    assertThat(given).hasSizeGreaterThan(50);
    assertThat(ran).isEqualTo(given);
  }

  /// How many changes a crash would leave now.
  private long onDisk(int copy) {
    try {
      Path path = FileTree.of(path()).writeTo(temporary.resolve("copy " + copy));
      List<Change> found = new ArrayList<>();
      long last = new JournalDirectory(path).read(found::add).lastChange();
      assertThat(found).isEqualTo(RecordMap.of(HISTORY.subList(0, (int) last)).changes());
      return last;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void action_runs_at_once_when_everything_is_safe() throws Exception {
    var ran = new AtomicBoolean();
    try (RocksJournal journal = open()) {
      journal.whenDurable(() -> ran.set(true));
      assertThat(ran).isTrue();

      ran.set(false);
      write(journal, HISTORY.subList(0, 10));
      journal.whenDurable(() -> ran.set(true));
      assertThat(ran).isTrue();

      ran.set(false);
      journal.append(HISTORY.get(10));
      journal.whenDurable(() -> ran.set(true));
      assertThat(ran).isFalse();
    }
  }

  @Test
  void action_that_an_action_gives_runs_behind_those_that_were_given_before() throws Exception {
    List<String> ran = new ArrayList<>();
    try (RocksJournal journal = open()) {
      journal.append(HISTORY.getFirst());
      journal.whenDurable(
          () -> {
            ran.add("first");
            journal.whenDurable(() -> ran.add("third"));
          });
      journal.whenDurable(() -> ran.add("second"));
      sync(journal);
    }
    assertThat(ran).containsExactly("first", "second", "third");
  }

  @Test
  void changes_of_a_turn_go_out_together_and_those_that_come_meanwhile_too() throws Exception {
    try (RocksJournal journal = open()) {
      append(journal, HISTORY.subList(0, 500));
      owner.tasks.take().run();
      append(journal, HISTORY.subList(500, 1_000));
      append(journal, HISTORY.subList(1_000, 1_500));
      sync(journal);
      assertThat(clock).as("batches").hasValue(2);
      assertThat(journal.figures().records()).isEqualTo(1_500);
    }
  }

  @Test
  void unsynced_bytes_are_those_of_the_changes_that_are_not_safe() throws Exception {
    try (RocksJournal journal = open()) {
      assertThat(journal.unsyncedBytes()).isZero();
      append(journal, HISTORY.subList(0, 100));
      long first = weight(HISTORY.subList(0, 100));
      assertThat(journal.unsyncedBytes()).isEqualTo(first);

      owner.tasks.take().run();
      assertThat(journal.unsyncedBytes()).as("being written").isEqualTo(first);
      append(journal, HISTORY.subList(100, 150));
      long second = weight(HISTORY.subList(100, 150));
      assertThat(journal.unsyncedBytes()).isEqualTo(first + second);
      owner.tasks.take().run();
      assertThat(journal.unsyncedBytes()).as("the first are safe").isEqualTo(second);
      sync(journal);
      assertThat(journal.unsyncedBytes()).isZero();
    }
  }

  private static long weight(List<Change> changes) {
    return changes.stream().mapToLong(Weight::of).sum();
  }

  @Test
  void close_writes_what_was_appended() throws Exception {
    try (RocksJournal journal = open()) {
      append(journal, HISTORY.subList(0, 10));
    }
    try (RocksJournal journal = open()) {
      assertHolds(journal, HISTORY.subList(0, 10));
      append(journal, HISTORY.subList(10, 1_000));
      owner.runUntil(owner.tasks::isEmpty);
      append(journal, HISTORY.subList(1_000, 1_500));
    }
    try (RocksJournal journal = open()) {
      assertHolds(journal, HISTORY.subList(0, 1_500));
    }
  }

  @Test
  void second_journal_on_the_same_directory_is_refused() throws Exception {
    try (RocksJournal journal = open()) {
      assertThatThrownBy(this::open)
          .isInstanceOf(IOException.class)
          .hasMessage("the directory %s is in use by this process", path());
      write(journal, HISTORY);
    }
    try (RocksJournal journal = open()) {
      assertHolds(journal, HISTORY);
    }
  }

  /// Nothing but the number of the process, which `lock` holds, may have changed.
  private void assertRefused(FileTree tree, String problem) throws IOException {
    Path refused = tree.writeTo(temporary.resolve("refused"));
    assertThatThrownBy(() -> open(refused))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("the journal " + refused.resolve("journal") + " cannot be read: ")
        .hasMessageContaining(problem);
    assertThat(FileTree.of(refused)).isEqualTo(tree);
  }

  @Test
  void newer_format_is_refused_and_left_as_it_is() throws Exception {
    open().close();
    store((store, batch) -> batch.put(Records.FORMAT_KEY, new byte[] {2}));

    assertRefused(
        FileTree.of(path()), "record Mformat has format 2; this version of ztick reads format 1");
  }

  @Test
  void missing_changes_are_refused_and_the_journal_left_as_it_is() throws Exception {
    open().close();
    store((store, batch) -> Records.end(12, 5, 3, batch));

    assertRefused(
        FileTree.of(path()), "changes are missing: the last one is number 12, and there are 5");
  }

  @Test
  void malformed_record_is_found_when_it_is_replayed() throws Exception {
    open().close();
    byte[] key = {'J', 'x', 0, 1};
    store((store, batch) -> batch.put(key, new byte[] {1, 2}));

    try (RocksJournal journal = open()) {
      assertThatThrownBy(() -> replayed(journal))
          .isInstanceOf(UncheckedIOException.class)
          .cause()
          .hasMessage(
              "the journal %s cannot be read: record Jx\\x00\\x01 ends too early", database());
    }
  }

  private interface Writing {
    void write(Store store, RecordBatch batch);
  }

  private void store(Writing writing) throws IOException {
    try (Store store = Store.open(database())) {
      var batch = new RecordBatch();
      writing.write(store, batch);
      store.write(batch.take());
    }
  }

  /// A journal that a crash left with tables and with a log.
  private FileTree crashed() throws Exception {
    try (RocksJournal journal = open()) {
      write(journal, HISTORY.subList(0, 500));
    }
    try (RocksJournal journal = open()) {
      for (int i = 500; i < 600; i++) {
        write(journal, HISTORY.subList(i, i + 1));
      }
      return FileTree.of(path());
    }
  }

  @Test
  void file_that_is_missing_is_refused() throws Exception {
    FileTree tree = crashed();
    for (String name : List.of("CURRENT", "MANIFEST", ".sst")) {
      for (Path file : tree.named(name)) {
        Files.delete(tree.writeTo(temporary.resolve("refused")).resolve(file));
        assertRefused(tree.without(file), file.getFileName().toString());
      }
    }
  }

  @Test
  void damage_inside_the_log_is_refused() throws Exception {
    FileTree tree = crashed();
    Path log = tree.named(".log").getLast();
    FileTree damaged =
        tree.with(
            log,
            bytes -> {
              bytes[FileTree.used(bytes) / 2] ^= 0x10;
              return bytes;
            });

    assertRefused(damaged, log.getFileName() + " is damaged at byte ");
  }

  /// RocksDB notices nothing when a manifest ends early, at the end of a record, and a server would
  /// begin with an empty journal.
  @Test
  void tables_that_a_cut_manifest_does_not_tell_of_are_missed() throws Exception {
    try (RocksJournal journal = open()) {
      write(journal, HISTORY.subList(0, 100));
    }
    FileTree tree;
    long floor = Floor.read(database());
    try (RocksJournal journal = open()) {
      assertThat(journal.found().lastChange()).isEqualTo(100);
      awaitTables(floor);
      tree = FileTree.of(path());
    }
    Path manifest = tree.named("MANIFEST").getLast();
    Path copy = tree.writeTo(temporary.resolve("copy"));
    List<String> noticed = new ArrayList<>();
    for (int size = 0; size < tree.bytes(manifest).length; size++) {
      Files.write(copy.resolve(manifest), Arrays.copyOf(tree.bytes(manifest), size));
      int before = noticed.size();
      long last = 0;
      try {
        last = new JournalDirectory(copy).verify(noticed::add).lastChange();
      } catch (IOException e) {
        noticed.add(String.valueOf(e.getMessage()));
      }
      assertThat(last == 100 || noticed.size() > before).as("cut at %s", size).isTrue();
    }
    assertThat(noticed)
        .allMatch(problem -> problem.contains(copy.toString()))
        .anyMatch(problem -> problem.contains(" cannot be trusted: it ends at "));
  }

  @Test
  void torn_end_of_the_log_is_dropped_and_told_of() throws Exception {
    FileTree tree = crashed();
    Path log = tree.named(".log").getLast();
    FileTree torn = tree.with(log, bytes -> Arrays.copyOf(bytes, FileTree.used(bytes) - 1));
    Path path = torn.writeTo(temporary.resolve("torn"));
    try (RocksJournal journal = open(path)) {
      assertHolds(journal, HISTORY.subList(0, 599));
      assertThat(journal.found().droppedBytes()).isBetween(10L, 300L);
      write(journal, HISTORY.subList(599, 700));
    }
    try (RocksJournal journal = open(path)) {
      assertHolds(journal, HISTORY.subList(0, 700));
      assertThat(journal.found().droppedBytes()).isZero();
    }
  }

  /// Waits until tables reach beyond a floor: what the log held at the start has become one.
  private void awaitTables(long floor) throws IOException {
    while (Floor.read(database()) == floor) {
      Thread.onSpinWait();
    }
  }

  /// Its open files are still there; a new one cannot be made.
  private void breakDisk(RocksJournal journal) throws Exception {
    awaitTables(0);
    Files.move(database(), temporary.resolve("away"));
    List<@Nullable IOException> backup = new ArrayList<>();
    journal.backUp("b", backup::add);
    owner.runUntil(() -> !backup.isEmpty());
    assertThat(backup.getFirst()).hasMessageStartingWith("the journal " + database());
  }

  @Test
  void journal_that_can_keep_nothing_any_more_says_so_once_and_lets_nobody_go_on()
      throws Exception {
    var released = new AtomicBoolean();
    try (RocksJournal journal = open()) {
      write(journal, HISTORY.subList(0, 100));
      breakDisk(journal);
      append(journal, HISTORY.subList(100, 200));
      journal.whenDurable(() -> released.set(true));
      owner.runUntil(() -> !failures.isEmpty());
      append(journal, HISTORY.subList(200, 300));
      journal.whenDurable(() -> released.set(true));
    }
    owner.runUntil(owner.tasks::isEmpty);
    assertThat(failures).singleElement().asString().contains("the journal " + database() + " ");
    assertThat(released).isFalse();

    Files.move(temporary.resolve("away"), database());
    try (RocksJournal mended = open()) {
      assertHolds(mended, HISTORY.subList(0, 100));
    }
  }

  @Test
  void failure_that_the_owner_does_not_learn_of_is_told_at_the_end() throws Exception {
    RocksJournal journal = open();
    write(journal, HISTORY.subList(0, 10));
    awaitTables(0);
    Files.move(database(), temporary.resolve("away"));
    journal.backUp("b", _ -> {});
    while (owner.tasks.isEmpty()) {
      Thread.onSpinWait();
    }
    append(journal, HISTORY.subList(10, 20));

    assertThatThrownBy(journal::close)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("the journal " + database() + " cannot be written: ");
    Files.move(temporary.resolve("away"), database());
    open().close();
  }

  @Test
  void journal_whose_files_are_gone_fails_though_nothing_is_written() throws Exception {
    try (RocksJournal journal = open()) {
      write(journal, HISTORY.subList(0, 10));
      awaitTables(0);
      Files.move(database(), temporary.resolve("away"));
      owner.runUntil(() -> !failures.isEmpty());
      assertThat(failures.getFirst()).hasMessage("the journal %s is gone", database());

      var released = new AtomicBoolean();
      journal.whenDurable(() -> released.set(true));
      assertThat(released).as("though all is safe").isFalse();
    }
  }

  @Test
  void what_has_collected_can_be_discarded() throws Exception {
    try (RocksJournal journal = open()) {
      write(journal, HISTORY.subList(0, 10));
      append(journal, HISTORY.subList(10, 20));
      journal.discardCollected();
    }
    try (RocksJournal journal = open()) {
      assertHolds(journal, HISTORY.subList(0, 10));
    }
  }

  @Test
  void journal_is_behind_from_its_limit_on_until_the_disk_has_caught_up() throws Exception {
    long limit = weight(HISTORY.subList(0, 10));
    try (RocksJournal journal = open(path(), limit)) {
      append(journal, HISTORY.subList(0, 9));
      assertThat(journal.isBehind()).isFalse();
      journal.append(HISTORY.get(9));
      assertThat(journal.isBehind()).isTrue();
      sync(journal);
      assertThat(journal.isBehind()).isFalse();
    }
  }

  @Test
  void backup_holds_what_was_appended_before_while_changes_go_on() throws Exception {
    List<@Nullable IOException> done = new ArrayList<>();
    Path backup = path().resolve("backups").resolve("b");
    try (RocksJournal journal = open()) {
      append(journal, HISTORY.subList(0, 100));
      journal.backUp("b", done::add);
      assertThat(Thread.getAllStackTraces().keySet())
          .as("threads before the changes are safe")
          .extracting(Thread::getName)
          .doesNotContain("backup");
      int written = 100;
      while (done.isEmpty() && written < HISTORY.size()) {
        write(journal, HISTORY.subList(written, written + 1));
        written++;
      }
      owner.runUntil(() -> !done.isEmpty());
      write(journal, HISTORY.subList(written, HISTORY.size()));
    }
    assertThat(done).containsOnlyNulls();

    List<String> problems = new ArrayList<>();
    long last = new JournalDirectory(backup).verify(problems::add).lastChange();
    assertThat(problems).isEmpty();
    assertThat(last).isBetween(100L, HISTORY.size() - 1L);
    try (RocksJournal journal = open(backup)) {
      assertHolds(journal, HISTORY.subList(0, (int) last));
    }
    try (RocksJournal journal = open()) {
      assertHolds(journal, HISTORY);
    }
  }

  private @Nullable IOException backUp(RocksJournal journal, String name)
      throws InterruptedException {
    List<@Nullable IOException> done = new ArrayList<>();
    journal.backUp(name, done::add);
    owner.runUntil(() -> !done.isEmpty());
    return done.getFirst();
  }

  @Test
  void backups_are_made_one_at_a_time() throws Exception {
    List<@Nullable IOException> done = new ArrayList<>();
    try (RocksJournal journal = open()) {
      journal.append(HISTORY.getFirst());
      journal.backUp("b", done::add);
      journal.backUp("c", done::add);
      owner.runUntil(() -> done.size() == 2);
      assertThat(done.getFirst()).hasMessage("another backup is being made");
      assertThat(done.getLast()).isNull();
      assertThat(backUp(journal, "c")).isNull();
    }
    for (String name : List.of("b", "c")) {
      try (RocksJournal journal = open(path().resolve("backups").resolve(name))) {
        assertHolds(journal, HISTORY.subList(0, 1));
      }
    }
  }

  @Test
  void backup_under_a_name_that_is_taken_or_that_is_none_is_refused() throws Exception {
    try (RocksJournal journal = open()) {
      assertThat(backUp(journal, "b")).isNull();
      FileTree before = FileTree.of(temporary);
      assertThat(backUp(journal, "b")).isInstanceOf(FileAlreadyExistsException.class);
      for (String name : List.of("", ".", "..", ".b", "../b", "b/c", "/b")) {
        assertThat(backUp(journal, name)).hasMessage("not a name for a backup: " + name);
      }
      assertThat(FileTree.of(temporary)).isEqualTo(before);
    }
  }

  @Test
  void figures_tell_of_bytes_syncs_and_records_since_the_start() throws Exception {
    try (RocksJournal journal = open()) {
      write(journal, HISTORY.subList(0, 100));
    }
    clock.set(1_000);
    try (RocksJournal journal = open()) {
      RocksJournal.Figures start = journal.figures();
      assertThat(start.bytes()).isPositive();
      assertThat(start.lastSyncNanos()).isZero();
      assertThat(start.records()).isZero();
      assertThat(start.syncingNanos()).isZero();
      write(journal, HISTORY.subList(100, 140));
      assertThat(journal.figures().lastSyncNanos()).isEqualTo(1_001);
      write(journal, HISTORY.subList(140, 150));
      assertThat(journal.figures().lastSyncNanos()).isEqualTo(1_002);
      assertThat(journal.figures().records()).isEqualTo(50);

      journal.append(HISTORY.get(150));
      assertThat(journal.figures().syncingNanos()).isZero();
      owner.tasks.take().run();
      assertThat(journal.figures().syncingNanos()).as("the disk is at work").isPositive();
      sync(journal);
      assertThat(journal.figures().syncingNanos()).isZero();

      // Bytes are counted now and then.
      while (journal.figures().bytes() < start.bytes() + 10_000) {
        write(journal, HISTORY.subList(150, 160));
      }
      assertThat(journal.figures().bytes()).isLessThanOrEqualTo(Store.bytes(database()));
      while (journal.figures().compacting()) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void journal_can_be_opened_once_what_kept_it_from_opening_is_mended() throws Exception {
    open().close();
    Path current = database().resolve("CURRENT");
    byte[] bytes = Files.readAllBytes(current);
    Files.write(current, "MANIFEST-999999\n".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(this::open).isInstanceOf(IOException.class);

    Files.write(current, bytes);
    try (RocksJournal journal = open()) {
      assertHolds(journal, List.of());
    }
  }
}
