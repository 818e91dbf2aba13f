package io.ztick.scheduler;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordsTest {
  private static final Rule RULE = new Rule("r", "*", new Runner.Shell("true"));
  private static final int MAX_ID_BYTES = 255;

  private static Change.JobPlanned planned(String job, long plan) {
    return new Change.JobPlanned(job, 1_000 + plan, plan);
  }

  private static Change.JobTriggered triggered(String job, long plan, int attempt) {
    return new Change.JobTriggered(job, plan, attempt, RULE);
  }

  private static Change.JobFinished finished(String job, long plan, int attempt) {
    String rule = attempt == 0 ? null : RULE.id();
    return new Change.JobFinished(job, plan, attempt, rule, 2_000, 3_000, Outcome.exit(3));
  }

  private static List<Change> replayed(List<Change> changes) {
    return RecordMap.of(changes).changes();
  }

  @Test
  void what_a_job_has_been_through_comes_back_job_by_job_and_rules_behind() {
    List<Change> planned = List.of(planned("planned", 1));
    List<Change> triggered = List.of(planned("triggered", 2), triggered("triggered", 2, 7));
    List<Change> executed =
        List.of(planned("done", 3), new Change.JobFinished("done", 3, 1, "r", 5, 6, Outcome.OK));
    List<Change> failed = List.of(planned("failed", 4), finished("failed", 4, 0));
    Change rule = new Change.RuleSet(new Rule("a", "a.", new Runner.Shell("old")));
    Change replaced = new Change.RuleSet(new Rule("a", "b.", new Runner.Shell("new")));
    List<Change> all = new ArrayList<>(List.of(rule, new Change.RuleSet(RULE), replaced));
    all.addAll(List.of(planned("done", 3), triggered("done", 3, 1)));
    List.of(planned, triggered, executed, failed).forEach(all::addAll);
    all.addAll(List.of(planned("gone", 5), new Change.JobRemoved("gone")));
    all.addAll(List.of(new Change.RuleSet(rule("gone")), new Change.RuleRemoved("gone")));

    List<Change> expected = new ArrayList<>();
    List.of(executed, failed, planned, triggered).forEach(expected::addAll);
    expected.addAll(List.of(replaced, new Change.RuleSet(RULE)));
    assertThat(RecordMap.of(all).changes()).isEqualTo(expected);
  }

  private static Rule rule(String id) {
    return new Rule(id, RULE.pattern(), RULE.runner());
  }

  @Test
  void state_that_was_written_is_the_one_that_comes_back() {
    List<Change> history = History.of(1, 5_000);
    State live = new State(List.of());
    RecordMap map = new RecordMap();
    for (int i = 0; i < history.size(); i++) {
      live.apply(history.get(i));
      map.write(history.subList(i, i + 1));
      if (i % 100 == 0) {
        State replayed = new State(List.of());
        map.read(replayed);
        assertThat(shown(replayed)).as("after %s changes", i + 1).isEqualTo(shown(live));
      }
    }
  }

  private static List<Object> shown(State state) {
    List<Object> shown = new ArrayList<>(state.rules().list(null, Integer.MAX_VALUE));
    for (Job job : state.jobs().list("", null, Integer.MAX_VALUE)) {
      shown.add(
          Arrays.asList(job.id(), job.status(), job.runId(), job.attempt(), job.triggeredRule()));
    }
    return shown;
  }

  @Test
  void tokens_come_back_behind_the_rest_as_they_were_last() {
    Change first = new Change.TokenStored("tok_1", "name a\n");
    Change last = new Change.TokenStored("tok_1", "name \u00fc\n");
    Change other = new Change.TokenStored("tok_0", "");
    Change gone = new Change.TokenStored("tok_2", "name gone\n");
    List<Change> all =
        List.of(
            gone,
            first,
            other,
            new Change.RuleSet(RULE),
            last,
            planned("a", 1),
            new Change.TokenRemoved("tok_2"));

    assertThat(replayed(all))
        .containsExactly(planned("a", 1), new Change.RuleSet(RULE), other, last);
  }

  @Test
  void numbers_at_both_ends_of_their_range_come_back() {
    List<Change> changes = new ArrayList<>();
    for (long nanos : new long[] {Long.MIN_VALUE, -1, 0, 1, Long.MAX_VALUE}) {
      long plan = Long.MAX_VALUE;
      int attempt = Integer.MAX_VALUE;
      changes.add(new Change.JobPlanned("done " + nanos, nanos, plan));
      changes.add(
          new Change.JobFinished(
              "done " + nanos, plan, attempt, "r", nanos, ~nanos, Outcome.TIMEOUT));
      changes.add(new Change.JobPlanned("triggered " + nanos, nanos, plan));
      changes.add(new Change.JobTriggered("triggered " + nanos, plan, attempt, RULE));
    }

    assertThat(replayed(changes)).containsExactlyInAnyOrderElementsOf(changes);
    assertThat(RecordMap.of(changes).read(_ -> {}).lastPlan()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void every_character_may_stand_in_an_id_and_jobs_come_in_the_order_of_their_bytes() {
    List<Change> changes = new ArrayList<>();
    var id = new StringBuilder();
    int bytes = 0;
    for (int character = 1; character <= Character.MAX_CODE_POINT; character++) {
      if (character < Character.MIN_SURROGATE || character > Character.MAX_SURROGATE) {
        bytes += Character.toString(character).getBytes(UTF_8).length;
        if (bytes > MAX_ID_BYTES) {
          changes.add(planned(id.toString(), changes.size() + 1));
          id.setLength(0);
          bytes = Character.toString(character).getBytes(UTF_8).length;
        }
        id.appendCodePoint(character);
      }
    }

    assertThat(replayed(changes)).hasSizeGreaterThan(16_000).isEqualTo(changes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "é", "€", "\ud83d\ude00", "\ufffd", "\uffff", "\u0001"})
  void ids_of_every_length_come_back_apart_from_each_other(String character) {
    List<Change> changes = new ArrayList<>();
    int length = character.getBytes(UTF_8).length;
    for (int count = 1; count * length <= MAX_ID_BYTES; count++) {
      String id = character.repeat(count);
      changes.add(planned(id, count));
      changes.add(count % 2 == 0 ? triggered(id, count, 1) : finished(id, count, 1));
    }
    changes.add(new Change.RuleSet(rule(character.repeat(MAX_ID_BYTES / length))));

    assertThat(replayed(changes)).isEqualTo(changes);
  }

  static List<Runner> runners() {
    return List.of(
        new Runner.Shell("echo 'a'  \"b\"\n\t\\ \ud83d\ude00 \u0001"),
        new Runner.Shell(" " + "x".repeat(65_000)),
        new Runner.Direct("/bin/true", List.of()),
        new Runner.Direct("a b", List.of("", "\"", "'", "\n", "\ud83d\ude00\ufffd", "--", "")),
        new Runner.Http(Runner.Http.Method.DELETE, URI.create("HTTP://u:p%20@[::1]:80/x?y=z#%00")),
        new Runner.Http(Runner.Http.Method.GET, URI.create("https://example.com")),
        new Runner.Awf("deploy", List.of()),
        new Runner.Awf("deploy\n", List.of("a=", "b=\"c\"=\ud83d\ude00\n", " =")),
        new Runner.Amqp(URI.create("amqps://[fe80::1]"), "", ""),
        new Runner.Amqp(URI.create("amqp://u:p@h:1/%2f"), "\n\"", "\ud83d\ude00"),
        new Runner.Redis(URI.create("redis://h/0"), Runner.Redis.Verb.PUBLISH, " "),
        new Runner.Redis(URI.create("rediss://:p@h"), Runner.Redis.Verb.SET, "\n\ud83d\ude00"));
  }

  @ParameterizedTest
  @MethodSource("runners")
  void every_runner_comes_back_with_its_words(Runner runner) {
    Rule rule = new Rule("\ud83d\ude00", "\n\"a*", runner);
    List<Change> changes =
        List.of(
            planned("a", 1), new Change.JobTriggered("a", 1, 1, rule), new Change.RuleSet(rule));

    assertThat(replayed(changes)).isEqualTo(changes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ok", "cannot start: \"x\"\n", "\ud83d\ude00\ufffd"})
  void every_outcome_comes_back(String text) {
    for (int filling = Outcome.MAX_CHARS - 2; filling <= Outcome.MAX_CHARS + 1; filling++) {
      Outcome filled = Outcome.failed("x".repeat(filling) + text);
      List<Change> changes =
          List.of(
              planned("a", 1),
              new Change.JobFinished("a", 1, 0, null, 0, 1, new Outcome(true, text)),
              planned("b", 2),
              new Change.JobFinished("b", 2, 0, null, 0, 1, filled));

      assertThat(replayed(changes)).isEqualTo(changes);
    }
  }

  @Test
  void what_was_done_for_an_older_plan_does_not_come_back() {
    List<Change> old = List.of(planned("a", 1), triggered("a", 1, 1), finished("a", 1, 1));
    List<Change> changes = new ArrayList<>(old);
    changes.add(planned("a", 2));
    assertThat(replayed(changes)).as("planned anew").containsExactly(planned("a", 2));

    changes.add(triggered("a", 2, 1));
    assertThat(replayed(changes))
        .as("triggered again")
        .containsExactly(planned("a", 2), triggered("a", 2, 1));

    changes.add(planned("a", 3));
    changes.add(finished("a", 3, 0));
    assertThat(replayed(changes))
        .as("finished without a rule")
        .containsExactly(planned("a", 3), finished("a", 3, 0));

    changes.add(new Change.JobRemoved("a"));
    changes.add(planned("a", 4));
    assertThat(replayed(changes)).as("removed and planned").containsExactly(planned("a", 4));
  }

  @Test
  void attempts_take_each_others_place() {
    List<Change> changes = new ArrayList<>();
    changes.addAll(List.of(planned("a", 1), triggered("a", 1, 1), triggered("a", 1, 2)));
    assertThat(replayed(changes)).containsExactly(planned("a", 1), triggered("a", 1, 2));

    changes.add(finished("a", 1, 2));
    assertThat(replayed(changes)).containsExactly(planned("a", 1), finished("a", 1, 2));
  }

  @Test
  void removed_jobs_and_rules_leave_no_record() {
    List<Change> changes =
        List.of(
            planned("a", 1),
            planned("b", 2),
            triggered("b", 2, 1),
            planned("c", 3),
            triggered("c", 3, 1),
            finished("c", 3, 1),
            new Change.RuleSet(RULE),
            new Change.RuleRemoved(RULE.id()),
            new Change.JobRemoved("a"),
            new Change.JobRemoved("b"),
            new Change.JobRemoved("c"));

    assertThat(RecordMap.of(changes).records().keySet())
        .extracting(key -> new String(key, UTF_8))
        .containsExactly("Mcount", "Mformat", "Mlast");
  }

  @Test
  void jobs_that_hold_the_same_rule_share_it() {
    List<Change> changes = new ArrayList<>();
    for (int plan = 1; plan <= 1_000; plan++) {
      String job = "job " + plan;
      Rule same = new Rule("r", "*", new Runner.Shell("sleep " + plan % 2));
      changes.addAll(List.of(planned(job, plan), new Change.JobTriggered(job, plan, 1, same)));
    }

    Map<Rule, List<Rule>> rules =
        replayed(changes).stream()
            .filter(Change.JobTriggered.class::isInstance)
            .map(change -> ((Change.JobTriggered) change).rule())
            .collect(Collectors.groupingBy(rule -> rule));
    assertThat(rules).hasSize(2);
    for (List<Rule> same : rules.values()) {
      assertThat(same).hasSize(500).allSatisfy(rule -> assertThat(rule).isSameAs(same.getFirst()));
    }
  }

  @Test
  void plans_are_numbered_on_behind_the_highest_whatever_became_of_it() {
    RecordMap map =
        RecordMap.of(List.of(planned("a", 8), planned("b", 9), new Change.JobRemoved("b")));
    assertThat(map.read(_ -> {}).lastPlan()).isEqualTo(9);

    map.write(List.of(new Change.JobRemoved("a")));
    assertThat(map.changes()).isEmpty();
    assertThat(map.read(_ -> {}).lastPlan()).isEqualTo(9);
    assertThat(map.read(_ -> {}).last()).isEqualTo(4);
  }

  @Test
  void empty_journal_has_no_changes() {
    RecordMap map = new RecordMap();

    assertThat(map.changes()).isEmpty();
    assertThat(map.read(_ -> {}).last()).isZero();
    assertThat(map.read(_ -> {}).lastPlan()).isZero();
  }

  @Test
  void batch_that_is_missing_between_others_is_missed() {
    List<List<Change>> batches =
        List.of(
            List.of(planned("a", 1), planned("b", 2)),
            List.of(planned("b", 3), planned("c", 4), planned("c", 5)),
            List.of(planned("a", 6)));
    for (int lost = 0; lost < 2; lost++) {
      RecordMap whole = new RecordMap();
      RecordMap part = new RecordMap();
      for (int i = 0; i < batches.size(); i++) {
        whole.write(batches.get(i));
        if (i != lost) {
          write(batches.get(i), whole.read(_ -> {}), part);
        }
      }
      assertThat(whole.changes()).hasSize(3);
      assertThatThrownBy(() -> part.readOrRefuse(_ -> {}))
          .isInstanceOf(MalformedRecordException.class)
          .hasMessage(
              "changes are missing: the last one is number 6, and there are %d",
              6 - batches.get(lost).size());
    }
  }

  /// Writes a batch as it went to another disk.
  private static void write(List<Change> batch, RecordReader there, RecordMap map) {
    batch.forEach(change -> Records.write(change, map));
    Records.end(there.last(), batch.size(), there.lastPlan(), map);
  }

  @Test
  void journal_without_its_format_is_refused() {
    RecordMap map = RecordMap.of(List.of(planned("a", 1)));
    map.delete(Records.FORMAT_KEY);

    assertThatThrownBy(() -> map.readOrRefuse(_ -> {}))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessage("the record of the format is missing");
  }

  /// A record of every kind.
  private static RecordMap everything() {
    return RecordMap.of(
        List.of(
            planned("job", 1),
            triggered("job", 1, 1),
            planned("other", 2),
            finished("other", 2, 1),
            new Change.RuleSet(new Rule("r", "p", new Runner.Direct("true", List.of("1", "2"))))));
  }

  private static final RecordMap EVERYTHING = everything();

  /// What is said of a record when it is read behind those that come before it.
  private static @Nullable Throwable fault(byte[] key, byte[] value) {
    var reader = new RecordReader(_ -> {});
    return catchThrowable(
        () -> {
          for (var each : EVERYTHING.records().entrySet()) {
            if (Arrays.compareUnsigned(each.getKey(), key) < 0) {
              reader.read(each.getKey(), each.getValue());
            }
          }
          reader.read(key, value);
        });
  }

  private static void assertMalformed(byte[] key, byte[] value, String problem) {
    assertThat(fault(key, value))
        .as("%s -> %s", Arrays.toString(key), Arrays.toString(value))
        .isExactlyInstanceOf(MalformedRecordException.class)
        .hasMessage("record " + shown(key) + " " + problem);
  }

  private static String shown(byte[] key) {
    String shown = new String(key, ISO_8859_1);
    for (int control = 0; control < 5; control++) {
      shown = shown.replace(Character.toString(control), "\\x0" + control);
    }
    return shown.replace("\u00ff", "\\xff");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /// The value under a key when four bytes of it are another number.
  private static byte[] changed(byte[] key, int index, int number) {
    byte[] value = valueOf(key).clone();
    ByteBuffer.wrap(value).putInt(index, number);
    return value;
  }

  private static byte[] valueOf(byte[] key) {
    return Objects.requireNonNull(EVERYTHING.records().get(key));
  }

  private static final byte[] PLANNED_KEY = bytes("Jjob\0\1");
  private static final byte[] TRIGGERED_KEY = bytes("Jjob\0\2");
  private static final byte[] FINISHED_KEY = bytes("Jother\0\3");
  private static final byte[] RULE_KEY = bytes("Rr");

  @Test
  void records_lie_under_the_keys_that_are_written_of() {
    assertThat(EVERYTHING.records().keySet())
        .extracting(RecordsTest::shown)
        .containsExactly(
            "Jjob\\x00\\x01",
            "Jjob\\x00\\x02",
            "Jother\\x00\\x01",
            "Jother\\x00\\x03",
            "Mcount",
            "Mformat",
            "Mlast",
            "Rr");
  }

  @Test
  void record_that_is_cut_anywhere_is_malformed() {
    EVERYTHING
        .records()
        .forEach(
            (key, value) -> {
              for (int length = 0; length < value.length; length++) {
                assertMalformed(key, Arrays.copyOf(value, length), "ends too early");
              }
            });
  }

  @Test
  void record_that_is_too_long_is_malformed() {
    EVERYTHING
        .records()
        .forEach(
            (key, value) ->
                assertMalformed(
                    key, Arrays.copyOf(value, value.length + 1), "is longer than it should be"));
  }

  @ParameterizedTest
  @ValueSource(bytes = {0, 2, 127, -1})
  void record_of_another_format_is_malformed(byte format) {
    EVERYTHING
        .records()
        .forEach(
            (key, value) -> {
              if (!Arrays.equals(key, Records.COUNT_KEY)) {
                byte[] other = value.clone();
                other[0] = format;
                assertMalformed(
                    key, other, "has format " + format + "; this version of ztick reads format 1");
              }
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "J", "J\0", "J\0\1", "Jj", "Jjob\1", "Jjob\0", "Jjob\0\0", "Jjob\0\4", "Jjob\0\1\1",
        "M", "Mcoun", "Mcounts", "Mformats", "Mlast\0", "j", "r", "X", "\0", "\1\1\1\1"
      })
  void record_under_a_foreign_key_is_malformed(String key) {
    assertMalformed(bytes(key), valueOf(PLANNED_KEY), "is of no known kind");
  }

  @Test
  void record_of_a_job_that_is_not_there_is_malformed() {
    assertMalformed(bytes("Jk\0\2"), valueOf(TRIGGERED_KEY), "belongs to a job that is not there");
    assertMalformed(bytes("Jk\0\3"), valueOf(FINISHED_KEY), "belongs to a job that is not there");
  }

  @Test
  void rule_under_another_id_is_malformed() {
    assertMalformed(bytes("Rs"), valueOf(RULE_KEY), "holds another rule");
    assertMalformed(bytes("R"), valueOf(RULE_KEY), "holds another rule");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 24})
  void text_of_an_impossible_length_is_malformed(int length) {
    assertMalformed(RULE_KEY, changed(RULE_KEY, 1, length), "ends too early");
    assertMalformed(RULE_KEY, changed(RULE_KEY, 6, length), "ends too early");
    assertMalformed(RULE_KEY, changed(RULE_KEY, 15, length), "ends too early");
    assertMalformed(TRIGGERED_KEY, changed(TRIGGERED_KEY, 13, length), "ends too early");
    assertMalformed(FINISHED_KEY, changed(FINISHED_KEY, 13, length), "ends too early");
    assertMalformed(FINISHED_KEY, changed(FINISHED_KEY, 35, length), "ends too early");
  }

  @Test
  void clause_of_an_impossible_length_is_malformed() {
    assertMalformed(RULE_KEY, changed(RULE_KEY, 11, Integer.MAX_VALUE), "ends too early");
    assertMalformed(RULE_KEY, changed(RULE_KEY, 11, -1), "is longer than it should be");
    assertMalformed(RULE_KEY, Arrays.copyOf(changed(RULE_KEY, 11, 0), 15), "has no runner");
  }

  @Test
  void clause_that_no_rule_can_have_is_malformed() {
    byte[] value = new String(valueOf(RULE_KEY), UTF_8).replace("direct", "diract").getBytes(UTF_8);

    assertMalformed(
        RULE_KEY,
        value,
        "has a runner of which a word is no runner; shell, direct, http, awf, amqp or redis is"
            + " expected");
  }

  @Test
  void text_that_is_not_utf_8_is_malformed() {
    byte[] key = PLANNED_KEY.clone();
    key[3] = (byte) 0xff;
    assertMalformed(key, valueOf(PLANNED_KEY), "is not UTF-8");
    byte[] ruleKey = {'R', (byte) 0xff};
    assertMalformed(ruleKey, valueOf(RULE_KEY), "is not UTF-8");

    byte[] rule = valueOf(RULE_KEY).clone();
    rule[rule.length - 1] = (byte) 0xc3;
    assertMalformed(RULE_KEY, rule, "is not UTF-8");
    byte[] outcome = valueOf(FINISHED_KEY).clone();
    // A surrogate, as no UTF-8 has it.
    System.arraycopy(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}, 0, outcome, 39, 3);
    assertMalformed(FINISHED_KEY, outcome, "is not UTF-8");
  }

  @Test
  void name_of_a_record_can_be_printed() {
    byte[] key = bytes("X \\\u007f\u00e9");

    assertThat(fault(key, key)).hasMessage("record X\\x20\\x5c\\x7f\\xc3\\xa9 is of no known kind");
  }

  @Test
  void reading_goes_on_behind_a_malformed_record() throws MalformedRecordException {
    List<Change> changes = new ArrayList<>();
    var reader = new RecordReader(changes::add);
    assertThatThrownBy(() -> reader.read(bytes("Ja\0\1"), new byte[] {1}))
        .isInstanceOf(MalformedRecordException.class);
    for (var each : EVERYTHING.records().entrySet()) {
      reader.read(each.getKey(), each.getValue());
    }
    reader.end();

    assertThat(changes).isEqualTo(EVERYTHING.changes());
  }

  @Test
  void random_bytes_are_read_or_are_malformed_and_nothing_else() {
    Random random = new Random(1);
    List<byte[]> keys = List.copyOf(EVERYTHING.records().keySet());
    int malformed = 0;
    for (int i = 0; i < 100_000; i++) {
      byte[] key = keys.get(random.nextInt(keys.size()));
      byte[] value = damaged(valueOf(key), random);
      byte[] shownKey = random.nextInt(4) == 0 ? damaged(key, random) : key;
      Throwable fault = fault(shownKey, value);
      if (fault != null) {
        malformed++;
        assertThat(fault)
            .as("try %s: %s -> %s", i, Arrays.toString(shownKey), Arrays.toString(value))
            .isExactlyInstanceOf(MalformedRecordException.class)
            .hasMessageStartingWith("record ");
      }
    }
    assertThat(malformed).isBetween(50_000, 99_000);
  }

  private static byte[] damaged(byte[] bytes, Random random) {
    int dice = random.nextInt(8);
    if (dice == 0) {
      byte[] other = new byte[random.nextInt(60)];
      random.nextBytes(other);
      return other;
    }
    byte[] damaged = bytes.clone();
    for (int count = random.nextInt(3); count > 0; count--) {
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
    }
    int length = dice == 1 ? random.nextInt(damaged.length + 9) : damaged.length;
    return Arrays.copyOf(damaged, length);
  }
}
