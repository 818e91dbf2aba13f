package io.ztick.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `ztick cache`: a rehearsal, of a server or of commands. It has a server of its own, with a
/// journal in a temporary directory and on a free port of loopback, do once what servers do, or
/// performs commands. The launcher has the JVM record what is loaded meanwhile.
@Command(
    name = "cache",
    header = "Makes the caches with which ztick starts sooner.",
    description = {
      "",
      "Prints their files, that of servers and that of commands, which stand in the directory of"
          + " the program or else in $CACHE_DIRECTORY, $XDG_CACHE_HOME/ztick or ~/.cache/ztick."
          + " Whatever starts later with the same jars and the same Java uses them. A server that"
          + " finds none has them made in the background. ZTICK_CACHE=off prevents both."
    })
final class CacheCommand implements Callable<Integer> {

  /// Set by the launcher when the JVM records.
  private static final String RECORDING = "ztick.cache";

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long LOOK_NANOS = Duration.ofMillis(10).toNanos();

  private final InstantSource clock;

  /// Whose cache it is. The launcher says it.
  enum Rehearsal {
    SERVER,
    COMMAND
  }

  @Parameters(hidden = true, arity = "0..1")
  private Rehearsal rehearsal = Rehearsal.COMMAND;

  CacheCommand(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public Integer call() throws Exception {
    if (System.getProperty(RECORDING) == null) {
      throw new WrongUsageException("cache must be the first word of the command");
    }
    return rehearse(rehearsal);
  }

  /// Without picocli, which a server does not need.
  int rehearseServer() throws Exception {
    return rehearse(Rehearsal.SERVER);
  }

  /// Whether these are the words of the launcher for the cache of servers.
  static boolean isForServers(String... arguments) {
    return System.getProperty(RECORDING) != null
        && List.of(arguments).equals(List.of("cache", "server"));
  }

  private int rehearse(Rehearsal who) throws Exception {
    Path scratch = Files.createTempDirectory("ztick-cache-");
    try {
      rehearse(scratch, who);
    } finally {
      delete(scratch);
    }
    return Main.DONE;
  }

  private void rehearse(Path scratch, Rehearsal who) throws Exception {
    Path state = scratch.resolve("state");
    Path file =
        Files.writeString(
            scratch.resolve("ztick.toml"),
            """
            [controller]
            listen = "127.0.0.1:0"
            [database]
            directory = '%s'
            """
                .formatted(state));
    Setup setup = Setup.load(file, clock.instant());
    Logging.limitTo(setup.configuration().log().level());
    try (var server = Server.start(setup)) {
      converse(server.address());
      if (who == Rehearsal.COMMAND) {
        commandsOf(server.address());
      }
      server.stop();
      server.awaitStopped();
    }
    if (who == Rehearsal.SERVER) {
      return;
    }
    for (String command : List.of("verify", "dump")) {
      int code = perform(command, state.toString());
      if (code != Main.DONE) {
        throw new IllegalStateException(command + " ended with " + code);
      }
    }
  }

  /// How they end depends on the profiles of this user, and does not matter.
  private void commandsOf(InetSocketAddress address) {
    String endpoint = "ztick://127.0.0.1:" + address.getPort();
    for (String command : List.of("ping", "stat", "query", "due", "rules")) {
      var _ = perform(command, "--endpoint", endpoint);
    }
    var _ = perform("set", "--endpoint", endpoint, "a.3", "2099-04-01", "12:00:00");
    var _ = perform("get", "--endpoint", endpoint, "a.3");
  }

  private int perform(String... command) {
    var errors = new PrintWriter(Writer.nullWriter());
    return Main.execute(clock, OutputStream.nullOutputStream(), errors, command);
  }

  private static void converse(InetSocketAddress address) throws IOException {
    try (var socket = new Socket()) {
      socket.connect(address, Math.toIntExact(PATIENCE.toMillis()));
      socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
      var answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      ask(socket, answers, "RULE SET rule.a. a. direct true");
      ask(socket, answers, "SET a.1 now");
      ask(socket, answers, "r1 SET a.2 2099-04-01 12:00:00");
      awaitEnd(socket, answers);
      for (String line : List.of("SHOW a.1", "QUERY a.", "RULE LIST", "STAT", "HELP", "PING")) {
        ask(socket, answers, line);
      }
      ask(socket, answers, "REMOVE a.1");
      ask(socket, answers, "GET a.1");
      ask(socket, answers, "QUIT");
    }
  }

  /// Waits until the job has run.
  private static void awaitEnd(Socket socket, BufferedReader answers) throws IOException {
    long sinceNanos = System.nanoTime();
    String answer = ask(socket, answers, "GET a.1");
    while (answer.startsWith("OK planned") || answer.startsWith("OK triggered")) {
      if (System.nanoTime() - sinceNanos > PATIENCE.toNanos()) {
        throw new IOException("the job of the rehearsal does not end: " + answer);
      }
      LockSupport.parkNanos(LOOK_NANOS);
      answer = ask(socket, answers, "GET a.1");
    }
  }

  /// Sends a line and returns the last one of its answer.
  private static String ask(Socket socket, BufferedReader answers, String line) throws IOException {
    socket.getOutputStream().write((line + "\n").getBytes(UTF_8));
    String answer = answers.readLine();
    while (answer != null && !answer.matches("(r1 )?(OK|ERROR)( .*)?")) {
      answer = answers.readLine();
    }
    if (answer == null) {
      throw new IOException("the server of the rehearsal closed its connection");
    }
    return answer;
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
