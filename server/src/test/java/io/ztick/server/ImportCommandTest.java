package io.ztick.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `ztick import` of log files that the original could have written.
class ImportCommandTest {
  /// Job `toto`, planned for 2020.
  private static final String PAST_JOB = "00 0004 746f746f 1647bb5ceee15000 00";

  /// Job `f`, planned for 2096.
  private static final String FUTURE_JOB = "00 0001 66 3782dace9d900000 00";

  /// Job `tatat`, executed.
  private static final String EXECUTED_JOB = "00 0005 7461746174 1647bb5ceee15000 02";

  /// Rule `t`, pattern `toto`, shell `titi`.
  private static final String SHELL_RULE = "01 0001 74 0004 746f746f 00 0004 74697469";

  /// Rule `ta`, pattern `to*`, amqp.
  private static final String AMQP_RULE =
      "01 0002 7461 0003 746f2a 01 000e 616d71703a2f2f753a704068 2f78 0000 0001 61";

  @TempDir private Path directory;

  @Test
  void jobs_and_rules_become_a_journal() throws IOException {
    Path file = log("logfile", PAST_JOB, FUTURE_JOB, EXECUTED_JOB, SHELL_RULE);
    Path target = directory.resolve("target");

    assertThat(Ztick.run("import", file, "--directory", target))
        .isEqualTo(
            new Ztick(
                0,
                """
                frames 4
                problems 0
                rules 1
                planned 1
                held 1
                finished 1
                imported into %s
                """
                    .formatted(target),
                ""));
    assertThat(Ztick.run("dump", target).out())
        .isEqualTo("RULE SET t toto shell titi\nSET f 4000000000000000000\n");
    assertThat(Ztick.run("dump", "--all", "--format=json", target).out())
        .contains(
            "\"id\":\"toto\",\"status\":\"failed\"",
            "\"outcome\":\"imported late\"",
            "\"id\":\"tatat\",\"status\":\"executed\"");
  }

  @Test
  void past_jobs_run_if_they_are_told_to() throws IOException {
    Path target = directory.resolve("target");

    Ztick imported =
        Ztick.run("import", "--past=run", "--directory", target, log("logfile", PAST_JOB));
    assertThat(imported.out()).contains("planned 1\nheld 0\n");
    assertThat(Ztick.run("dump", target).out()).isEqualTo("SET toto 1605457800000000000\n");
  }

  @Test
  void later_files_win() throws IOException {
    Path older = log("logfile.compressed", PAST_JOB, SHELL_RULE);
    Path newer = log("logfile", "02 0004 746f746f", FUTURE_JOB);
    Path target = directory.resolve("target");

    assertThat(Ztick.run("import", older, newer, "--directory", target).out())
        .contains("frames 4\n", "rules 1\nplanned 1\nheld 0\n");
  }

  @Test
  void what_is_wrong_with_a_file_is_told_and_no_failure() throws IOException {
    Path file = log("logfile", "ff", FUTURE_JOB);
    Files.write(file, new byte[] {0, 0, 1}, StandardOpenOption.APPEND);

    Ztick imported = Ztick.run("import", file, "--directory", directory.resolve("target"));
    assertThat(imported.exitCode()).isZero();
    assertThat(imported.errors().lines())
        .hasSize(2)
        .anyMatch(line -> line.startsWith("ztick: " + file + ": byte 0: frame 1: "))
        .contains("ztick: " + file + ": byte 22: torn tail of 3 bytes");
    assertThat(imported.out()).contains("frames 2\nproblems 2\n", "planned 1\n");
  }

  @Test
  void what_will_not_work_as_before_is_told() throws IOException {
    Ztick imported =
        Ztick.run("import", log("logfile", AMQP_RULE), "--directory", directory.resolve("target"));

    assertThat(imported.errors().lines())
        .containsExactly(
            "ztick: rules whose runner is not available yet: 1; their jobs will fail",
            "ztick: patterns that got one more * at their end, to match what they matched: 1");
  }

  @Test
  void the_directory_of_the_configuration_is_the_default() throws IOException {
    Path file = log("logfile", FUTURE_JOB);
    Path configuration =
        Pems.file(directory, "ztick.toml", "[database]\ndirectory = \"configured\"\n");

    assertThat(Ztick.run("import", "-c", configuration, file).out())
        .endsWith("imported into " + directory.resolve("configured") + "\n");
    assertThat(Ztick.run("dump", directory.resolve("configured")).out()).startsWith("SET f ");
  }

  @Test
  void problems_of_the_configuration_are_exit_code_2() throws IOException {
    Path configuration = Pems.file(directory, "ztick.toml", "[database]\ndirectory = 1\n");

    Ztick refused = Ztick.run("import", log("logfile", FUTURE_JOB), "-c", configuration);
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.errors()).startsWith(configuration + ":2: database.directory: ");
  }

  @Test
  void a_directory_that_holds_anything_is_refused() throws IOException {
    Path file = log("logfile", FUTURE_JOB);

    assertThat(Ztick.run("import", file, "--directory", directory))
        .isEqualTo(new Ztick(1, "", "ztick: the directory " + directory + " is not empty\n"));
  }

  @Test
  void an_import_that_was_stopped_can_be_repeated() throws IOException {
    Path target = directory.resolve("target");
    Files.createDirectories(target.resolve("journal.new"));
    Files.createFile(target.resolve("journal.new/000004.log"));

    assertThat(Ztick.run("import", log("logfile", FUTURE_JOB), "--directory", target).exitCode())
        .isZero();
    assertThat(Ztick.run("verify", target).out()).endsWith("ok\n");
  }

  @Test
  void a_directory_in_use_is_refused() throws IOException {
    Path used = directory.resolve("used");
    try (var _ = Journals.inUse(used)) {
      Ztick refused = Ztick.run("import", log("logfile", FUTURE_JOB), "--directory", used);
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.errors()).startsWith("ztick: the directory " + used + " is in use");
    }
  }

  @Test
  void a_file_that_cannot_be_read_is_named_and_nothing_is_made() {
    Path target = directory.resolve("target");

    assertThat(Ztick.run("import", directory.resolve("none"), "--directory", target))
        .isEqualTo(new Ztick(1, "", "ztick: " + directory.resolve("none") + ": no such file\n"));
    Ztick folder = Ztick.run("import", directory, "--directory", target);
    assertThat(folder.exitCode()).isEqualTo(1);
    assertThat(folder.errors()).startsWith("ztick: " + directory + ": ").hasLineCount(1);
    assertThat(target).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"import", "import --past=later f", "import f --directory"})
  void wrong_usage_is_exit_code_2(String arguments) {
    Ztick wrong = Ztick.run((Object[]) arguments.split(" "));
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.errors()).contains("Usage: ztick import [");
  }

  private Path log(String name, String... payloads) throws IOException {
    var frames = new StringBuilder();
    for (String payload : payloads) {
      String hex = payload.replace(" ", "");
      frames.append("%08x".formatted(hex.length() / 2)).append(hex);
    }
    return Files.write(directory.resolve(name), HexFormat.of().parseHex(frames));
  }
}
