package io.ztick.server;

import io.ztick.scheduler.JournalDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `ztick verify`.
@Command(
    name = "verify",
    header = "Reads every record and checksum of a directory or a backup.",
    description = {
      "",
      "Prints last_change (the number of the last change), jobs, rules, tokens and dropped_bytes"
          + " (what a crash left behind the last whole change), as far as they can be read, and"
          + " then ok or damaged. What is wrong stands on stderr."
    })
final class VerifyCommand implements Callable<Integer> {
  private final Results results;
  private final PrintWriter errors;

  @Parameters(
      paramLabel = "DIR",
      description = "The directory of a server that is not running, or DIR/backups/NAME.")
  private Path directory = Path.of("");

  VerifyCommand(Results results, PrintWriter errors) {
    this.results = results;
    this.errors = errors;
  }

  @Override
  public Integer call() throws IOException {
    var problems = new AtomicLong();
    JournalDirectory.Summary found =
        new JournalDirectory(directory)
            .verify(
                problem -> {
                  problems.incrementAndGet();
                  errors.println("ztick: " + problem);
                });
    results.line("last_change " + Long.toUnsignedString(found.lastChange()));
    results.line("jobs " + found.jobs());
    results.line("rules " + found.rules());
    results.line("tokens " + found.tokens());
    results.line("dropped_bytes " + found.droppedBytes());
    boolean good = problems.get() == 0;
    results.line(good ? "ok" : "damaged");
    return good ? Main.DONE : Main.FAILED;
  }
}
