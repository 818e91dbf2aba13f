package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What runs have written about themselves, one line each: `<run id> <attempt> <job> <time>`.
final class FireLedger {
  private final Path file;
  private final Map<String, Fire> lastFires = new HashMap<>();
  private long position;

  private record Fire(String runId, int attempt) {}

  FireLedger(Path file) throws IOException {
    this.file = Files.createFile(file);
  }

  /// The command of a rule whose runs write into it.
  String command() {
    return "now=$(date +%s%N); printf '%s %s %s %s\\n' \"$ZTICK_RUN_ID\" \"$ZTICK_ATTEMPT\""
        + " \"$ZTICK_JOB_ID\" \"$now\" >> "
        + file;
  }

  /// Looks at the lines that are new: nothing early, and repeats only as a higher attempt of the
  /// same run.
  void read() throws IOException {
    for (String line : newLines()) {
      List<String> words = Words.of(line);
      assertThat(words).as(line).hasSize(4);
      String runId = words.get(0);
      int attempt = Integer.parseInt(words.get(1));
      String job = words.get(2);
      long planned = Long.parseLong(runId.substring(runId.indexOf('-') + 1));
      assertThat(Long.parseLong(words.get(3))).as("early: %s", line).isGreaterThan(planned);
      Fire last = lastFires.put(job, new Fire(runId, attempt));
      if (last != null) {
        assertThat(runId).as("another run of %s", job).isEqualTo(last.runId);
        assertThat(attempt).as("a repeat: %s", line).isGreaterThan(last.attempt);
      }
    }
  }

  private List<String> newLines() throws IOException {
    try (RandomAccessFile input = new RandomAccessFile(file.toFile(), "r")) {
      byte[] bytes = new byte[Math.toIntExact(input.length() - position)];
      input.seek(position);
      input.readFully(bytes);
      position += bytes.length;
      String lines = new String(bytes, StandardCharsets.UTF_8);
      assertThat(lines.isEmpty() || lines.endsWith("\n")).as("whole lines").isTrue();
      return lines.lines().toList();
    }
  }

  /// The job has written, at last as the run and attempt that SHOW tells of.
  void assertFired(String job, Map<String, String> shown) {
    Fire last = lastFires.get(job);
    if (last == null) {
      throw new AssertionError("%s, shown as %s, is not in the ledger".formatted(job, shown));
    }
    assertThat(shown)
        .as(job)
        .containsEntry("run_id", last.runId)
        .containsEntry("attempt", Integer.toString(last.attempt))
        .containsEntry("outcome", "ok");
  }
}
