package io.ztick.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ztick.protocol.Command;
import io.ztick.protocol.LineParser;
import io.ztick.protocol.Message;
import io.ztick.scheduler.Change;
import io.ztick.scheduler.Outcome;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `ztick dump` of real journals.
class DumpCommandTest {
  private static final Change.RuleSet RULE = Journals.rule("r", "a.", "shell", "echo 1");
  private static final Change.JobPlanned PLANNED = new Change.JobPlanned("a.planned", 60, 1);
  private static final Change.JobPlanned TRIGGERED = new Change.JobPlanned("a.triggered", -50, 2);
  private static final Change.JobPlanned EXECUTED = new Change.JobPlanned("a.executed", 40, 3);
  private static final Change.JobPlanned UNMATCHED = new Change.JobPlanned("b.unmatched", 30, 4);
  private static final List<Change> ONE_OF_EACH =
      List.of(
          PLANNED,
          TRIGGERED,
          new Change.JobTriggered("a.triggered", 2, 7, RULE.rule()),
          EXECUTED,
          new Change.JobTriggered("a.executed", 3, 1, RULE.rule()),
          new Change.JobFinished("a.executed", 3, 1, "r", 41, 42, Outcome.OK),
          UNMATCHED,
          new Change.JobFinished("b.unmatched", 4, 0, null, 0, 31, Outcome.NO_RULE),
          RULE);

  @TempDir private Path directory;

  @Test
  void text_is_the_rules_and_then_the_planned_jobs() throws IOException {
    Journals.filled(directory, ONE_OF_EACH);

    assertThat(Ztick.run("dump", directory))
        .isEqualTo(
            new Ztick(
                0,
                "RULE SET r a. shell \"echo 1\"\nSET a.planned 60\n",
                "ztick: triggered jobs left out: 1; --format json has them\n"));
  }

  @Test
  void json_is_an_object_a_line_without_finished_jobs() throws IOException {
    Journals.filled(directory, ONE_OF_EACH);

    assertThat(Ztick.run("dump", "--format", "json", directory))
        .isEqualTo(
            new Ztick(
                0,
                """
                {"type":"rule","id":"r","pattern":"a.","runner":"shell","arguments":["echo 1"]}
                {"type":"job","id":"a.planned","status":"planned","execution_ns":60,\
                "run_id":"1-60"}
                {"type":"job","id":"a.triggered","status":"triggered","execution_ns":-50,\
                "run_id":"2--50","rule":"r","attempt":7}
                """,
                ""));
  }

  @Test
  void json_with_all_has_finished_jobs_and_their_outcomes() throws IOException {
    Journals.filled(directory, ONE_OF_EACH);

    assertThat(Ztick.run("dump", "--all", "--format=json", directory).out().lines())
        .hasSize(5)
        .contains(
            """
            {"type":"job","id":"a.executed","status":"executed","execution_ns":40,\
            "run_id":"3-40","rule":"r","attempt":1,"started_ns":41,"ended_ns":42,\
            "outcome":"ok"}""",
            """
            {"type":"job","id":"b.unmatched","status":"failed","execution_ns":30,\
            "run_id":"4-30","ended_ns":31,"outcome":"no rule"}""");
  }

  @Test
  void an_empty_journal_prints_nothing() throws IOException {
    Journals.filled(directory);

    assertThat(Ztick.run("dump", directory)).isEqualTo(new Ztick(0, "", ""));
    assertThat(Ztick.run("dump", "--format=json", directory)).isEqualTo(new Ztick(0, "", ""));
  }

  @Test
  void json_escapes_what_it_must_and_nothing_else() throws IOException {
    Journals.filled(
        directory,
        new Change.JobPlanned("a \"b\" \\ é😀", 1, 1),
        Journals.rule("r", "a", "direct", "x", "", "line\n"));

    assertThat(Ztick.run("dump", "--format=json", directory).out().lines())
        .containsExactly(
            """
            {"type":"rule","id":"r","pattern":"a","runner":"direct","arguments":["x","","line\\n"]}\
            """,
            """
            {"type":"job","id":"a \\"b\\" \\\\ é😀","status":"planned","execution_ns":1,\
            "run_id":"1-1"}""");
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "json"})
  void passwords_are_masked_unless_they_are_asked_for(String format) throws IOException {
    Journals.filled(
        directory,
        Journals.rule("h", "h", "http", "GET", "http://user:pass@host/"),
        Journals.rule("s", "s", "shell", "curl ftp://u:secret@host/"),
        Journals.rule("t", "t", "shell", "true"));

    Ztick masked = Ztick.run("dump", "--format", format, directory);
    assertThat(masked.out())
        .contains("http://user:***@host/", "ftp://u:***@host/")
        .doesNotContain("pass", "secret");
    assertThat(masked.errors())
        .isEqualTo(
            "ztick: rules with masked passwords: 2; they cannot be sent as they are, see"
                + " --secrets\n");
    Ztick open = Ztick.run("dump", "--secrets", "--format", format, directory);
    assertThat(open.out()).contains("http://user:pass@host/", "ftp://u:secret@host/");
    assertThat(open.errors()).isEmpty();
  }

  @Test
  void what_a_server_would_refuse_is_counted() throws IOException {
    Journals.filled(
        directory,
        Journals.rule("q", "q", "amqp", "amqp://host", "exchange", "key"),
        // Twice as long in quotes, where a backslash needs another one.
        Journals.rule("s", "s", "shell", "\\".repeat(40_000)));

    assertThat(Ztick.run("dump", directory).errors().lines())
        .containsExactly(
            "ztick: rules whose runner is not available yet: 1; a server refuses them",
            "ztick: lines of more than 65536 bytes: 1; a server takes them if its max_line_bytes"
                + " allows");
  }

  @Test
  void every_line_reads_back_as_its_rule_or_job() throws Exception {
    long seed = System.nanoTime();
    var random = new Random(seed);
    List<Change> changes = new ArrayList<>();
    List<Command> expected = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      String id = oddWord(random) + i;
      List<String> clause = List.of("direct", "x", oddWord(random), oddWord(random) + "\n\t\u0085");
      changes.add(Journals.rule(id, oddWord(random), clause.toArray(String[]::new)));
      if (changes.getLast() instanceof Change.RuleSet(var rule)) {
        expected.add(new Command.RuleSet(id, rule.pattern(), clause));
      }
    }
    for (int i = 0; i < 300; i++) {
      String id = i % 2 == 0 ? oddWord(random) + i : i + oddWord(random);
      long nanos = random.nextLong();
      changes.add(new Change.JobPlanned(id, nanos, i + 1));
      expected.add(new Command.Set(id, nanos));
    }
    Journals.filled(directory, changes);

    assertThat(commands(Ztick.run("dump", directory).out()))
        .as("seed %d", seed)
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AUTH",
        "SET",
        "GET",
        "RULE",
        "SHOW",
        "HELP",
        "QUIT",
        "CAN",
        "TOKEN",
        "BACKUP",
        "WHOAMI",
        "LATER",
        "OK",
        "ERROR",
        "POST",
        "Host:",
        "1",
        "*",
        "+5s",
        "\"",
        "\\",
        " ",
        "é",
        "😀",
        "1 SET GET",
        "SET GET",
        "#",
        "-c",
        "\u00a0"
      })
  void any_id_is_safe_in_any_place(String id) throws Exception {
    Journals.filled(
        directory, new Change.JobPlanned(id, 5, 1), Journals.rule(id, id, "direct", id, id));

    assertThat(commands(Ztick.run("dump", directory).out()))
        .containsExactly(
            new Command.RuleSet(id, id, List.of("direct", id, id)), new Command.Set(id, 5));
  }

  @Test
  void what_is_no_command_name_needs_no_request_id() throws IOException {
    Journals.filled(
        directory,
        new Change.JobPlanned("Get", 1, 1),
        new Change.JobPlanned("GET.x", 2, 2),
        new Change.JobPlanned("PING", 3, 3));

    assertThat(Ztick.run("dump", directory).out())
        .isEqualTo("SET GET.x 2\nSET Get 1\n1 SET PING 3\n");
  }

  @Test
  void a_backup_is_dumped_while_its_server_runs() throws Exception {
    Journals.filled(directory, ONE_OF_EACH);
    Path backup = Journals.backup(directory, "b");

    try (var _ = Journals.inUse(directory)) {
      assertThat(Ztick.run("dump", backup).out()).endsWith("SET a.planned 60\n");
      Ztick refused = Ztick.run("dump", directory);
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.out()).isEmpty();
      assertThat(refused.errors()).startsWith("ztick: the directory " + directory + " is in use");
    }
  }

  @Test
  void a_directory_without_a_journal_is_refused() {
    assertThat(Ztick.run("dump", directory.resolve("none")))
        .isEqualTo(
            new Ztick(1, "", "ztick: there is no journal in " + directory.resolve("none") + "\n"));
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void all_needs_json() throws IOException {
    Journals.filled(directory, ONE_OF_EACH);

    for (String format : List.of("--format=text", "--secrets")) {
      Ztick wrong = Ztick.run("dump", "--all", format, directory);
      assertThat(wrong.exitCode()).isEqualTo(2);
      assertThat(wrong.errors()).contains("--all needs --format json", "Usage: ztick dump");
      assertThat(wrong.out()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"dump", "dump a b", "dump --format", "dump --format xml a", "dump -c a b"})
  void wrong_usage_is_exit_code_2(String arguments) {
    Ztick wrong = Ztick.run((Object[]) arguments.split(" "));
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.errors()).contains("Usage: ztick dump [");
    assertThat(wrong.out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "json"})
  void a_reader_that_goes_away_ends_it_quietly(String format) throws IOException {
    Journals.filled(directory, ONE_OF_EACH);
    var errors = new StringWriter();

    assertThat(Ztick.run(failing("Broken pipe"), errors, "dump", "--format", format, directory))
        .isEqualTo(141);
    assertThat(errors.toString()).isEmpty();
  }

  @Test
  void results_that_cannot_be_written_are_told() throws IOException {
    Journals.filled(directory, ONE_OF_EACH);
    var errors = new StringWriter();

    assertThat(Ztick.run(failing("No space left on device"), errors, "dump", directory))
        .isEqualTo(1);
    assertThat(errors.toString())
        .isEqualTo("ztick: cannot write the results: No space left on device\n");
  }

  private static OutputStream failing(String reason) {
    return new OutputStream() {
      @Override
      public void write(int octet) throws IOException {
        throw new IOException(reason);
      }
    };
  }

  /// Words of what is special to somebody.
  private static String oddWord(Random random) {
    List<String> pieces =
        List.of(
            " ", "  ", "\"", "\\", "*", "SET", "GET", "OK", "u{41}", "n", "'", "é", "😀", "\u2028",
            "\u00a0", "0", "-", "+", "a");
    var word = new StringBuilder();
    int count = 1 + random.nextInt(6);
    for (int i = 0; i < count; i++) {
      word.append(pieces.get(random.nextInt(pieces.size())));
    }
    return word.toString();
  }

  /// What a server reads.
  private static List<Command> commands(String lines) {
    var parser = new LineParser();
    List<Command> commands = new ArrayList<>();
    for (String line : lines.split("\n", -1)) {
      byte[] bytes = line.getBytes(UTF_8);
      Message message = parser.parse(bytes, 0, bytes.length, 0);
      if (message != null) {
        assertThat(message).as(line).isInstanceOf(Message.Request.class);
        commands.add(((Message.Request) message).command());
      }
    }
    return commands;
  }
}
