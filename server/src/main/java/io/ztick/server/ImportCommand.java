package io.ztick.server;

import io.ztick.scheduler.JournalDirectory;
import io.ztick.scheduler.OriginalLog;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `ztick import`.
@Command(
    name = "import",
    header = "Makes a journal of the log files of ztick v0.1.0.",
    description = {
      "",
      "The directory must be empty, or not exist. What is torn or malformed in a log file is"
          + " left out and told on stderr, which is no failure. Run this as the user that the"
          + " server runs as: the directory will be theirs alone."
    })
final class ImportCommand implements Callable<Integer> {
  private final Main main;
  private final WallClock clock;
  private final Results results;
  private final PrintWriter errors;

  @Parameters(
      arity = "1..*",
      paramLabel = "LOGFILE",
      description =
          "The oldest first. ztick v0.1.0 may have left three: logfile.compressed,"
              + " logfile.to_compress and logfile.")
  private List<Path> files = List.of();

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description = "Where the journal is made; the directory of the configuration unless given.")
  private @Nullable Path directory;

  @Option(
      names = "--past",
      paramLabel = "hold|run",
      description =
          "What becomes of jobs whose time has come: the log does not say whether they ran. With"
              + " hold, the default, they are failed, imported late; with run they run when the"
              + " server starts.")
  private OriginalLog.Past past = OriginalLog.Past.HOLD;

  ImportCommand(Main main, WallClock clock, Results results, PrintWriter errors) {
    this.main = main;
    this.clock = clock;
    this.results = results;
    this.errors = errors;
  }

  @Override
  public Integer call() throws IOException, InvalidConfigurationException {
    Path target = directory == null ? main.configuration().database().directory() : directory;
    var log = new OriginalLog(this::report);
    for (Path file : files) {
      log.read(file);
    }
    long nowNanos = clock.nanos();
    new JournalDirectory(target).fill(changes -> log.changes(nowNanos, past, changes));
    print(log.changes(nowNanos, past, _ -> {}), target);
    return Main.DONE;
  }

  private void report(OriginalLog.Problem problem) {
    errors.println(
        "ztick: %s: byte %d: %s".formatted(problem.file(), problem.offset(), problem.text()));
  }

  private void print(OriginalLog.Summary summary, Path target) throws IOException {
    results.line("frames " + summary.frames());
    results.line("problems " + summary.problems());
    results.line("rules " + summary.rules());
    results.line("planned " + summary.planned());
    results.line("held " + summary.held());
    results.line("finished " + summary.finished());
    results.line("imported into " + target);
    if (summary.notYet() > 0) {
      errors.println(
          "ztick: rules whose runner is not available yet: %d; their jobs will fail"
              .formatted(summary.notYet()));
    }
    if (summary.starred() > 0) {
      errors.println(
          "ztick: patterns that got one more * at their end, to match what they matched: "
              + summary.starred());
    }
  }
}
