package io.ztick.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.ztick.scheduler.Change;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `ztick restore` of real backups.
class RestoreCommandTest {
  @TempDir private Path directory;

  private Path backup = Path.of("");

  @BeforeEach
  void make_a_backup() throws Exception {
    Path source =
        Journals.filled(
            directory.resolve("source"),
            new Change.JobPlanned("a", 1, 1),
            Journals.rule("r", "a", "shell", "true"));
    backup = Journals.backup(source, "b");
  }

  @Test
  void what_was_backed_up_is_there_again() {
    Path target = directory.resolve("some/where");

    assertThat(Ztick.run("restore", backup, target))
        .isEqualTo(
            new Ztick(
                0,
                "restored %s from %s: last_change 2, jobs 1, rules 1, dropped_bytes 0\n"
                    .formatted(target, backup),
                ""));
    assertThat(Ztick.run("dump", target)).isEqualTo(Ztick.run("dump", backup));
  }

  @Test
  void a_journal_is_never_replaced() throws Exception {
    Path target = Journals.filled(directory.resolve("target"), new Change.JobPlanned("kept", 1, 1));

    Ztick refused = Ztick.run("restore", backup, target);
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.errors())
        .isEqualTo("ztick: there is a journal in " + target + " already; move it away first\n");
    assertThat(Ztick.run("dump", target).out()).isEqualTo("SET kept 1\n");
  }

  @Test
  void a_directory_in_use_is_refused_whichever_it_is() throws Exception {
    Path used = directory.resolve("source");
    try (var _ = Journals.inUse(used)) {
      for (Ztick refused :
          new Ztick[] {
            Ztick.run("restore", backup, used), Ztick.run("restore", used, directory.resolve("t"))
          }) {
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.errors()).startsWith("ztick: the directory " + used + " is in use");
      }
    }
  }

  @Test
  void a_damaged_backup_is_not_restored() throws Exception {
    Files.delete(backup.resolve("journal/CURRENT"));
    Path target = directory.resolve("target");

    Ztick refused = Ztick.run("restore", backup, target);
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.errors()).startsWith("ztick: the journal " + backup).hasLineCount(1);
    assertThat(target).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"restore", "restore a", "restore a b c", "restore -c f a b"})
  void wrong_usage_is_exit_code_2(String arguments) {
    Ztick wrong = Ztick.run((Object[]) arguments.split(" "));
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.errors()).contains("Usage: ztick restore [");
  }
}
