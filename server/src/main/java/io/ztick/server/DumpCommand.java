package io.ztick.server;

import io.ztick.auth.IssuedToken;
import io.ztick.auth.MalformedTokenException;
import io.ztick.scheduler.Change;
import io.ztick.scheduler.JobReader;
import io.ztick.scheduler.JournalDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `ztick dump`.
@Command(
    name = "dump",
    header = "Prints the rules and jobs of a directory or a backup.",
    description = {
      "",
      "As text: a line for each rule and each planned job, which can be sent to a server again."
          + " As JSON: an object a line, for jobs that are triggered and for tokens as well,"
          + " without secrets."
    })
final class DumpCommand implements Callable<Integer> {
  private final Results results;
  private final PrintWriter errors;
  private long masked;

  @Parameters(
      paramLabel = "DIR",
      description = "The directory of a server that is not running, or DIR/backups/NAME.")
  private Path directory = Path.of("");

  @Option(names = "--format", paramLabel = "text|json", description = "text unless given.")
  private Format format = Format.TEXT;

  @Option(names = "--all", description = "Finished jobs, too; only with --format json.")
  private boolean all;

  @Option(names = "--secrets", description = "Passwords in URLs as they are, and not ***.")
  private boolean secrets;

  /// What may stand behind `--format`.
  enum Format {
    TEXT,
    JSON
  }

  DumpCommand(Results results, PrintWriter errors) {
    this.results = results;
    this.errors = errors;
  }

  @Override
  public Integer call() throws IOException, WrongUsageException {
    if (all && format == Format.TEXT) {
      throw new WrongUsageException("--all needs --format json: a finished job is no line to send");
    }
    Dump dump =
        switch (format) {
          case TEXT -> new TextDump(results);
          case JSON -> new JsonDump(results, all);
        };
    var journal = new JournalDirectory(directory);
    var jobs = new JobReader(printing(dump::job));
    // Jobs come first in a journal, and may be too many to keep back. Sent in that order, those
    // that are due would find no rule.
    journal.read(printing(change -> print(change, dump)));
    journal.read(jobs);
    jobs.end();
    dump.end(errors);
    if (masked > 0) {
      errors.println(
          "ztick: rules with masked passwords: "
              + masked
              + "; they cannot be sent as they are, see --secrets");
    }
    return Main.DONE;
  }

  private void print(Change change, Dump dump) throws IOException {
    if (change instanceof Change.RuleSet(var rule)) {
      List<String> arguments = rule.runner().arguments();
      List<String> shown = secrets ? arguments : rule.runner().shownArguments();
      masked += shown.equals(arguments) ? 0 : 1;
      dump.rule(rule, shown);
    } else if (change instanceof Change.TokenStored stored) {
      dump.token(token(stored));
    }
  }

  private static IssuedToken token(Change.TokenStored stored) throws IOException {
    try {
      return IssuedToken.parse(stored.text());
    } catch (MalformedTokenException e) {
      throw new IOException("token " + LogText.escaped(stored.id()) + ": " + e.getMessage(), e);
    }
  }

  private interface Printing<T> {
    void print(T printed) throws IOException;
  }

  private static <T> Consumer<T> printing(Printing<T> printing) {
    return printed -> {
      try {
        printing.print(printed);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }
}
