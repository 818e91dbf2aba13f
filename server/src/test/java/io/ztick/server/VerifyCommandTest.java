package io.ztick.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.ztick.scheduler.Change;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `ztick verify` of good and of damaged journals.
class VerifyCommandTest {
  @TempDir private Path directory;

  @Test
  void a_good_journal_is_counted_and_ok() throws IOException {
    Journals.filled(
        directory,
        new Change.JobPlanned("a", 1, 1),
        new Change.JobPlanned("b", 2, 2),
        new Change.JobPlanned("a", 3, 3),
        Journals.rule("r", "a", "shell", "true"));

    assertThat(Ztick.run("verify", directory))
        .isEqualTo(
            new Ztick(0, "last_change 4\njobs 2\nrules 1\ntokens 0\ndropped_bytes 0\nok\n", ""));
  }

  @Test
  void a_backup_is_as_good_as_a_directory() throws Exception {
    Journals.filled(directory, new Change.JobPlanned("a", 1, 1));
    Path backup = Journals.backup(directory, "b");

    assertThat(Ztick.run("verify", backup))
        .isEqualTo(
            new Ztick(0, "last_change 1\njobs 1\nrules 0\ntokens 0\ndropped_bytes 0\nok\n", ""));
  }

  @Test
  void a_torn_tail_is_no_damage_and_is_counted() throws IOException {
    Journals.filled(directory, new Change.JobPlanned("a", 1, 1));
    Files.write(file(".log"), new byte[] {1, 2, 3}, StandardOpenOption.APPEND);

    assertThat(Ztick.run("verify", directory))
        .isEqualTo(
            new Ztick(0, "last_change 1\njobs 1\nrules 0\ntokens 0\ndropped_bytes 3\nok\n", ""));
  }

  @Test
  void a_flipped_bit_is_told_and_exit_code_1() throws IOException {
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      changes.add(new Change.JobPlanned("job." + i, i, i + 1));
    }
    Journals.filled(directory, changes);
    Path table = file(".sst");
    byte[] bytes = Files.readAllBytes(table);
    bytes[bytes.length / 4] ^= 1;
    Files.write(table, bytes);

    Ztick verify = Ztick.run("verify", directory);
    assertThat(verify.exitCode()).isEqualTo(1);
    assertThat(verify.errors()).startsWith("ztick: ").contains(directory.toString());
    assertThat(verify.out()).endsWith("damaged\n");
  }

  @Test
  void a_journal_in_use_is_refused() throws IOException {
    try (var _ = Journals.inUse(directory)) {
      Ztick verify = Ztick.run("verify", directory);
      assertThat(verify.exitCode()).isEqualTo(1);
      assertThat(verify.errors()).startsWith("ztick: the directory " + directory + " is in use");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"verify", "verify a b", "verify --all a"})
  void wrong_usage_is_exit_code_2(String arguments) {
    Ztick wrong = Ztick.run((Object[]) arguments.split(" "));
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.errors()).contains("Usage: ztick verify [");
  }

  /// The newest one with this ending.
  private Path file(String ending) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("journal"))) {
      return files
          .filter(file -> file.toString().endsWith(ending))
          .max(Comparator.naturalOrder())
          .orElseThrow();
    }
  }
}
