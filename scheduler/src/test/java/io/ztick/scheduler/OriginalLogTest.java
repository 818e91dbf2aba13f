package io.ztick.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginalLogTest {
  private static final long NOW = 1_000_000;
  private static final long LATER = NOW + 1;
  private static final long SEED = 1;

  private static final int SHELL = 0;
  private static final int AMQP = 1;
  private static final int HTTP = 4;
  private static final int REDIS = 5;

  private static final Outcome LATE = Outcome.failed("imported late");

  /// The whole vectors of the original's tests, each behind its length.
  private static final List<byte[]> VECTORS =
      List.of(
          hex("00000010 0000 04746f746f 1647bb5ceee15000 00"),
          hex("00000011 0000 057461746174 1647bb5ceee15000 02"),
          hex("00000011 01 0001 74 0004 746f746f 00 0004 74697469"),
          hex("00000006 02 0003 666f6f"),
          hex("00000006 03 0003 626172"),
          hex("00000017 01 0002 7461 0003 746f74 01 0005 7469746974 0000 0001 61"),
          hex(
              "00000020 01 0001 61 0001 62 05 0009 72656469733a2f2f78"
                  + " 0007 5055424c495348 0002 6368"),
          hex("00000019 01 0001 61 0001 62 02 0009 2f62696e2f6563686f 0001 0002 6869"));

  @TempDir Path directory;

  private final List<OriginalLog.Problem> problems = new ArrayList<>();
  private OriginalLog log = new OriginalLog(problems::add);

  private void restart() {
    problems.clear();
    log = new OriginalLog(problems::add);
  }

  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  private static byte[] join(byte[]... parts) {
    var joined = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      joined.writeBytes(part);
    }
    return joined.toByteArray();
  }

  private static byte[] joinAll(List<byte[]> parts) {
    return join(parts.toArray(byte[][]::new));
  }

  private static byte[] frame(byte[]... payload) {
    byte[] joined = join(payload);
    return join(ByteBuffer.allocate(4).putInt(joined.length).array(), joined);
  }

  private static byte[] string(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return join(ByteBuffer.allocate(2).putShort((short) bytes.length).array(), bytes);
  }

  private static byte[] one(int value) {
    return new byte[] {(byte) value};
  }

  private static byte[] job(String id, long nanos, int status) {
    byte[] time = ByteBuffer.allocate(8).putLong(nanos).array();
    return frame(one(0), string(id), time, one(status));
  }

  private static byte[] job(String id, long nanos) {
    return job(id, nanos, 0);
  }

  private static byte[] rule(String id, String pattern, int runner, String... words) {
    byte[] fields = joinAll(Arrays.stream(words).map(OriginalLogTest::string).toList());
    return frame(one(1), string(id), string(pattern), one(runner), fields);
  }

  private static byte[] rule(String id, String pattern) {
    return rule(id, pattern, SHELL, "true");
  }

  private static byte[] jobRemoved(String id) {
    return frame(one(2), string(id));
  }

  private static byte[] ruleRemoved(String id) {
    return frame(one(3), string(id));
  }

  private Path read(byte[]... frames) throws IOException {
    Path file = directory.resolve("logfile");
    Files.write(file, join(frames));
    log.read(file);
    return file;
  }

  private List<Change> changes(OriginalLog.Past past) {
    List<Change> changes = new ArrayList<>();
    log.changes(NOW, past, changes::add);
    return changes;
  }

  private List<Change> changes() {
    return changes(OriginalLog.Past.HOLD);
  }

  private OriginalLog.Summary summary() {
    return log.changes(NOW, OriginalLog.Past.HOLD, _ -> {});
  }

  private List<String> texts() {
    return problems.stream().map(OriginalLog.Problem::text).toList();
  }

  private static Change planned(String job, long nanos, long plan) {
    return new Change.JobPlanned(job, nanos, plan);
  }

  private static Change finished(String job, long plan, Outcome outcome) {
    return new Change.JobFinished(job, plan, 0, null, 0, NOW, outcome);
  }

  private static Change ruleSet(String id, String pattern) {
    return new Change.RuleSet(new Rule(id, pattern, new Runner.Shell("true")));
  }

  @Test
  void vectors_of_the_original_become_its_jobs_and_rules() throws Exception {
    Path file = read(joinAll(VECTORS));

    long nanos = 1_605_457_800_000_000_000L;
    List<Change> changes = new ArrayList<>();
    var summary = log.changes(nanos - 1, OriginalLog.Past.HOLD, changes::add);
    assertThat(changes)
        .containsExactly(
            new Change.RuleSet(new Rule("t", "toto", new Runner.Shell("titi"))),
            new Change.RuleSet(new Rule("a", "b", new Runner.Direct("/bin/echo", List.of("hi")))),
            planned("toto", nanos, 1),
            planned("tatat", nanos, 2),
            new Change.JobFinished("tatat", 2, 0, null, 0, nanos - 1, Outcome.OK));
    assertThat(problems)
        .containsExactly(
            new OriginalLog.Problem(
                file,
                20 + 21 + 21 + 10 + 10,
                "frame 6: rule \"ta\": \"titit\" is no URL of amqp or amqps"));
    assertThat(summary).isEqualTo(new OriginalLog.Summary(8, 1, 1, 0, 1, 2, 0, 0));
  }

  @Nested
  class Reading {
    @Test
    void last_state_wins() throws Exception {
      read(
          job("a", LATER),
          rule("r", "x"),
          job("a", LATER + 1),
          rule("r", "y"),
          job("b", LATER),
          jobRemoved("b"),
          rule("s", "x"),
          ruleRemoved("s"),
          jobRemoved("never there"),
          job("c", LATER),
          jobRemoved("c"),
          job("c", LATER + 2));

      assertThat(changes())
          .containsExactly(
              ruleSet("r", "y"), planned("a", LATER + 1, 1), planned("c", LATER + 2, 2));
      assertThat(problems).isEmpty();
    }

    @Test
    void jobs_and_rules_come_in_the_order_in_which_they_were_set_last() throws Exception {
      read(
          job("a", LATER + 9),
          rule("r", "x"),
          rule("s", "x"),
          job("b", LATER + 5),
          rule("r", "x"),
          job("a", LATER + 7));

      assertThat(changes())
          .containsExactly(
              ruleSet("s", "x"),
              ruleSet("r", "x"),
              planned("b", LATER + 5, 1),
              planned("a", LATER + 7, 2));
    }

    @Test
    void job_and_rule_of_one_id_are_two_things() throws Exception {
      read(job("x", LATER), rule("x", "p"), job("y", LATER), rule("y", "p"));
      log.read(Files.write(directory.resolve("more"), join(jobRemoved("x"), ruleRemoved("y"))));

      assertThat(changes()).containsExactly(ruleSet("x", "p"), planned("y", LATER, 1));
    }

    @Test
    void files_are_one_log_in_the_order_in_which_they_are_read() throws Exception {
      Path compressed = directory.resolve("logfile.compressed");
      Path toCompress = directory.resolve("logfile.to_compress");
      Files.write(compressed, join(job("a", LATER), job("b", LATER), one(0)));
      Files.write(toCompress, join(jobRemoved("b"), job("a", LATER + 1), one(0), one(0)));

      log.read(compressed);
      log.read(toCompress);
      Path last = read(frame(), job("c", LATER));

      assertThat(changes()).containsExactly(planned("a", LATER + 1, 1), planned("c", LATER, 2));
      assertThat(problems)
          .containsExactly(
              new OriginalLog.Problem(compressed, 32 + 2, "torn tail of 1 bytes"),
              new OriginalLog.Problem(toCompress, 8 + 17, "torn tail of 2 bytes"),
              new OriginalLog.Problem(last, 0, "frame 1: type has 0 bytes of the 1 expected"));
      assertThat(summary()).isEqualTo(new OriginalLog.Summary(6, 3, 2, 0, 0, 0, 0, 0));
    }

    @Test
    void empty_file_is_an_empty_log() throws Exception {
      read();

      assertThat(changes()).isEmpty();
      assertThat(summary()).isEqualTo(new OriginalLog.Summary(0, 0, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void changes_can_be_asked_for_again() throws Exception {
      read(job("a", NOW), rule("r", "x"));

      assertThat(changes()).isEqualTo(changes()).hasSize(3);
    }

    @Test
    void file_that_cannot_be_read_is_named() {
      assertThatThrownBy(() -> log.read(directory.resolve("none")))
          .isInstanceOf(NoSuchFileException.class)
          .hasMessageContaining("none");
      assertThatThrownBy(() -> log.read(directory))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(directory.toString());
    }
  }

  @Nested
  class Times {
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void job_that_is_due_already_fails_unless_it_is_to_run(int status) throws Exception {
      read(job("before", NOW - 1, status), job("now", NOW, status), job("later", LATER, status));

      assertThat(changes(OriginalLog.Past.HOLD))
          .containsExactly(
              planned("before", NOW - 1, 1),
              finished("before", 1, LATE),
              planned("now", NOW, 2),
              finished("now", 2, LATE),
              planned("later", LATER, 3));
      assertThat(changes(OriginalLog.Past.RUN))
          .containsExactly(
              planned("before", NOW - 1, 1), planned("now", NOW, 2), planned("later", LATER, 3));
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, NOW, LATER, Long.MAX_VALUE})
    void job_that_ended_stays_ended_whatever_its_time(long nanos) throws Exception {
      read(job("good", nanos, 2), job("bad", nanos, 3));

      for (var past : OriginalLog.Past.values()) {
        assertThat(changes(past))
            .containsExactly(
                planned("good", nanos, 1),
                finished("good", 1, Outcome.OK),
                planned("bad", nanos, 2),
                finished("bad", 2, Outcome.failed("failed before it was imported")));
      }
    }

    @Test
    void jobs_are_counted_by_what_becomes_of_them() throws Exception {
      read(
          job("1", LATER),
          job("2", NOW),
          job("3", LATER, 1),
          job("4", NOW, 1),
          job("5", NOW, 1),
          job("6", LATER, 2),
          job("7", NOW, 3),
          job("8", NOW, 2),
          job("9", NOW, 2));

      assertThat(summary()).isEqualTo(new OriginalLog.Summary(9, 0, 2, 3, 4, 0, 0, 0));
      assertThat(log.changes(NOW, OriginalLog.Past.RUN, _ -> {}))
          .isEqualTo(new OriginalLog.Summary(9, 0, 5, 0, 4, 0, 0, 0));
    }

    @Test
    void scheduler_on_the_changes_runs_what_is_to_run_and_nothing_else() throws Exception {
      read(rule("r", "a"), job("a.late", NOW), job("a.new", LATER), job("a.ok", 1, 2));
      var journal = new HeldJournal();
      log.changes(NOW, OriginalLog.Past.HOLD, journal::append);
      journal.syncAll();
      var limits = new Scheduler.Limits(9, 9, Long.MAX_VALUE, 9, 9, Duration.ZERO);

      var scheduler = new Scheduler(limits, journal, List.of());
      scheduler.fire(LATER, 9);
      journal.syncAll();

      assertThat(scheduler.start(LATER)).extracting(Run::job).containsExactly("a.new");
      Job late = scheduler.job("a.late");
      assertThat(late == null ? null : late.attempt())
          .isEqualTo(new Job.Attempt(0, null, 0, NOW, LATE));
    }
  }

  @Nested
  class RuleSets {
    @ParameterizedTest
    @CsvSource({
      "a,    a,     ab,   x",
      "a*,   a**,   a*b,  ab",
      "*,    **,    *b,   b",
      "a**,  a***,  a**b, a*b",
      "a*b,  a*b,   a*bc, axb"
    })
    void pattern_keeps_its_meaning(String original, String pattern, String matching, String other)
        throws Exception {
      read(rule("r", original));
      var rules = new Rules();
      log.changes(
          NOW, OriginalLog.Past.HOLD, change -> rules.put(((Change.RuleSet) change).rule()));

      assertThat(changes()).containsExactly(ruleSet("r", pattern));
      assertThat(rules.match(matching)).isNotNull();
      assertThat(rules.match(other)).isNull();
      assertThat(summary().starred()).isEqualTo(original.endsWith("*") ? 1 : 0);
    }

    @Test
    void every_runner_is_taken_over() throws Exception {
      read(
          rule("1", "p", SHELL, "echo a  b"),
          rule("2", "p", AMQP, "amqp://u:p@h/v", "", "key"),
          frame(hex("01 0001 33 0001 70 02 0001 78 0002 0000 0001 79")),
          frame(hex("01 0001 34 0001 70 03 0001 77 0002 0003 613d62 0002 633d")),
          rule("5", "p", HTTP, "DELETE", "https://h/x"),
          rule("6", "p", REDIS, "redis://h", "SET", "key"));

      List<Runner> runners = new ArrayList<>();
      var summary =
          log.changes(
              NOW,
              OriginalLog.Past.HOLD,
              change -> runners.add(((Change.RuleSet) change).rule().runner()));
      assertThat(runners)
          .containsExactly(
              Runner.parse(List.of("shell", "echo a  b")),
              Runner.parse(List.of("amqp", "amqp://u:p@h/v", "", "key")),
              Runner.parse(List.of("direct", "x", "", "y")),
              Runner.parse(List.of("awf", "w", "--input", "a=b", "--input", "c=")),
              Runner.parse(List.of("http", "DELETE", "https://h/x")),
              Runner.parse(List.of("redis", "redis://h", "SET", "key")));
      assertThat(summary).isEqualTo(new OriginalLog.Summary(6, 0, 0, 0, 0, 6, 2, 0));
    }

    @Test
    void refused_rule_takes_its_earlier_state_with_it() throws Exception {
      read(rule("r", "x"), rule("s", "x"), rule("r", "x", HTTP, "get", "http://h/"));

      assertThat(changes()).containsExactly(ruleSet("s", "x"));
      assertThat(texts())
          .containsExactly(
              "frame 3: rule \"r\": \"get\" is no method of http; one of [GET, POST, PUT, DELETE]"
                  + " is expected; what the rule was before is left out as well");
    }

    @Test
    void rule_that_does_not_decode_leaves_its_earlier_state() throws Exception {
      read(rule("r", "x"), frame(hex("01 0001 72 0001 79 00 0001 ff")));

      assertThat(changes()).containsExactly(ruleSet("r", "x"));
      assertThat(texts()).containsExactly("frame 2: command is not UTF-8");
    }

    @Test
    void refused_rule_may_be_put_right_later() throws Exception {
      read(rule("r", "x", SHELL, " "), rule("r", "y"));

      assertThat(changes()).containsExactly(ruleSet("r", "y"));
      assertThat(texts()).containsExactly("frame 1: rule \"r\": \"shell\" takes a command");
    }
  }

  @Nested
  class Refusals {
    private static final String IDENTIFIER = " has 1 to 255 bytes and no control characters, not ";

    private static String longest() {
      return "ü".repeat(127) + "x";
    }

    static Stream<Arguments> identifiers() {
      return Stream.of(
          Arguments.of("", "\"\""),
          Arguments.of("a\0", "\"a\\u{0}\""),
          Arguments.of("a\nb", "\"a\\u{a}b\""),
          Arguments.of("\u001f", "\"\\u{1f}\""),
          Arguments.of("\u007f", "\"\\u{7f}\""),
          Arguments.of("\u0080", "\"\\u{80}\""),
          Arguments.of("\u009fa\u202e", "\"\\u{9f}a\\u{202e}\""),
          Arguments.of("\"\\\u2028\r", "\"\\\"\\\\\\u{2028}\\u{d}\""));
    }

    @ParameterizedTest
    @MethodSource("identifiers")
    void id_that_cannot_be_one_here_is_refused_and_shown_on_one_line(String id, String shown)
        throws Exception {
      Path file = read(job("good", LATER), job(id, LATER), rule(id, "p"), rule("r", id));

      assertThat(changes()).containsExactly(planned("good", LATER, 1));
      assertThat(texts())
          .containsExactly(
              "frame 2: a job" + IDENTIFIER + shown,
              "frame 3: a rule" + IDENTIFIER + shown,
              "frame 4: rule \"r\": a pattern" + IDENTIFIER + shown);
      assertThat(problems).allMatch(problem -> problem.file().equals(file));
      assertThat(problems.getFirst().offset()).isEqualTo(job("good", LATER).length);
    }

    @Test
    void removal_of_what_was_refused_is_no_second_problem() throws Exception {
      read(job("a\n", LATER), jobRemoved("a\n"), ruleRemoved(""));

      assertThat(problems).hasSize(1);
    }

    @Test
    void identifiers_have_at_most_255_bytes() throws Exception {
      read(job(longest(), LATER), rule(longest(), longest()));
      assertThat(problems).isEmpty();
      assertThat(changes()).hasSize(2);

      restart();
      String tooLong = longest() + "x";
      read(job(tooLong, LATER), rule(tooLong, "p"), rule("r", tooLong));
      assertThat(changes()).isEmpty();
      String shown = '"' + "ü".repeat(64) + "\"...";
      assertThat(texts())
          .containsExactly(
              "frame 1: a job" + IDENTIFIER + shown,
              "frame 2: a rule" + IDENTIFIER + shown,
              "frame 3: rule \"r\": a pattern" + IDENTIFIER + shown);
    }

    @Test
    void pattern_has_room_for_the_star_that_keeps_its_meaning() throws Exception {
      read(rule("r", "x".repeat(253) + "*"));
      assertThat(changes()).containsExactly(ruleSet("r", "x".repeat(253) + "**"));

      restart();
      read(rule("r", "x".repeat(254) + "*"));
      assertThat(changes()).isEmpty();
      assertThat(problems).hasSize(1);
    }

    @Test
    void refused_runner_is_reported_without_its_password() throws Exception {
      read(
          rule("1", "p", AMQP, "amqp://guest:secret@h:65536/", "", ""),
          frame(
              one(1),
              string("2"),
              string("p"),
              one(3),
              string("w"),
              hex("0001"),
              string("http://u:secret@h")));

      assertThat(texts())
          .containsExactly(
              "frame 1: rule \"1\": \"amqp://guest:***@h:65536/\" is no URL of amqp or amqps",
              "frame 2: rule \"2\": \"http://u:***@h\" stands where key=value is expected");
    }

    @ParameterizedTest
    @ValueSource(ints = {SHELL, HTTP})
    void runner_that_cannot_be_run_is_refused(int runner) throws Exception {
      String[] words = runner == SHELL ? new String[] {"a\0b"} : new String[] {"PATCH", "http://h"};
      read(rule("r", "p", runner, words));

      assertThat(changes()).isEmpty();
      assertThat(texts())
          .containsExactly(
              runner == SHELL
                  ? "frame 1: rule \"r\": the word \"a\\u{0}b\" holds a NUL"
                  : "frame 1: rule \"r\": \"PATCH\" is no method of http; one of"
                      + " [GET, POST, PUT, DELETE] is expected");
    }
  }

  @Nested
  class Damage {
    @Test
    void file_that_is_torn_anywhere_gives_all_whole_frames_and_one_problem() throws Exception {
      List<byte[]> frames = new ArrayList<>();
      List<Integer> ends = new ArrayList<>(List.of(0));
      for (int i = 0; i < 6; i++) {
        frames.add(job("job" + i, LATER));
        ends.add(ends.getLast() + frames.getLast().length);
      }
      byte[] whole = joinAll(frames);
      for (int cut = 0; cut <= whole.length; cut++) {
        restart();
        Path file = read(Arrays.copyOf(whole, cut));

        int length = cut;
        int end = ends.stream().filter(each -> each <= length).reduce(0, Math::max);
        assertThat(summary().frames()).as("cut at %d", cut).isEqualTo(ends.indexOf(end));
        assertThat(changes()).as("cut at %d", cut).hasSize(ends.indexOf(end));
        if (cut == end) {
          assertThat(problems).as("cut at %d", cut).isEmpty();
        } else {
          assertThat(problems).as("cut at %d", cut).hasSize(1);
          var torn = problems.getFirst();
          assertThat(torn.file()).isEqualTo(file);
          assertThat(torn.offset()).as("cut at %d", cut).isEqualTo(end);
          assertThat(torn.text()).startsWith("torn tail of " + (cut - end) + " bytes");
        }
      }
    }

    @Test
    void bad_frame_is_skipped() throws Exception {
      byte[] bad = frame(one(9));
      Path file = read(job("a", LATER), bad, bad, job("b", LATER));

      assertThat(changes()).containsExactly(planned("a", LATER, 1), planned("b", LATER, 2));
      int length = job("a", LATER).length;
      assertThat(problems)
          .containsExactly(
              new OriginalLog.Problem(file, length, "frame 2: type is 9 where 0 to 3 is expected"),
              new OriginalLog.Problem(
                  file, length + bad.length, "frame 3: type is 9 where 0 to 3 is expected"));
    }

    @ParameterizedTest
    @CsvSource({"ffffffff, 4294967295", "80000000, 2147483648", "7fffffff, 2147483647"})
    void length_beyond_the_file_is_a_torn_tail(String header, long length) throws Exception {
      Path file = read(job("a", LATER), hex(header), job("b", LATER));

      assertThat(changes()).containsExactly(planned("a", LATER, 1));
      assertThat(problems)
          .containsExactly(
              new OriginalLog.Problem(
                  file,
                  17,
                  "torn tail of 21 bytes: frame 2 has 17 bytes of the " + length + " expected"));
    }

    @Test
    void payload_of_the_longest_length_is_read_and_a_longer_one_is_skipped() throws Exception {
      read(frame(largeRule(OriginalLog.MAX_PAYLOAD_BYTES)), job("b", LATER));
      assertThat(changes()).hasSize(2);
      assertThat(problems).isEmpty();

      restart();
      read(frame(largeRule(OriginalLog.MAX_PAYLOAD_BYTES + 1)), job("b", LATER));
      assertThat(changes()).containsExactly(planned("b", LATER, 1));
      assertThat(texts())
          .containsExactly("frame 1: 2097153 bytes where at most 2097152 are expected");
    }

    @Test
    void longer_payload_that_is_torn_is_a_torn_tail() throws Exception {
      byte[] large = frame(largeRule(OriginalLog.MAX_PAYLOAD_BYTES + 100_000));
      Path file = read(Arrays.copyOf(large, large.length - 1));

      assertThat(problems)
          .containsExactly(
              new OriginalLog.Problem(
                  file,
                  0,
                  "torn tail of 2197155 bytes: frame 1 has 2197151 bytes of the 2197152 expected"));
    }

    /// A `direct` rule with arguments of 1022 bytes and a last one that fills it up.
    private static byte[] largeRule(int length) {
      byte[] start = hex("01 0001 72 0001 70 02 0001 78");
      int room = length - start.length - 2;
      int count = room / 1024;
      var rule = ByteBuffer.allocate(length).put(start).putShort((short) count);
      for (int left = count; left > 0; left--) {
        int bytes = left == 1 ? rule.remaining() - 2 : 1022;
        rule.put(string("y".repeat(bytes)));
      }
      return rule.array();
    }

    @Test
    void any_bytes_are_read_to_their_end() throws Exception {
      var random = new Random(SEED);
      for (int step = 0; step < 1_000; step++) {
        byte[] bytes = garbage(random);
        restart();
        try {
          read(bytes);
          var state = new State(List.of());
          var summary = log.changes(NOW, OriginalLog.Past.HOLD, state::apply);
          assertThat(summary.problems()).isEqualTo(problems.size());
          assertThat(summary.planned() + summary.held() + summary.finished())
              .isEqualTo(state.jobs().size());
          assertThat(summary.rules()).isEqualTo(state.rules().size());
          assertThat(texts()).allMatch(text -> text.chars().noneMatch(Character::isISOControl));
          assertThat(problems).allMatch(each -> each.offset() < bytes.length);
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError(
              "seed %d, step %d: %s".formatted(SEED, step, HexFormat.of().formatHex(bytes)), e);
        }
      }
    }

    /// Bytes without sense, frames without sense, or good frames of which some bytes were changed.
    private static byte[] garbage(Random random) {
      List<byte[]> parts = new ArrayList<>();
      for (int count = random.nextInt(12); count > 0; count--) {
        byte[] noise = new byte[random.nextInt(40)];
        random.nextBytes(noise);
        byte[] good = VECTORS.get(random.nextInt(VECTORS.size())).clone();
        switch (random.nextInt(8)) {
          case 0 -> parts.add(noise);
          case 1, 2 -> parts.add(frame(one(random.nextInt(5)), noise));
          case 3, 4 -> parts.add(good);
          default -> {
            for (int changed = random.nextInt(4); changed > 0; changed--) {
              good[random.nextInt(4, good.length)] = (byte) random.nextInt();
            }
            parts.add(good);
          }
        }
      }
      return joinAll(parts);
    }
  }
}
