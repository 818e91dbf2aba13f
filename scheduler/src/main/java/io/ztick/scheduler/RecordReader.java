package io.ztick.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the records of a journal, in the order of their keys, back into changes: for each job,
/// rule and token, those that bring it to where it is. Knows nothing of how they are stored.
final class RecordReader {
  private final Replay changes;

  /// The rules that triggered jobs hold, each once: a million jobs may hold the same.
  private final Map<Rule, Rule> rules = new HashMap<>();

  /// What the keys of the job begin with whose records are being read.
  private byte[] jobKey = new byte[64];

  private int jobKeyBytes;

  /// Whether its plan has been read.
  private boolean isPlanned;

  private long plan;

  private boolean formatRead;
  private long count;
  private long last;
  private long lastPlan;

  RecordReader(Replay changes) {
    this.changes = changes;
  }

  /// Takes the next record.
  ///
  /// @throws MalformedRecordException when it makes no sense; the ones behind it can still be read
  void read(byte[] key, byte[] value) throws MalformedRecordException {
    read(key, key.length, ByteBuffer.wrap(value));
  }

  /// The same; what it is given may change later.
  ///
  /// @param keyBytes how many bytes of `key` are the key
  void read(byte[] key, int keyBytes, ByteBuffer value) throws MalformedRecordException {
    try {
      switch (keyBytes == 0 ? 0 : key[0]) {
        case Records.JOB -> job(key, keyBytes, value);
        case Records.META -> meta(Arrays.copyOf(key, keyBytes), value);
        case Records.RULE ->
            changes.apply(new Change.RuleSet(rule(versioned(value), Arrays.copyOf(key, keyBytes))));
        case Records.TOKEN -> token(Arrays.copyOf(key, keyBytes), value);
        default -> throw new MalformedRecordException("is of no known kind");
      }
    } catch (BufferUnderflowException e) {
      throw malformed(Arrays.copyOf(key, keyBytes), "ends too early");
    } catch (MalformedRecordException e) {
      throw malformed(Arrays.copyOf(key, keyBytes), String.valueOf(e.getMessage()));
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

  private void meta(byte[] key, ByteBuffer value) throws MalformedRecordException {
    if (Arrays.equals(key, Records.COUNT_KEY)) {
      count = Long.reverseBytes(value.getLong());
      end(value);
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

  private void job(byte[] key, int keyBytes, ByteBuffer value) throws MalformedRecordException {
    if (keyBytes < 4 || key[keyBytes - 2] != 0) {
      throw new MalformedRecordException("is of no known kind");
    }
    if (!Arrays.equals(key, 0, keyBytes - 1, jobKey, 0, jobKeyBytes)) {
      isPlanned = false;
      jobKeyBytes = keyBytes - 1;
      if (jobKeyBytes > jobKey.length) {
        jobKey = new byte[jobKeyBytes];
      }
      System.arraycopy(key, 0, jobKey, 0, jobKeyBytes);
    }
    ByteBuffer buffer = versioned(value);
    switch (key[keyBytes - 1]) {
      case Records.PLANNED -> planned(buffer);
      case Records.TRIGGERED -> triggered(buffer);
      case Records.FINISHED -> finished(buffer);
      default -> throw new MalformedRecordException("is of no known kind");
    }
  }

  private void planned(ByteBuffer value) throws MalformedRecordException {
    int end = jobKeyBytes - 1;
    if (!isAscii(jobKey, 1, end)) {
      var _ = text(jobKey, 1, end);
    }
    long number = value.getLong();
    long executionNanos = value.getLong();
    end(value);
    isPlanned = true;
    plan = number;
    changes.planned(jobKey, 1, end, executionNanos, plan);
  }

  private void triggered(ByteBuffer value) throws MalformedRecordException {
    String job = job();
    long number = value.getLong();
    int attempt = value.getInt();
    if (number != plan) {
      return;
    }
    Rule rule = rule(value, null);
    Rule shared = rules.putIfAbsent(rule, rule);
    changes.apply(new Change.JobTriggered(job, plan, attempt, shared == null ? rule : shared));
  }

  private void finished(ByteBuffer value) throws MalformedRecordException {
    String job = job();
    long number = value.getLong();
    int attempt = value.getInt();
    String rule = text(value);
    long startedNanos = value.getLong();
    long endedNanos = value.getLong();
    boolean success = value.get() != 0;
    String text = text(value);
    end(value);
    if (number == plan) {
      changes.apply(
          new Change.JobFinished(
              job,
              plan,
              attempt,
              rule.isEmpty() ? null : rule,
              startedNanos,
              endedNanos,
              new Outcome(success, text)));
    }
  }

  private void token(byte[] key, ByteBuffer value) throws MalformedRecordException {
    ByteBuffer buffer = versioned(value);
    String text = text(buffer);
    end(buffer);
    changes.apply(new Change.TokenStored(text(key, 1, key.length), text));
  }

  /// The id of the job that a record belongs to.
  private String job() throws MalformedRecordException {
    if (!isPlanned) {
      throw new MalformedRecordException("belongs to a job that is not there");
    }
    return text(jobKey, 1, jobKeyBytes - 1);
  }

  /// Reads a rule up to the end of its record.
  ///
  /// @param key where it must stand by its id; null when it may stand anywhere
  private static Rule rule(ByteBuffer value, byte @Nullable [] key)
      throws MalformedRecordException {
    String id = text(value);
    if (key != null && !id.equals(text(key, 1, key.length))) {
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
  private static ByteBuffer versioned(ByteBuffer buffer) throws MalformedRecordException {
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

  private static boolean isAscii(byte[] bytes, int from, int to) {
    for (int at = from; at < to; at++) {
      if (bytes[at] < 0) {
        return false;
      }
    }
    return true;
  }

  private static String text(ByteBuffer value) throws MalformedRecordException {
    int length = value.getInt();
    if (length < 0 || length > value.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    value.get(bytes);
    return text(bytes, 0, length);
  }

  private static String text(byte[] bytes, int from, int to) throws MalformedRecordException {
    String text = new String(bytes, from, to - from, UTF_8);
    // What is malformed becomes this character, which may also have been written as it is.
    if (text.indexOf('\ufffd') < 0) {
      return text;
    }
    try {
      return UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes, from, to - from))
          .toString();
    } catch (CharacterCodingException e) {
      throw new MalformedRecordException("is not UTF-8");
    }
  }
}
