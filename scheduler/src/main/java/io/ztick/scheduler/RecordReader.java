package io.ztick.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reads the records of a journal, in the order of their keys, back into changes: for each job,
/// rule and token, those that bring it to where it is. Knows nothing of how they are stored.
final class RecordReader {
  private final Consumer<Change> changes;

  /// The rules that triggered jobs hold, each once: a million jobs may hold the same.
  private final Map<Rule, Rule> rules = new HashMap<>();

  /// What the keys of the job begin with whose records are being read.
  private byte[] jobKey = {};

  private Change.@Nullable JobPlanned planned;

  private boolean formatRead;
  private long count;
  private long last;
  private long lastPlan;

  RecordReader(Consumer<Change> changes) {
    this.changes = changes;
  }

  /// Takes the next record.
  ///
  /// @throws MalformedRecordException when it makes no sense; the ones behind it can still be read
  void read(byte[] key, byte[] value) throws MalformedRecordException {
    try {
      switch (key.length == 0 ? 0 : key[0]) {
        case Records.JOB -> job(key, value);
        case Records.META -> meta(key, value);
        case Records.RULE -> changes.accept(new Change.RuleSet(rule(versioned(value), key)));
        case Records.TOKEN -> token(key, value);
        default -> throw new MalformedRecordException("is of no known kind");
      }
    } catch (BufferUnderflowException e) {
      throw malformed(key, "ends too early");
    } catch (MalformedRecordException e) {
      throw malformed(key, String.valueOf(e.getMessage()));
    }
  }

  /// Ends the reading.
  ///
  /// @throws MalformedRecordException when records are missing that others count on
  void end() throws MalformedRecordException {
    if (!formatRead) {
      throw new MalformedRecordException("the record of the format is missing");
    }
    if (count != last) {
      throw new MalformedRecordException(
          "changes are missing: the last one is number "
              + Long.toUnsignedString(last)
              + ", and there are "
              + Long.toUnsignedString(count));
    }
  }

  /// The number of the last change; 0 when there was none.
  long last() {
    return last;
  }

  /// The number of the last plan; 0 when there was none.
  long lastPlan() {
    return lastPlan;
  }

  private static MalformedRecordException malformed(byte[] key, String problem) {
    return new MalformedRecordException("record " + shown(key) + " " + problem);
  }

  /// A key as it may be printed.
  private static String shown(byte[] key) {
    var text = new StringBuilder();
    for (byte each : key) {
      if (each > ' ' && each < 0x7f && each != '\\') {
        text.append((char) each);
      } else {
        text.append("\\x%02x".formatted(each));
      }
    }
    return text.toString();
  }

  private void meta(byte[] key, byte[] value) throws MalformedRecordException {
    if (Arrays.equals(key, Records.COUNT_KEY)) {
      ByteBuffer number = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
      count = number.getLong();
      end(number);
    } else if (Arrays.equals(key, Records.FORMAT_KEY)) {
      end(versioned(value));
      formatRead = true;
    } else if (Arrays.equals(key, Records.LAST_KEY)) {
      ByteBuffer numbers = versioned(value);
      last = numbers.getLong();
      lastPlan = numbers.getLong();
      end(numbers);
    } else {
      throw new MalformedRecordException("is of no known kind");
    }
  }

  private void job(byte[] key, byte[] value) throws MalformedRecordException {
    if (key.length < 4 || key[key.length - 2] != 0) {
      throw new MalformedRecordException("is of no known kind");
    }
    if (!Arrays.equals(key, 0, key.length - 1, jobKey, 0, jobKey.length)) {
      planned = null;
      jobKey = Arrays.copyOf(key, key.length - 1);
    }
    ByteBuffer buffer = versioned(value);
    switch (key[key.length - 1]) {
      case Records.PLANNED -> planned(buffer);
      case Records.TRIGGERED -> triggered(buffer);
      case Records.FINISHED -> finished(buffer);
      default -> throw new MalformedRecordException("is of no known kind");
    }
  }

  private void planned(ByteBuffer value) throws MalformedRecordException {
    String id = text(Arrays.copyOfRange(jobKey, 1, jobKey.length - 1));
    long plan = value.getLong();
    long executionNanos = value.getLong();
    end(value);
    planned = new Change.JobPlanned(id, executionNanos, plan);
    changes.accept(planned);
  }

  private void triggered(ByteBuffer value) throws MalformedRecordException {
    Change.JobPlanned job = job();
    long plan = value.getLong();
    int attempt = value.getInt();
    if (plan != job.plan()) {
      return;
    }
    Rule rule = rule(value, null);
    Rule shared = rules.putIfAbsent(rule, rule);
    changes.accept(
        new Change.JobTriggered(job.job(), plan, attempt, shared == null ? rule : shared));
  }

  private void finished(ByteBuffer value) throws MalformedRecordException {
    Change.JobPlanned job = job();
    long plan = value.getLong();
    int attempt = value.getInt();
    String rule = text(value);
    long startedNanos = value.getLong();
    long endedNanos = value.getLong();
    boolean success = value.get() != 0;
    String text = text(value);
    end(value);
    if (plan == job.plan()) {
      changes.accept(
          new Change.JobFinished(
              job.job(),
              plan,
              attempt,
              rule.isEmpty() ? null : rule,
              startedNanos,
              endedNanos,
              new Outcome(success, text)));
    }
  }

  private void token(byte[] key, byte[] value) throws MalformedRecordException {
    ByteBuffer buffer = versioned(value);
    String text = text(buffer);
    end(buffer);
    changes.accept(new Change.TokenStored(text(Arrays.copyOfRange(key, 1, key.length)), text));
  }

  private Change.JobPlanned job() throws MalformedRecordException {
    if (planned == null) {
      throw new MalformedRecordException("belongs to a job that is not there");
    }
    return planned;
  }

  /// Reads a rule up to the end of its record.
  ///
  /// @param key where it must stand by its id; null when it may stand anywhere
  private static Rule rule(ByteBuffer value, byte @Nullable [] key)
      throws MalformedRecordException {
    String id = text(value);
    if (key != null && !id.equals(text(Arrays.copyOfRange(key, 1, key.length)))) {
      throw new MalformedRecordException("holds another rule");
    }
    String pattern = text(value);
    int count = value.getInt();
    List<String> clause = new ArrayList<>();
    for (int word = 0; word < count; word++) {
      clause.add(text(value));
    }
    end(value);
    if (clause.isEmpty()) {
      throw new MalformedRecordException("has no runner");
    }
    try {
      return new Rule(id, pattern, Runner.parse(clause));
    } catch (MalformedRunnerException e) {
      throw new MalformedRecordException("has a runner of which a word " + e.expected());
    }
  }

  /// What stands behind the format.
  private static ByteBuffer versioned(byte[] value) throws MalformedRecordException {
    ByteBuffer buffer = ByteBuffer.wrap(value);
    byte format = buffer.get();
    if (format != Records.FORMAT) {
      throw new MalformedRecordException(
          "has format " + format + "; this version of ztick reads format " + Records.FORMAT);
    }
    return buffer;
  }

  private static void end(ByteBuffer value) throws MalformedRecordException {
    if (value.hasRemaining()) {
      throw new MalformedRecordException("is longer than it should be");
    }
  }

  private static String text(ByteBuffer value) throws MalformedRecordException {
    int length = value.getInt();
    if (length < 0 || length > value.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    value.get(bytes);
    return text(bytes);
  }

  private static String text(byte[] bytes) throws MalformedRecordException {
    String text = new String(bytes, UTF_8);
    // What is malformed becomes this character, which may also have been written as it is.
    if (text.indexOf('\ufffd') < 0) {
      return text;
    }
    try {
      return UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes))
          .toString();
    } catch (CharacterCodingException e) {
      throw new MalformedRecordException("is not UTF-8");
    }
  }
}
