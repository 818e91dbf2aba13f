package io.ztick.server;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// The `ztick` command.
@Command(
    name = "ztick",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    description = "Starts jobs on time: clients say when, rules say what.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:stopped by a signal",
      "1:anything else",
      "2:wrong usage, or a problem in the configuration"
    })
public final class Main implements Callable<Integer> {
  private static final int STOPPED = 0;
  private static final int FAILED = 1;
  private static final int MISCONFIGURED = 2;

  private final InstantSource clock;
  private final PrintWriter errors;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "The configuration; conf/ztick.toml of this installation unless given.")
  private @Nullable Path file;

  private Main(InstantSource clock, PrintWriter errors) {
    this.clock = clock;
    this.errors = errors;
  }

  /// Runs the command and ends the process with its exit code.
  public static void main(String[] arguments) {
    var out = new PrintWriter(System.out, true, System.out.charset());
    var errors = new PrintWriter(System.err, true, System.err.charset());
    // Until there is a server there is nothing to stop but this.
    Signals.handle(() -> Runtime.getRuntime().halt(STOPPED), () -> {});
    System.exit(execute(InstantSource.system(), out, errors, arguments));
  }

  /// Runs the command until the server has stopped; returns the exit code.
  static int execute(
      InstantSource clock, PrintWriter out, PrintWriter errors, String... arguments) {
    var commandLine = new CommandLine(new Main(clock, errors)).setOut(out).setErr(errors);
    commandLine.getCommandSpec().version("ztick " + version());
    return commandLine.execute(arguments);
  }

  @Override
  public Integer call() throws InterruptedException {
    return server();
  }

  @Command(
      name = "server",
      description = "Runs the server in the foreground; without a command, ztick does the same.")
  int server() throws InterruptedException {
    try {
      return serve(setup());
    } catch (InvalidConfigurationException e) {
      e.problems().forEach(errors::println);
      return MISCONFIGURED;
    } catch (IOException e) {
      errors.println("ztick: " + e.getMessage());
      return FAILED;
    }
  }

  private Setup setup() throws InvalidConfigurationException {
    if (file != null) {
      return Setup.load(file, clock.instant());
    }
    Path installed = Path.of(System.getProperty("ztick.home", "."), "conf", "ztick.toml");
    return Files.exists(installed)
        ? Setup.load(installed, clock.instant())
        : Setup.defaults(clock.instant());
  }

  private static int serve(Setup setup) throws IOException, InterruptedException {
    Logging.limitTo(setup.configuration().log().level());
    var log = LoggerFactory.getLogger(Main.class);
    setup.warnings().forEach(log::warn);
    // Clients may connect, and a signal may come, before `start` has returned.
    var started = new CompletableFuture<Server>();
    Signals.handle(() -> started.join().stop(), () -> started.join().stopNow());
    try (var server = Server.start(setup.configuration(), setup.tokens(), setup.tls())) {
      started.complete(server);
      return server.awaitStopped() ? STOPPED : FAILED;
    }
  }

  /// What the jar says; classes outside a jar have no version.
  private static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "(development)" : version;
  }
}
