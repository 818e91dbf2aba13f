package io.ztick.command;

import io.ztick.client.ZtickException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// The subcommands that talk to a running server, to be added to `ztick`.
public final class Commands {
  private final Session session;
  private final LocalServer local;
  private final List<Object> tokenTools;
  private final Terminals terminals = new Terminals();
  private final Interruption interruption = new Interruption();

  /// In the order of the help.
  private static final List<String> NAMES =
      List.of(
          "set",
          "get",
          "show",
          "query",
          "due",
          "remove",
          "rule",
          "rules",
          "stat",
          "ping",
          "whoami",
          "can",
          "token",
          "reload",
          "bench",
          "watch",
          "shell",
          "config",
          "backup",
          "completion");

  /// They need no server.
  private static final Set<String> OFFLINE = Set.of("bootstrap", "completion", "config", "hash");

  /// They look into the configuration of the server.
  private static final Set<String> OF_CONFIGURATION = Set.of("backup", "bootstrap");

  /// @param out where answers go
  /// @param errors where sentences about failures go
  /// @param local the server that the configuration describes, for `backup`
  /// @param tokenTools what else `ztick token` can do, without a server
  public Commands(
      OutputStream out, PrintWriter errors, LocalServer local, List<Object> tokenTools) {
    this(Session.ofProcess(out, errors), local, tokenTools);
  }

  Commands(Session session, LocalServer local, List<Object> tokenTools) {
    this.session = session;
    this.local = local;
    this.tokenTools = List.copyOf(tokenTools);
  }

  /// Adds the one subcommand that the arguments begin with, so that the others cost no time; adds
  /// none unless it is one of these.
  ///
  /// @return whether one was added
  public boolean addOnly(CommandLine ztick, String... arguments) {
    // The last one is about all of them.
    if (arguments.length == 0 || !isOne(arguments[0]) || arguments[0].equals("completion")) {
      return false;
    }
    add(ztick, command(arguments[0]));
    return true;
  }

  /// Adds all subcommands.
  public void addAll(CommandLine ztick) {
    for (String name : NAMES) {
      add(ztick, command(name));
    }
  }

  /// Whether this is the name of one of these subcommands.
  public static boolean isOne(String name) {
    return NAMES.contains(name);
  }

  /// Whether one of these subcommands asks a server.
  ///
  /// @param names its own, and behind it that of the subcommand which it has, if any
  public boolean asksServer(List<String> names) {
    return !names.isEmpty() && isOne(names.getFirst()) && Collections.disjoint(names, OFFLINE);
  }

  /// Tells what kept one of these subcommands from being done.
  ///
  /// @return the exit code; empty when it is no failure of theirs, and then nothing was told
  public OptionalInt failed(Exception failure) {
    return switch (failure) {
      case ZtickException e -> {
        session.errors().println("ztick: " + Failures.sentence(e));
        yield OptionalInt.of(Failures.exitCode(e));
      }
      case ProfileException e -> {
        e.problems().forEach(problem -> session.errors().println("ztick: " + problem));
        yield OptionalInt.of(Failures.MISUSED);
      }
      default -> OptionalInt.empty();
    };
  }

  /// Makes the terminal what it was, for a process that ends at once. From any thread.
  public void restoreTerminal() {
    terminals.restore();
  }

  /// Tells the command that runs of a signal. From any thread.
  ///
  /// @return whether it ends by itself now
  public boolean endsBySignal() {
    return interruption.signal();
  }

  private static void add(CommandLine ztick, CommandLine command) {
    ztick.addSubcommand(command);
    dropConfig(command.getCommandSpec());
  }

  /// Most ask a server, whatever its configuration is.
  private static void dropConfig(CommandSpec command) {
    OptionSpec option = command.findOption("--config");
    if (option != null && !OF_CONFIGURATION.contains(command.name())) {
      command.remove(option);
    }
    command.subcommands().values().forEach(sub -> dropConfig(sub.getCommandSpec()));
  }

  /// A time may begin with a minus: nanoseconds before 1970.
  private static CommandLine ofTimes(SetCommand command) {
    return new CommandLine(command).setUnmatchedOptionsArePositionalParams(true);
  }

  private CommandLine rule() {
    var set = new CommandLine(new RuleSetCommand(session));
    // What looks like an option there belongs to what the rule runs.
    set.setStopAtPositional(true);
    return new CommandLine(new RuleCommand())
        .addSubcommand(set)
        .addSubcommand(new CommandLine(new RuleRemoveCommand(session)));
  }

  private CommandLine token() {
    var token =
        new CommandLine(new TokenCommand())
            .addSubcommand(new TokenCreateCommand(session))
            .addSubcommand(new TokenListCommand(session))
            .addSubcommand(new TokenRevokeCommand(session))
            .addSubcommand(new TokenRotateCommand(session));
    tokenTools.forEach(token::addSubcommand);
    return token;
  }

  private CommandLine command(String name) {
    return switch (name) {
      case "set" -> ofTimes(new SetCommand(session));
      case "rule" -> rule();
      case "token" -> token();
      case "backup" -> new CommandLine(new BackupCommand(session, local));
      default -> new CommandLine(plain(name));
    };
  }

  private Object plain(String name) {
    return switch (name) {
      case "get" -> new GetCommand(session);
      case "show" -> new ShowCommand(session);
      case "query" -> new QueryCommand(session);
      case "due" -> new DueCommand(session);
      case "remove" -> new RemoveCommand(session);
      case "rules" -> new RulesCommand(session);
      case "stat" -> new StatCommand(session);
      case "ping" -> new PingCommand(session);
      case "whoami" -> new WhoAmICommand(session);
      case "can" -> new CanCommand(session);
      case "reload" -> new ReloadCommand(session);
      case "bench" -> new BenchCommand(session, interruption);
      case "watch" -> new WatchCommand(session, terminals);
      case "shell" -> new ShellCommand(session, terminals);
      case "config" -> new ConfigCommand(session);
      case "completion" -> new CompletionCommand(session);
      default -> throw new IllegalArgumentException(name);
    };
  }
}
