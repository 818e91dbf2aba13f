package io.ztick.server;

import io.ztick.scheduler.JournalDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `ztick restore`.
@Command(
    name = "restore",
    header = "Makes a copy of a backup the journal of a directory.",
    description = {
      "",
      "The backup is read and checked first. Run this as the user that the server runs as: the"
          + " directory and what is in it will be theirs alone."
    })
final class RestoreCommand implements Callable<Integer> {
  private final Results results;

  @Parameters(
      index = "0",
      paramLabel = "BACKUP",
      description = "DIR/backups/NAME, or a copy of it.")
  private Path backup = Path.of("");

  @Parameters(
      index = "1",
      paramLabel = "DIR",
      description = "The directory of a server that is not running; it must hold no journal.")
  private Path directory = Path.of("");

  RestoreCommand(Results results) {
    this.results = results;
  }

  @Override
  public Integer call() throws IOException {
    JournalDirectory.Summary restored =
        new JournalDirectory(directory).restore(new JournalDirectory(backup));
    results.line(
        "restored %s from %s: last_change %s, jobs %d, rules %d, dropped_bytes %d"
            .formatted(
                directory,
                backup,
                Long.toUnsignedString(restored.lastChange()),
                restored.jobs(),
                restored.rules(),
                restored.droppedBytes()));
    return Main.DONE;
  }
}
