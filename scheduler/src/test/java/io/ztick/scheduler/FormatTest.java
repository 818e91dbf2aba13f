package io.ztick.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Journals that earlier versions wrote can be read: `journal-format-N` among the test resources is
/// one of format N, and stays as it is.
///
/// When a version writes another format, `-Dtest=FormatTest -Dztick.fixture=DIRECTORY` makes the
/// next one, with an absolute path; it gets a test here, and the earlier ones keep theirs.
class FormatTest {
  private static final long NOW = 1_800_000_000_000_000_000L;
  private static final Rule SHELL =
      new Rule("shell", "backup.*", new Runner.Shell("echo \"ça va\"\n"));
  private static final Rule HTTP =
      new Rule(
          "\ud83d\ude00",
          "",
          new Runner.Http(
              Runner.Http.Method.POST, URI.create("https://user:secret@example.com/due?a=b")));

  private static final Change REMAINING_RULE = new Change.RuleSet(SHELL);
  private static final Change OTHER_RULE = new Change.RuleSet(HTTP);
  private static final Change LATER = new Change.JobPlanned("later \ue000", NOW + 1, 1);
  private static final Change DUE = new Change.JobPlanned("backup.db", NOW, 3);
  private static final Change TRIGGERED = new Change.JobTriggered("backup.db", 3, 2, SHELL);
  private static final Change DONE_PLANNED = new Change.JobPlanned("backup.done", -1, 4);
  private static final Change DONE =
      new Change.JobFinished("backup.done", 4, 1, "shell", NOW, NOW + 5, Outcome.OK);
  private static final Change FAILED_PLANNED = new Change.JobPlanned("zzz", Long.MAX_VALUE, 5);
  private static final Change FAILED =
      new Change.JobFinished("zzz", 5, 0, null, 0, NOW, Outcome.NO_RULE);

  /// What was done.
  private static final List<Change> CHANGES =
      List.of(
          new Change.RuleSet(new Rule("shell", "old", new Runner.Direct("/bin/true", List.of()))),
          REMAINING_RULE,
          OTHER_RULE,
          new Change.RuleSet(new Rule("gone", "*", new Runner.Awf("w", List.of("a=b")))),
          new Change.RuleRemoved("gone"),
          LATER,
          new Change.JobPlanned("backup.db", 1, 2),
          new Change.JobTriggered("backup.db", 2, 1, HTTP),
          new Change.JobFinished("backup.db", 2, 1, HTTP.id(), 2, 3, Outcome.exit(3)),
          DUE,
          new Change.JobTriggered("backup.db", 3, 1, SHELL),
          TRIGGERED,
          DONE_PLANNED,
          new Change.JobTriggered("backup.done", 4, 1, SHELL),
          DONE,
          FAILED_PLANNED,
          FAILED,
          new Change.JobPlanned("gone", 1, 6),
          new Change.JobTriggered("gone", 6, 1, SHELL),
          new Change.JobRemoved("gone"));

  /// What is left of it.
  private static final List<Change> LEFT =
      List.of(
          DUE,
          TRIGGERED,
          DONE_PLANNED,
          DONE,
          LATER,
          FAILED_PLANNED,
          FAILED,
          REMAINING_RULE,
          OTHER_RULE);

  @TempDir private Path temporary;

  private Path copy(String resource) throws IOException, URISyntaxException {
    var url = Objects.requireNonNull(FormatTest.class.getResource("/" + resource));
    return FileTree.of(Path.of(url.toURI())).writeTo(temporary.resolve(resource));
  }

  private static void assertIsRead(Path journal) throws IOException {
    List<Change> changes = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    var directory = new JournalDirectory(journal);
    directory.verify(problems::add);
    assertThat(problems).isEmpty();
    assertThat(directory.read(changes::add))
        .isEqualTo(new JournalDirectory.Summary(CHANGES.size(), 0, 4, 2, 0));
    assertThat(changes).isEqualTo(LEFT);
  }

  @Test
  void journal_of_format_1_is_read() throws IOException, URISyntaxException {
    Path journal = copy("journal-format-1");
    FileTree before = FileTree.of(journal);
    assertIsRead(journal);
    assertThat(FileTree.of(journal)).isEqualTo(before);
  }

  @Test
  void journal_of_format_1_is_gone_on_with() throws IOException, URISyntaxException {
    var directory = new JournalDirectory(copy("journal-format-1"));
    for (int start = 0; start < 2; start++) {
      List<Change> changes = new ArrayList<>();
      try (RocksJournal journal = RocksJournal.open(directory, 1)) {
        assertThat(journal.found().lastChange()).isEqualTo(CHANGES.size());
        assertThat(journal.replay(changes::add)).as("last plan").isEqualTo(6);
      }
      assertThat(changes).isEqualTo(LEFT);
    }
  }

  @Test
  void journal_of_this_version_is_made_and_read() throws IOException {
    Path made = Path.of(System.getProperty("ztick.fixture", temporary.resolve("made").toString()));
    make(made);

    assertIsRead(made);
  }

  private static void make(Path journal) throws IOException {
    var directory = new JournalDirectory(journal);
    directory.fill(CHANGES::forEach);
    // What is in the log goes into a table, so that no log is needed.
    Store.open(directory.database()).close();
    FileTree files = FileTree.of(journal);
    for (Path file : files.files().keySet()) {
      String name = file.getFileName().toString();
      if (!name.matches("CURRENT|FLOOR|MANIFEST-.*|.*\\.sst")) {
        Files.delete(journal.resolve(file));
      }
    }
  }
}
