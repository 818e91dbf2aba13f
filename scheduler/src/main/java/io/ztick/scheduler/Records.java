package io.ztick.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/// How changes lie on disk, format {@value #FORMAT}: what a change puts under which key. A key
/// holds what is known now, not what has been, so the journal does not grow with the number of
/// changes.
///
/// | key | value |
/// |---|---|
/// | `J` job id, 0, 1 | plan, execution time |
/// | `J` job id, 0, 2 | plan, attempt, rule id, pattern, clause; while the job is triggered |
/// | `J` job id, 0, 3 | plan, attempt, rule id, started, ended, success, outcome |
/// | `M` `count` | how many changes there have been, added up batch by batch |
/// | `M` `format` | format |
/// | `M` `last` | number of the last change, number of the last plan |
/// | `R` rule id | rule id, pattern, clause |
/// | `T` token id | what whoever knows tokens wants to be kept, as a text |
///
/// Each value but that of `count` begins with the format that it was written in. Numbers are big
/// endian, that of `count` apart: plans, times and changes of 64 bits, others of 32. Texts are
/// UTF-8 behind their length; a clause is the number of its words and the words. Ids hold no NUL,
/// so the records of a job lie together.
///
/// A rule id is empty when no rule matched. Planning a job anew leaves what was triggered and
/// finished of an older plan where it lies. It is out of date because of its plan number, costs
/// nothing to leave, and goes with the job.
final class Records {
  static final byte FORMAT = 1;

  static final byte JOB = 'J';
  static final byte META = 'M';
  static final byte RULE = 'R';
  static final byte TOKEN = 'T';

  static final byte PLANNED = 1;
  static final byte TRIGGERED = 2;
  static final byte FINISHED = 3;

  static final byte[] COUNT_KEY = "Mcount".getBytes(UTF_8);
  static final byte[] FORMAT_KEY = "Mformat".getBytes(UTF_8);
  static final byte[] LAST_KEY = "Mlast".getBytes(UTF_8);

  /// Where records go. What is written between two calls of {@link Records#end} is kept or lost as
  /// one.
  interface Writes {
    void put(byte[] key, byte[] value);

    void delete(byte[] key);

    /// Adds to the {@link #littleEndian} number under a key, which is 0 as long as there is none.
    void add(byte[] key, long number);
  }

  private Records() {}

  static void format(Writes writes) {
    writes.put(FORMAT_KEY, new byte[] {FORMAT});
  }

  static void write(Change change, Writes writes) {
    switch (change) {
      case Change.JobPlanned planned ->
          writes.put(
              jobKey(planned.job(), PLANNED),
              value(2 * Long.BYTES)
                  .putLong(planned.plan())
                  .putLong(planned.executionNanos())
                  .array());
      case Change.JobTriggered triggered ->
          writes.put(jobKey(triggered.job(), TRIGGERED), triggered(triggered));
      case Change.JobFinished finished -> {
        writes.put(jobKey(finished.job(), FINISHED), finished(finished));
        writes.delete(jobKey(finished.job(), TRIGGERED));
      }
      case Change.JobRemoved(var job) -> {
        writes.delete(jobKey(job, PLANNED));
        writes.delete(jobKey(job, TRIGGERED));
        writes.delete(jobKey(job, FINISHED));
      }
      case Change.RuleSet(var rule) -> writes.put(key(RULE, rule.id()), rule(0, rule));
      case Change.RuleRemoved(var rule) -> writes.delete(key(RULE, rule));
      case Change.TokenStored(var id, var text) -> {
        byte[] bytes = text.getBytes(UTF_8);
        writes.put(key(TOKEN, id), value(size(bytes)).putInt(bytes.length).put(bytes).array());
      }
      case Change.TokenRemoved(var id) -> writes.delete(key(TOKEN, id));
    }
  }

  /// Ends a batch.
  ///
  /// @param last the number of its last change, counted from 1
  /// @param count how many changes it holds
  /// @param lastPlan the highest number of a plan so far
  static void end(long last, int count, long lastPlan, Writes writes) {
    writes.put(LAST_KEY, value(2 * Long.BYTES).putLong(last).putLong(lastPlan).array());
    writes.add(COUNT_KEY, count);
  }

  static byte[] littleEndian(long number) {
    return ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array();
  }

  private static byte[] triggered(Change.JobTriggered change) {
    byte[] value = rule(Long.BYTES + Integer.BYTES, change.rule());
    ByteBuffer.wrap(value, 1, value.length - 1).putLong(change.plan()).putInt(change.attempt());
    return value;
  }

  private static byte[] finished(Change.JobFinished change) {
    String ruleId = change.rule() == null ? "" : change.rule();
    byte[] rule = ruleId.getBytes(UTF_8);
    byte[] outcome = change.outcome().text().getBytes(UTF_8);
    return value(3 * Long.BYTES + Integer.BYTES + 1 + size(rule) + size(outcome))
        .putLong(change.plan())
        .putInt(change.attempt())
        .putInt(rule.length)
        .put(rule)
        .putLong(change.startedNanos())
        .putLong(change.endedNanos())
        .put((byte) (change.outcome().success() ? 1 : 0))
        .putInt(outcome.length)
        .put(outcome)
        .array();
  }

  /// A rule behind so many bytes that are left free.
  private static byte[] rule(int free, Rule rule) {
    byte[] id = rule.id().getBytes(UTF_8);
    byte[] pattern = rule.pattern().getBytes(UTF_8);
    byte[] runner = rule.runner().name().getBytes(UTF_8);
    List<byte[]> arguments =
        rule.runner().arguments().stream().map(word -> word.getBytes(UTF_8)).toList();
    int words = size(runner) + arguments.stream().mapToInt(Records::size).sum();
    byte[] value = new byte[1 + free + size(id) + size(pattern) + Integer.BYTES + words];
    value[0] = FORMAT;
    ByteBuffer rest = ByteBuffer.wrap(value, 1 + free, value.length - 1 - free);
    put(rest, id);
    put(rest, pattern);
    rest.putInt(1 + arguments.size());
    put(rest, runner);
    arguments.forEach(word -> put(rest, word));
    return value;
  }

  private static byte[] jobKey(String id, byte facet) {
    byte[] bytes = id.getBytes(UTF_8);
    byte[] key = new byte[bytes.length + 3];
    key[0] = JOB;
    System.arraycopy(bytes, 0, key, 1, bytes.length);
    key[key.length - 1] = facet;
    return key;
  }

  private static byte[] key(byte kind, String id) {
    byte[] bytes = id.getBytes(UTF_8);
    byte[] key = new byte[bytes.length + 1];
    key[0] = kind;
    System.arraycopy(bytes, 0, key, 1, bytes.length);
    return key;
  }

  private static ByteBuffer value(int length) {
    return ByteBuffer.allocate(1 + length).put(FORMAT);
  }

  private static int size(byte[] text) {
    return Integer.BYTES + text.length;
  }

  private static void put(ByteBuffer value, byte[] text) {
    value.putInt(text.length).put(text);
  }
}
