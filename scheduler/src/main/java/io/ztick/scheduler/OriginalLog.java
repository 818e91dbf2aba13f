package io.ztick.scheduler;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What the log files of the original ztick, version 0.1.0, leave behind: the last state of each
/// job and each rule. Whatever is wrong with a file is reported, and never ends the reading.
///
/// A file is frames without anything around them, each the length of its payload in four bytes,
/// big-endian, and the payload, see {@link OriginalEntryDecoder}.
///
/// On purpose, though it may look like a mistake:
///
/// - A job and a rule with the same id are two things; where the original compresses its log they
///   delete each other.
/// - A frame that does not decode leaves its rule as it was, as in the original. One that decodes
///   and is refused here takes the rule's earlier state with it, which somebody had replaced.
/// - A frame that is refused is reported even if a later one puts it right: keeping the report back
///   would take memory without a limit.
/// - Nothing looks for frames behind a torn tail: a frame found among foreign bytes may be half of
///   another.
///
/// Not thread safe.
public final class OriginalLog {

  /// The longest payload that is read: nearly twice what the original can be made to write, a rule
  /// set over HTTP with a body of 1 MiB and an id of not quite 8 KiB. By its form alone a payload
  /// has no limit below the 4 GiB of its length field, as `direct` and `awf` take 65535 strings of
  /// 65535 bytes.
  static final int MAX_PAYLOAD_BYTES = 2 << 20;

  private static final int HEADER_BYTES = 4;
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int MAX_IDENTIFIER_BYTES = 255;
  private static final int MAX_SHOWN_CHARACTERS = 64;

  private static final Outcome HELD = Outcome.failed("imported late");
  private static final Outcome FAILED = Outcome.failed("failed before it was imported");

  private final Consumer<Problem> reporter;

  /// In the order in which they were set last.
  private final LinkedHashMap<String, OriginalEntry.JobSet> jobs = new LinkedHashMap<>();

  private final LinkedHashMap<String, Rule> rules = new LinkedHashMap<>();
  private long frames;
  private long problems;

  /// Something in a file that is not taken over.
  ///
  /// @param offset where the frame begins, in bytes from 0
  /// @param text on one line, with everything invisible in foreign text escaped
  public record Problem(Path file, long offset, String text) {}

  /// What becomes of a job whose time has come and of which the original does not say whether it
  /// ran.
  public enum Past {
    /// It fails and is not run.
    HOLD,
    /// It stays planned, and so runs at once.
    RUN
  }

  /// What was read, and what {@link #changes} made of it.
  ///
  /// @param frames whole frames, good or bad
  /// @param problems reported so far
  /// @param planned jobs that will run
  /// @param held jobs that will not run because of {@link Past#HOLD}
  /// @param finished jobs of which the original says that they ran or failed
  /// @param rules all of them
  /// @param notYet rules whose runners are {@link Runner#NOT_YET}
  /// @param starred rules whose pattern ended with a `*`, which the original took literally and
  ///   which therefore ends with two here
  public record Summary(
      long frames,
      long problems,
      int planned,
      int held,
      int finished,
      int rules,
      int notYet,
      int starred) {}

  /// @param reporter is told of each problem when it is met, and of none later
  public OriginalLog(Consumer<Problem> reporter) {
    this.reporter = reporter;
  }

  /// Reads one more file, later than those read before. An installation of the original may have
  /// three, in this order: `logfile.compressed`, `logfile.to_compress`, `logfile`.
  ///
  /// @throws IOException when the file cannot be read, and names it; what was read of it stays
  public void read(Path file) throws IOException {
    try (var in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES)) {
      readFrames(file, in);
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      var named = new FileSystemException(file.toString(), null, e.getMessage());
      named.initCause(e);
      throw named;
    }
  }

  /// Gives the changes that bring a new journal to the state that was read, one by one as they are
  /// made: all rules, then all jobs, each in the order in which they were set last, so that the
  /// plans, numbered from 1, rise as they were made. Reads nothing and changes nothing here.
  public Summary changes(long nowNanos, Past past, Consumer<Change> changes) {
    int notYet = 0;
    int starred = 0;
    for (Rule rule : rules.values()) {
      changes.accept(new Change.RuleSet(rule));
      notYet += Runner.NOT_YET.contains(rule.runner().name()) ? 1 : 0;
      starred += rule.pattern().endsWith("*") ? 1 : 0;
    }
    int plan = 0;
    int held = 0;
    int finished = 0;
    for (OriginalEntry.JobSet job : jobs.values()) {
      plan++;
      changes.accept(new Change.JobPlanned(job.id(), job.executionNanos(), plan));
      Outcome outcome = outcome(job, nowNanos, past);
      if (outcome == null) {
        continue;
      }
      changes.accept(new Change.JobFinished(job.id(), plan, 0, null, 0, nowNanos, outcome));
      if (outcome.equals(HELD)) {
        held++;
      } else {
        finished++;
      }
    }
    int planned = jobs.size() - held - finished;
    return new Summary(frames, problems, planned, held, finished, rules.size(), notYet, starred);
  }

  /// How a job ended before it came here; none when it is to stay planned.
  private static @Nullable Outcome outcome(OriginalEntry.JobSet job, long nowNanos, Past past) {
    return switch (job.status()) {
      case PLANNED, TRIGGERED ->
          past == Past.HOLD && job.executionNanos() <= nowNanos ? HELD : null;
      case EXECUTED -> Outcome.OK;
      case FAILED -> FAILED;
    };
  }

  private void readFrames(Path file, InputStream in) throws IOException {
    long offset = 0;
    for (long number = 1; ; number++) {
      byte[] header = in.readNBytes(HEADER_BYTES);
      if (header.length < HEADER_BYTES) {
        if (header.length > 0) {
          report(file, offset, "torn tail of " + header.length + " bytes");
        }
        return;
      }
      long length = Integer.toUnsignedLong(ByteBuffer.wrap(header).getInt());
      // The array grows with what is there, whatever the length says.
      byte[] payload = in.readNBytes((int) Math.min(length, MAX_PAYLOAD_BYTES));
      long present = payload.length + skip(in, length - payload.length);
      if (present < length) {
        report(
            file,
            offset,
            "torn tail of %d bytes: frame %d has %d bytes of the %d expected"
                .formatted(HEADER_BYTES + present, number, present, length));
        return;
      }
      frames++;
      try {
        if (length > MAX_PAYLOAD_BYTES) {
          throw new RefusedEntryException(
              length + " bytes where at most " + MAX_PAYLOAD_BYTES + " are expected");
        }
        take(OriginalEntryDecoder.decode(payload));
      } catch (RefusedEntryException e) {
        report(file, offset, "frame " + number + ": " + e.getMessage());
      }
      offset += HEADER_BYTES + length;
    }
  }

  /// Reads and drops bytes: `InputStream.skip` does not say where the file ends.
  ///
  /// @return how many there were
  private static long skip(InputStream in, long count) throws IOException {
    byte[] dropped = new byte[(int) Math.min(count, BUFFER_BYTES)];
    long skipped = 0;
    while (skipped < count) {
      int read = in.readNBytes(dropped, 0, (int) Math.min(count - skipped, BUFFER_BYTES));
      if (read == 0) {
        break;
      }
      skipped += read;
    }
    return skipped;
  }

  private void report(Path file, long offset, String text) {
    problems++;
    reporter.accept(new Problem(file, offset, text));
  }

  private void take(OriginalEntry entry) throws RefusedEntryException {
    switch (entry) {
      case OriginalEntry.JobSet set -> {
        checkIdentifier("job", set.id());
        jobs.putLast(set.id(), set);
      }
      case OriginalEntry.RuleSet set -> setRule(set);
      case OriginalEntry.JobRemoved removed -> jobs.remove(removed.id());
      case OriginalEntry.RuleRemoved removed -> rules.remove(removed.id());
    }
  }

  private void setRule(OriginalEntry.RuleSet set) throws RefusedEntryException {
    checkIdentifier("rule", set.id());
    Rule earlier = rules.remove(set.id());
    try {
      rules.put(set.id(), rule(set));
    } catch (RefusedEntryException e) {
      String lost = earlier == null ? "" : "; what the rule was before is left out as well";
      throw new RefusedEntryException("rule " + shown(set.id()) + ": " + e.getMessage() + lost);
    }
  }

  private static Rule rule(OriginalEntry.RuleSet set) throws RefusedEntryException {
    // There a trailing star is a character like any other; here one of them does not count.
    String pattern = set.pattern().endsWith("*") ? set.pattern() + "*" : set.pattern();
    checkIdentifier("pattern", pattern);
    for (String word : set.clause()) {
      if (word.indexOf('\0') >= 0) {
        throw new RefusedEntryException("the word " + shown(word) + " holds a NUL");
      }
    }
    try {
      return new Rule(set.id(), pattern, Runner.parse(set.clause()));
    } catch (MalformedRunnerException e) {
      throw new RefusedEntryException(shown(RunnerParser.masked(e.word())) + " " + e.expected());
    }
  }

  private static void checkIdentifier(String what, String id) throws RefusedEntryException {
    if (id.isEmpty()
        || id.getBytes(StandardCharsets.UTF_8).length > MAX_IDENTIFIER_BYTES
        || id.chars().anyMatch(Character::isISOControl)) {
      throw new RefusedEntryException(
          "a %s has 1 to %d bytes and no control characters, not %s"
              .formatted(what, MAX_IDENTIFIER_BYTES, shown(id)));
    }
  }

  /// Foreign text quoted and cut, and so that it can neither begin a line of its own nor steer a
  /// terminal.
  private static String shown(String text) {
    var shown = new StringBuilder().append('"');
    text.codePoints()
        .limit(MAX_SHOWN_CHARACTERS)
        .forEach(
            codePoint -> {
              if (codePoint == '"' || codePoint == '\\') {
                shown.append('\\').appendCodePoint(codePoint);
              } else if (isVisible(codePoint)) {
                shown.appendCodePoint(codePoint);
              } else {
                shown.append("\\u{").append(Integer.toHexString(codePoint)).append('}');
              }
            });
    boolean cut = text.codePointCount(0, text.length()) > MAX_SHOWN_CHARACTERS;
    return shown.append(cut ? "\"..." : "\"").toString();
  }

  private static boolean isVisible(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          // Among them the marks that reverse the direction of what follows.
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
