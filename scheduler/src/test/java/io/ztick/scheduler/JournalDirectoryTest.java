package io.ztick.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalDirectoryTest {
  private static final List<Change> HISTORY = History.of(2, 600);

  @TempDir private Path temporary;

  private Path path() {
    return temporary.resolve("state");
  }

  private JournalDirectory directory() {
    return new JournalDirectory(path());
  }

  private Path database() {
    return path().resolve("journal");
  }

  private static void fill(JournalDirectory directory, List<Change> changes) throws IOException {
    directory.fill(changes::forEach);
  }

  /// What a crash left: 500 changes in tables and 100 in a log.
  private FileTree crashed() throws IOException {
    fill(directory(), HISTORY.subList(0, 500));
    try (Store store = Store.open(database())) {
      var batch = new JournalBatch(500, store.position().plan());
      for (Change change : HISTORY.subList(500, 600)) {
        batch.add(change);
        store.write(batch.take());
      }
      return FileTree.of(path());
    }
  }

  private static List<Change> read(JournalDirectory directory) throws IOException {
    List<Change> changes = new ArrayList<>();
    directory.read(changes::add);
    return changes;
  }

  private static void assertHolds(JournalDirectory directory, List<Change> changes)
      throws IOException {
    assertThat(read(directory)).isEqualTo(RecordMap.of(changes).changes());
  }

  private static List<String> problems(JournalDirectory directory) throws IOException {
    List<String> problems = new ArrayList<>();
    directory.verify(problems::add);
    return problems;
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void directories_are_their_owners_only() throws IOException {
    Path parent = temporary.resolve("a");
    Path deep = parent.resolve("b");
    var directory = new JournalDirectory(deep);
    try (var _ = directory.lock()) {
      directory.prepare();
      try (Store store = Store.open(directory.database())) {
        directory.backUp(store, "backup");
      }
    }

    Path backup = deep.resolve("backups").resolve("backup");
    for (Path each : List.of(parent, deep, directory.database(), backup)) {
      assertThat(mode(each)).as("%s", each).isEqualTo("rwx------");
    }
  }

  @Test
  void mode_of_a_directory_that_exists_is_left_as_it_is() throws IOException {
    Files.createDirectory(
        path(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    directory().lock().close();

    assertThat(mode(path())).isEqualTo("rwxr-xr-x");
  }

  @Test
  void lock_holds_the_number_of_the_process_that_has_it() throws IOException {
    try (var _ = directory().lock()) {
      assertThat(path().resolve("lock")).hasContent(ProcessHandle.current().pid() + "\n");
      assertThatThrownBy(() -> directory().lock())
          .isInstanceOf(IOException.class)
          .hasMessage("the directory %s is in use by this process", path());
    }
    directory().lock().close();
  }

  /// A process that takes a directory and says so, until its standard input ends.
  static final class Holder {
    private Holder() {}

    public static void main(String[] arguments) throws IOException {
      try (var _ = new JournalDirectory(Path.of(arguments[0])).lock()) {
        System.out.println("locked");
        System.out.flush();
        while (System.in.read() >= 0) {
          // Whatever it is.
        }
      } catch (IOException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  private Process holder() throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return new ProcessBuilder(
            java.toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Holder.class.getName(),
            path().toString())
        .redirectErrorStream(true)
        .start();
  }

  @Test
  void lock_of_another_process_is_respected_and_its_number_told() throws Exception {
    fill(directory(), HISTORY);
    Process process = holder();
    try {
      assertThat(process.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("locked");
      var inUse = "the directory %s is in use by process %d".formatted(path(), process.pid());
      assertThatThrownBy(() -> directory().lock()).hasMessage(inUse);
      assertThatThrownBy(() -> RocksJournal.open(directory(), 1)).hasMessage(inUse);
      assertThatThrownBy(() -> read(directory())).hasMessage(inUse);
      assertThatThrownBy(() -> problems(directory())).hasMessage(inUse);
      assertThatThrownBy(() -> fill(directory(), HISTORY)).hasMessage(inUse);
      var other = new JournalDirectory(temporary.resolve("other"));
      assertThatThrownBy(() -> other.restore(directory())).hasMessage(inUse);
      assertThat(path().resolve("lock")).hasContent(process.pid() + "\n");
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertHolds(directory(), HISTORY);
  }

  @Test
  void lock_is_kept_when_this_process_is_refused_it_once_more() throws Exception {
    try (var _ = directory().lock()) {
      assertThatThrownBy(() -> directory().lock()).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> directory().read(_ -> {})).isInstanceOf(IOException.class);
      Process process = holder();
      assertThat(process.inputReader(StandardCharsets.UTF_8).readLine())
          .isEqualTo(
              "the directory %s is in use by process %d", path(), ProcessHandle.current().pid());
      process.waitFor();
    }
  }

  @Test
  void what_cannot_be_a_directory_is_told() throws IOException {
    Files.createFile(path());
    assertThatThrownBy(() -> directory().lock())
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("cannot use the directory " + path() + ": ")
        .hasMessageEndingWith("it is not a directory");
    var below = new JournalDirectory(path().resolve("below"));
    assertThatThrownBy(below::lock)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("cannot use the directory " + below.path() + ": ");
  }

  @Test
  void prepared_directory_has_an_empty_journal_and_an_existing_one_is_kept() throws IOException {
    try (var _ = directory().lock()) {
      assertThat(directory().prepare()).isTrue();
    }
    assertThat(directory().read(_ -> {})).isEqualTo(new JournalDirectory.Summary(0, 0, 0, 0, 0));
    FileTree prepared = FileTree.of(database());
    try (var _ = directory().lock()) {
      assertThat(directory().prepare()).isFalse();
    }
    assertThat(FileTree.of(database())).isEqualTo(prepared);
  }

  @Test
  void what_is_half_done_is_cleaned_away() throws IOException {
    FileTree tree = crashed();
    Path journal = path().resolve("journal.new");
    FileTree.of(database()).writeTo(journal);
    Path partial = path().resolve("backups").resolve(".b");
    FileTree.of(database()).writeTo(partial.resolve("journal"));
    Path backup = path().resolve("backups").resolve("b");
    FileTree.of(database()).writeTo(backup.resolve("journal"));

    assertThat(directory().prepare()).isFalse();
    assertThat(journal).doesNotExist();
    assertThat(partial).doesNotExist();
    assertHolds(new JournalDirectory(backup), HISTORY);
    assertHolds(directory(), HISTORY);
    assertThat(tree.files()).isNotEmpty();
  }

  @Test
  void creation_that_was_interrupted_is_begun_anew() throws IOException {
    crashed();
    FileTree.of(database()).writeTo(path().resolve("journal.new"));
    FileTree.of(database()).files().keySet().forEach(file -> delete(database().resolve(file)));
    Files.delete(database());

    assertThat(directory().prepare()).isTrue();
    assertHolds(directory(), List.of());
    assertThat(path().resolve("journal.new")).doesNotExist();
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void backup_is_restored_where_there_is_no_journal() throws IOException {
    crashed();
    var restored = new JournalDirectory(temporary.resolve("restored"));
    JournalDirectory.Summary summary = restored.restore(directory());

    assertThat(summary).isEqualTo(directory().read(_ -> {}));
    assertThat(summary.lastChange()).isEqualTo(600);
    assertHolds(restored, HISTORY);
    FileTree before = FileTree.of(restored.path());
    assertThatThrownBy(() -> restored.restore(directory()))
        .isInstanceOf(IOException.class)
        .hasMessage("there is a journal in %s already; move it away first", restored.path());
    assertThat(FileTree.of(restored.path())).isEqualTo(before);
  }

  @Test
  void damaged_backup_is_not_restored() throws IOException {
    FileTree tree = crashed();
    Path table = tree.named(".sst").getLast();
    Path damaged = tree.with(table, flipped(40)).writeTo(temporary.resolve("damaged"));
    var restored = new JournalDirectory(temporary.resolve("restored"));

    assertThatThrownBy(() -> restored.restore(new JournalDirectory(damaged)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(table.getFileName().toString());
    assertThat(restored.path()).doesNotExist();
    assertThatThrownBy(() -> restored.restore(new JournalDirectory(temporary)))
        .hasMessage("there is no journal in " + temporary);
  }

  private static UnaryOperator<byte[]> flipped(int index) {
    return bytes -> {
      bytes[index] ^= 1;
      return bytes;
    };
  }

  @Test
  void journal_is_filled_with_any_number_of_changes_in_their_order() throws IOException {
    List<Change> changes = History.of(3, 10_000);
    fill(directory(), changes);

    assertHolds(directory(), changes);
    assertThat(directory().read(_ -> {}).lastChange()).isEqualTo(10_000);
    assertThat(problems(directory())).isEmpty();
  }

  @Test
  void directory_that_holds_anything_is_not_filled() throws IOException {
    fill(directory(), HISTORY.subList(0, 10));
    FileTree before = FileTree.of(path());
    assertThatThrownBy(() -> fill(directory(), HISTORY))
        .isInstanceOf(IOException.class)
        .hasMessage("the directory %s is not empty", path());
    assertThat(FileTree.of(path())).isEqualTo(before);

    Path other = Files.createDirectory(temporary.resolve("other"));
    Files.createFile(other.resolve("file"));
    assertThatThrownBy(() -> fill(new JournalDirectory(other), HISTORY))
        .hasMessage("the directory %s is not empty", other);
  }

  @Test
  void filling_that_fails_leaves_no_journal_and_can_be_tried_again() throws IOException {
    JournalDirectory.Source failing =
        changes -> {
          HISTORY.forEach(changes);
          throw new IOException("no more");
        };
    assertThatThrownBy(() -> directory().fill(failing)).hasMessage("no more");
    assertThat(database()).doesNotExist();
    assertThatThrownBy(() -> read(directory())).hasMessage("there is no journal in " + path());

    fill(directory(), HISTORY);
    assertHolds(directory(), HISTORY);
  }

  @Test
  void directory_without_a_journal_is_told() throws IOException {
    assertThatThrownBy(() -> read(directory())).hasMessage("there is no journal in " + path());
    Files.createDirectory(path());
    assertThatThrownBy(() -> problems(directory())).hasMessage("there is no journal in " + path());
    assertThat(FileTree.of(path()).files()).isEmpty();
  }

  @Test
  void whole_journal_has_no_problems_and_is_summed_up() throws IOException {
    FileTree tree = crashed();
    Path copy = tree.writeTo(temporary.resolve("copy"));
    List<String> problems = new ArrayList<>();
    JournalDirectory.Summary summary = new JournalDirectory(copy).verify(problems::add);

    assertThat(problems).isEmpty();
    List<Change> changes = RecordMap.of(HISTORY).changes();
    assertThat(summary)
        .isEqualTo(
            new JournalDirectory.Summary(
                600,
                0,
                changes.stream().filter(Change.JobPlanned.class::isInstance).count(),
                changes.stream().filter(Change.RuleSet.class::isInstance).count(),
                0));

    Path log = tree.named(".log").getLast();
    Path torn =
        tree.with(log, bytes -> Arrays.copyOf(bytes, bytes.length - 1))
            .writeTo(temporary.resolve("torn"));
    JournalDirectory.Summary rest = new JournalDirectory(torn).verify(problems::add);
    assertThat(problems).isEmpty();
    assertThat(rest.lastChange()).isEqualTo(599);
    assertThat(rest.droppedBytes()).isPositive();
  }

  @Test
  void every_malformed_record_is_reported_and_the_first_one_ends_reading() throws IOException {
    fill(directory(), HISTORY);
    try (Store store = Store.open(database())) {
      var batch = new RecordBatch();
      for (int i = 0; i < 3; i++) {
        batch.put(new byte[] {'J', (byte) ('x' + i), 0, 1}, new byte[] {1, 2});
      }
      store.write(batch.take());
    }

    assertThat(problems(directory()))
        .containsExactly(
            path() + ": record Jx\\x00\\x01 ends too early",
            path() + ": record Jy\\x00\\x01 ends too early",
            path() + ": record Jz\\x00\\x01 ends too early");
    assertThatThrownBy(() -> read(directory()))
        .isInstanceOf(IOException.class)
        .hasMessage(path() + ": record Jx\\x00\\x01 ends too early");
  }

  @Test
  void missing_changes_are_reported() throws IOException {
    fill(directory(), HISTORY);
    try (Store store = Store.open(database())) {
      var batch = new RecordBatch();
      Records.end(700, 1, 1_000, batch);
      store.write(batch.take());
    }

    assertThat(problems(directory()))
        .containsExactly(
            path() + ": changes are missing: the last one is number 700, and there are 601");
  }

  @Test
  void damaged_table_is_reported_with_its_name() throws IOException {
    FileTree tree = crashed();
    for (Path table : tree.named(".sst")) {
      Path damaged = tree.with(table, flipped(5)).writeTo(temporary.resolve("damaged"));
      assertThat(problems(new JournalDirectory(damaged)))
          .isNotEmpty()
          .first()
          .asString()
          .contains("is damaged", table.getFileName().toString());
      tree.writeTo(damaged);
    }
  }

  /// A flipped bit may make of the last record of the log a torn tail, and nothing else.
  @Test
  void damage_anywhere_is_noticed() throws IOException {
    FileTree tree = crashed();
    Path copy = tree.writeTo(temporary.resolve("copy"));
    Random random = new Random(1);
    for (String name : List.of("CURRENT", "MANIFEST", ".sst", ".log")) {
      for (Path file : tree.named(name)) {
        byte[] bytes = tree.bytes(file);
        for (int i = 0; i < 50; i++) {
          byte[] damaged = bytes.clone();
          int index = random.nextInt(i % 2 == 0 ? bytes.length : Math.min(bytes.length, 20));
          damaged[index] ^= (byte) (1 << random.nextInt(8));
          Files.write(copy.resolve(file), damaged);
          boolean mayBeTail = name.equals(".log");
          assertThat(isNoticed(new JournalDirectory(copy), mayBeTail))
              .as("byte %s of %s", index, file)
              .isTrue();
        }
        Files.write(copy.resolve(file), bytes);
      }
    }
    assertThat(isNoticed(new JournalDirectory(copy), false)).as("without damage").isFalse();
  }

  private static boolean isNoticed(JournalDirectory directory, boolean mayBeTail) {
    try {
      List<String> problems = new ArrayList<>();
      long last = directory.verify(problems::add).lastChange();
      return !problems.isEmpty() || (mayBeTail && last == HISTORY.size() - 1);
    } catch (IOException e) {
      assertThat(e).hasMessageContaining(directory.path().toString());
      return true;
    }
  }

  @Test
  void missing_files_are_noticed() throws IOException {
    FileTree tree = crashed();
    for (String name : List.of("CURRENT", "MANIFEST", ".sst")) {
      for (Path file : tree.named(name)) {
        Path rest = Files.createTempDirectory(temporary, "rest");
        var part = new JournalDirectory(tree.without(file).writeTo(rest));
        assertThatThrownBy(() -> problems(part))
            .isInstanceOf(IOException.class)
            .hasMessageContaining(file.getFileName().toString());
      }
    }
    Path log = tree.named(".log").getLast();
    var tables = new JournalDirectory(tree.without(log).writeTo(temporary.resolve("tables")));
    assertHolds(tables, HISTORY.subList(0, 500));
  }

  @Test
  void reading_changes_no_file() throws IOException {
    FileTree tree = crashed();
    FileTree withoutLock = tree.without(Path.of("lock"));
    Path log = tree.named(".log").getLast();
    List<FileTree> trees =
        List.of(
            withoutLock,
            withoutLock.with(log, bytes -> Arrays.copyOf(bytes, bytes.length - 1)),
            withoutLock.with(log, flipped(9)),
            withoutLock.without(log),
            withoutLock.with(withoutLock.named(".sst").getFirst(), flipped(50)),
            withoutLock.without(withoutLock.named("MANIFEST").getLast()));
    for (int i = 0; i < trees.size(); i++) {
      Path copy = trees.get(i).writeTo(temporary.resolve("copy " + i));
      var directory = new JournalDirectory(copy);
      readAndVerify(directory);
      assertThat(FileTree.of(copy)).as("tree %s", i).isEqualTo(trees.get(i));
    }
    FileTree own = tree.with(Path.of("lock"), _ -> pid());
    Path copy = tree.writeTo(temporary.resolve("locked"));
    readAndVerify(new JournalDirectory(copy));
    assertThat(FileTree.of(copy)).as("with a lock").isEqualTo(own);
  }

  private static byte[] pid() {
    return (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static void readAndVerify(JournalDirectory directory) {
    for (int i = 0; i < 2; i++) {
      try {
        directory.read(_ -> {});
        directory.verify(_ -> {});
      } catch (IOException e) {
        assertThat(e).hasMessageContaining(directory.path().toString());
      }
    }
  }
}
