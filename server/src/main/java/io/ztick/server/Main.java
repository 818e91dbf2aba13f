package io.ztick.server;

import io.ztick.command.Commands;
import io.ztick.command.Usage;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/// The `ztick` command.
@Command(
    name = "ztick",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    description = "Starts jobs on time: clients say when, rules say what.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done; of a server: stopped by a signal",
      "1:a server said ERROR; anything else",
      "2:wrong usage, or a problem in the configuration",
      "3:no connection to a server, or none any more",
      "4:a server has done it, and its answer could not be printed",
      "141:nobody reads the results any more"
    })
public final class Main implements Callable<Integer> {
  private static final String SERVER = "server";
  static final int DONE = 0;
  static final int FAILED = 1;
  private static final int MISCONFIGURED = 2;
  private static final int UNPRINTED = 4;

  /// As of a process that SIGPIPE ended.
  private static final int UNWANTED = 141;

  private final InstantSource clock;
  private final PrintWriter errors;

  /// The exit code when a signal comes before there is a server to be stopped by it.
  private volatile int stopped = DONE;

  private volatile @Nullable Commands commands;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "The configuration; conf/ztick.toml of this installation unless given.")
  private @Nullable Path file;

  private Main(InstantSource clock, PrintWriter errors) {
    this.clock = clock;
    this.errors = Usage.sentences(errors);
  }

  /// Runs the command and ends the process with its exit code.
  public static void main(String[] arguments) {
    var errors = new PrintWriter(System.err, true, System.err.charset());
    var main = new Main(InstantSource.system(), errors);
    Signals.handle(main::stop, main::halt, () -> {});
    if (arguments.length > 0 && Commands.isOne(arguments[0])) {
      // What there is to say such a command says itself, and the log would take longer than it.
      System.setProperty("slf4j.internal.verbosity", "WARN");
      System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
    }
    // Not `System.out`, which keeps to itself that it could not write.
    System.exit(main.execute(new FileOutputStream(FileDescriptor.out), arguments));
  }

  /// Runs the command until the server has stopped; returns the exit code.
  static int execute(
      InstantSource clock, OutputStream out, PrintWriter errors, String... arguments) {
    return new Main(clock, errors).execute(out, arguments);
  }

  private int execute(OutputStream out, String... arguments) {
    if (startsServer(arguments)) {
      return start(arguments);
    }
    return CacheCommand.isForServers(arguments) ? rehearse() : perform(out, arguments);
  }

  private int rehearse() {
    try {
      return new CacheCommand(clock).rehearseServer();
    } catch (Exception e) {
      return tell(e);
    }
  }

  /// Runs the server without picocli, whose classes and objects the process would keep.
  private int start(String... arguments) {
    if (arguments.length >= 2) {
      file = Path.of(arguments[arguments.length - 1]);
    }
    try {
      return server();
    } catch (Exception e) {
      return tell(e);
    }
  }

  private int perform(OutputStream out, String... arguments) {
    var results = new Results(out);
    var tokenTools =
        List.<Object>of(
            new TokenBootstrapCommand(this, clock, results, errors),
            new TokenHashCommand(results, System.in));
    commands = new Commands(results, errors, new ConfiguredServer(this), tokenTools);
    var commandLine = new CommandLine(this);
    if (!commands.addOnly(commandLine, arguments)) {
      commands.addAll(commandLine);
      addTools(commandLine, results);
    }
    commandLine
        // An id may begin with @.
        .setExpandAtFiles(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
        .setErr(errors)
        .setExecutionStrategy(this::run)
        .setParameterExceptionHandler(Usage::misread)
        .setExecutionExceptionHandler(this::failed);
    commandLine.getCommandSpec().version("ztick " + version());
    return commandLine.execute(arguments);
  }

  /// Whether nothing but a server is asked for, as services do.
  private static boolean startsServer(String... arguments) {
    int index = 0;
    if (arguments.length > 0 && arguments[0].equals(SERVER)) {
      index++;
    }
    return arguments.length == index
        || (arguments.length == index + 2
            && arguments[index].equals("-c")
            && !arguments[index + 1].startsWith("-"));
  }

  private void addTools(CommandLine commandLine, Results results) {
    var cache = new CommandLine(new CacheCommand(clock));
    var dump = new CommandLine(new DumpCommand(results, errors));
    var verify = new CommandLine(new VerifyCommand(results, errors));
    var restore = new CommandLine(new RestoreCommand(results));
    commandLine
        .addSubcommand(cache)
        .addSubcommand(new CheckConfigCommand(this, clock, results, errors))
        .addSubcommand(dump)
        .addSubcommand(new ImportCommand(this, new WallClock(clock), results, errors))
        .addSubcommand(restore)
        .addSubcommand(verify);
    // They need none, or are told what to look at.
    for (CommandLine offline : List.of(cache, dump, verify, restore)) {
      CommandSpec command = offline.getCommandSpec();
      command.remove(command.findOption("--config"));
    }
  }

  private int run(ParseResult parsed) {
    // What was stopped half way is not done.
    boolean server =
        !parsed.hasSubcommand() || parsed.subcommand().commandSpec().name().equals(SERVER);
    stopped = server ? DONE : FAILED;
    return new CommandLine.RunLast().execute(parsed);
  }

  /// A signal ends what does not listen to it.
  private void stop() {
    Commands client = commands;
    if (client == null || !client.endsBySignal()) {
      halt();
    }
  }

  private void halt() {
    Commands client = commands;
    if (client != null) {
      client.restoreTerminal();
    }
    Halt.now(stopped);
  }

  /// Says what kept a command from being done.
  private int failed(Exception failure, CommandLine command, ParseResult parsed) {
    OptionalInt exitCode = commands == null ? OptionalInt.empty() : commands.failed(failure);
    if (exitCode.isPresent()) {
      return exitCode.getAsInt();
    }
    return switch (failure) {
      case Results.LostException lost -> lost(lost, parsed);
      case WrongUsageException wrong ->
          Usage.misread(new ParameterException(command, String.valueOf(wrong.getMessage())));
      case UncheckedIOException e when e.getCause() instanceof Results.LostException lost ->
          lost(lost, parsed);
      default -> tell(failure);
    };
  }

  /// Says what kept the server, or any command, from doing its work; returns the exit code.
  private int tell(Exception failure) {
    switch (failure) {
      case InvalidConfigurationException invalid -> {
        invalid.problems().forEach(errors::println);
        return MISCONFIGURED;
      }
      case UncheckedIOException e when e.getCause() != null -> errors.println(text(e.getCause()));
      case IOException e -> errors.println(text(e));
      default -> failure.printStackTrace(errors);
    }
    return FAILED;
  }

  /// What was asked for may well be done, and must not look as if it was refused.
  private int lost(Results.LostException lost, ParseResult parsed) {
    if (lost.isUnwanted()) {
      return UNWANTED;
    }
    boolean answered =
        commands != null
            && commands.asksServer(
                parsed.asCommandLineList().stream()
                    .skip(1)
                    .map(CommandLine::getCommandName)
                    .toList());
    errors.println(
        "ztick: "
            + lost.getMessage()
            + (answered ? "; the server has done what it was asked" : ""));
    return answered ? UNPRINTED : FAILED;
  }

  private static String text(IOException failure) {
    return "ztick: "
        + switch (failure) {
          case NoSuchFileException e -> e.getFile() + ": no such file";
          case AccessDeniedException e -> e.getFile() + ": permission denied";
          default -> failure.getMessage();
        };
  }

  @Override
  public Integer call() throws Exception {
    return server();
  }

  @Command(
      name = SERVER,
      header = "Runs the server.",
      description = {"", "In the foreground; without a command, ztick does the same."})
  int server() throws Exception {
    return serve(setup());
  }

  /// What the file says, without looking at the other files that it names.
  Configuration configuration() throws InvalidConfigurationException {
    Path chosen = chosenFile();
    return chosen == null ? Configuration.defaults() : Configuration.load(chosen);
  }

  /// Whether the command line names a configuration file.
  boolean namesFile() {
    return file != null;
  }

  private Setup setup() throws InvalidConfigurationException {
    Path chosen = chosenFile();
    return chosen == null ? Setup.defaults(clock.instant()) : Setup.load(chosen, clock.instant());
  }

  /// The configuration file, unless there is none.
  @Nullable Path chosenFile() {
    if (file != null) {
      return file;
    }
    Path installed = Path.of(System.getProperty("ztick.home", "."), "conf", "ztick.toml");
    return Files.exists(installed) ? installed : null;
  }

  private static int serve(Setup setup)
      throws IOException, InterruptedException, InvalidConfigurationException {
    Logging.limitTo(setup.configuration().log().level());
    var log = LoggerFactory.getLogger(Main.class);
    setup.warnings().forEach(log::warn);
    // Clients may connect, and a signal may come, before `start` has returned.
    var started = new CompletableFuture<Server>();
    Signals.handle(
        () -> server(started).stop(),
        () -> server(started).stopNow(),
        () -> {
          var _ = started.thenAccept(Server::reload);
        });
    try (var server = Server.start(setup)) {
      started.complete(server);
      return server.awaitStopped() ? DONE : FAILED;
    }
  }

  /// As long as the server only reads what it kept, a signal ends the process at once.
  private static Server server(CompletableFuture<Server> started) {
    Server server = started.getNow(null);
    if (server == null) {
      Halt.now(DONE);
    }
    return server;
  }

  /// What the jar says; classes outside a jar have no version.
  private static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "(development)" : version;
  }
}
