package io.ztick.server;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `ztick check-config`.
@Command(
    name = "check-config",
    header = "Checks the configuration and all files that it names.",
    description = {
      "",
      "Tells every problem that would keep a server of this user from starting, on stderr, and"
          + " ends with 2; or says that all is well. Warnings stand on stderr. It starts nothing"
          + " and changes nothing: a server may run with the same configuration."
    })
final class CheckConfigCommand implements Callable<Integer> {
  private final Main main;
  private final InstantSource clock;
  private final Results results;
  private final PrintWriter errors;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "The configuration; without it, the one of --config.")
  private @Nullable Path file;

  CheckConfigCommand(Main main, InstantSource clock, Results results, PrintWriter errors) {
    this.main = main;
    this.clock = clock;
    this.results = results;
    this.errors = errors;
  }

  @Override
  public Integer call() throws IOException, InvalidConfigurationException, WrongUsageException {
    Path chosen = file == null ? main.chosenFile() : file;
    if (file != null && main.namesFile()) {
      throw new WrongUsageException("FILE and --config are both given; one is expected");
    }
    Setup setup = Setup.check(chosen, clock.instant());
    setup.warnings().forEach(warning -> errors.println("warning: " + warning));
    results.line((chosen == null ? "defaults" : chosen) + ": ok");
    return Main.DONE;
  }
}
