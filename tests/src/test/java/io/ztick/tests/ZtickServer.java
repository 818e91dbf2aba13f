package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The distribution, running as a process with a configuration of its own.
final class ZtickServer implements AutoCloseable {
  /// How long anything may take on a slow and busy machine before a test gives it up.
  static final Duration BOUND = Duration.ofSeconds(30);

  /// The state of a listening socket in `/proc/net/tcp`.
  private static final String LISTEN = "0A";

  private static final Pattern LISTENING = Pattern.compile("listening on [0-9.]+:(\\d+)");

  private static final Pattern RECOVERED =
      Pattern.compile("journal .*: last change (\\d+), (\\d+) bytes dropped");

  private final Process process;
  private final List<String> log = new ArrayList<>();
  private boolean logEnded;
  private int port;

  private ZtickServer(Process process) {
    this.process = process;
  }

  private void startReadingLog() {
    Thread.ofPlatform().daemon().name("log of " + process.pid()).start(this::readLog);
  }

  /// A setup whose files stand in this directory: memory, any free port, no authentication.
  static Setup in(Path directory) {
    return new Setup(directory);
  }

  /// The same, but with a journal in the directory's `state`.
  static Setup withJournal(Path directory) {
    return in(directory).journal(state(directory));
  }

  /// Where {@link #withJournal} has the journal.
  static Path state(Path directory) {
    return directory.resolve("state");
  }

  /// Puts an auth file in place of the one that {@link Setup#auth} wrote, at once and whole.
  static void replaceAuth(Path directory, String tokens) throws IOException {
    Path next = Files.writeString(directory.resolve("auth.next"), tokens);
    Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-------"));
    Files.move(next, directory.resolve("auth.toml"), StandardCopyOption.REPLACE_EXISTING);
  }

  static Path home() {
    return Path.of(Objects.requireNonNull(System.getProperty("ztick.home"), "ztick.home"));
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  Wire connect() throws IOException {
    return Wire.connect(port);
  }

  /// A connection that has said its AUTH.
  Wire connect(String secret) throws IOException {
    Wire wire = connect();
    wire.send("AUTH " + secret).expect("OK");
    return wire;
  }

  List<String> log() {
    synchronized (log) {
      return List.copyOf(log);
    }
  }

  /// The first log line in which the pattern is found, waiting for it.
  String awaitLog(String regex) throws InterruptedException {
    Pattern pattern = Pattern.compile(regex);
    long deadline = System.nanoTime() + BOUND.toNanos();
    synchronized (log) {
      for (int next = 0; ; ) {
        for (; next < log.size(); next++) {
          if (pattern.matcher(log.get(next)).find()) {
            return log.get(next);
          }
        }
        long left = deadline - System.nanoTime();
        if (logEnded || left <= 0) {
          throw new AssertionError("no log line with " + regex + " in\n" + String.join("\n", log));
        }
        TimeUnit.NANOSECONDS.timedWait(log, left);
      }
    }
  }

  /// The port on which the process listens, as the kernel knows it; 0 while it does not.
  private int listeningPort() throws IOException {
    List<String> sockets = new ArrayList<>();
    try (var descriptors = Files.newDirectoryStream(proc("fd"))) {
      for (Path descriptor : descriptors) {
        if (Files.isSymbolicLink(descriptor)) {
          sockets.add(Files.readSymbolicLink(descriptor).toString());
        }
      }
    }
    for (String table : List.of("net/tcp", "net/tcp6")) {
      for (String row : Files.readAllLines(proc(table))) {
        String[] columns = row.strip().split("\\s+", -1);
        if (columns[3].equals(LISTEN) && sockets.contains("socket:[" + columns[9] + "]")) {
          return Integer.parseInt(columns[1].substring(columns[1].indexOf(':') + 1), 16);
        }
      }
    }
    return 0;
  }

  /// A file that the kernel has about the process.
  Path proc(String file) {
    return Path.of("/proc", Long.toString(pid())).resolve(file);
  }

  void signal(String name) throws IOException, InterruptedException {
    Tool.run("sh", "-c", "kill -" + name + " " + pid());
  }

  /// Ends the process, and nothing that it has started, as a crash does.
  void kill() throws InterruptedException {
    process.toHandle().destroyForcibly();
    exitCode();
  }

  /// Stops it as an operator does.
  void stop() throws IOException, InterruptedException {
    signal("TERM");
    assertThat(exitCode()).as("exit code after SIGTERM").isZero();
  }

  /// What the start has said about the journal.
  Recovered recovered() throws InterruptedException {
    Matcher line = RECOVERED.matcher(awaitLog(RECOVERED.pattern()));
    assertThat(line.find()).isTrue();
    return new Recovered(Long.parseLong(line.group(1)), Long.parseLong(line.group(2)));
  }

  /// The last change in a journal, and how much lay behind it.
  record Recovered(long lastChange, long droppedBytes) {}

  /// Waits for the end of the process and of its log.
  int exitCode() throws InterruptedException {
    assertThat(process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS))
        .as("the server ends; its log: %s", log())
        .isTrue();
    synchronized (log) {
      long deadline = System.nanoTime() + BOUND.toNanos();
      while (!logEnded && System.nanoTime() < deadline) {
        TimeUnit.NANOSECONDS.timedWait(log, deadline - System.nanoTime());
      }
    }
    return process.exitValue();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long residentBytes() throws IOException {
    for (String line : Files.readAllLines(proc("status"))) {
      if (line.startsWith("VmRSS:")) {
        return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new AssertionError("no VmRSS");
  }

  @Override
  public void close() {
    process.toHandle().destroy();
    try {
      if (process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }

  private void readLog() {
    try (BufferedReader reader = process.errorReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        synchronized (log) {
          log.add(line);
          log.notifyAll();
        }
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    } finally {
      synchronized (log) {
        logEnded = true;
        log.notifyAll();
      }
    }
  }

  /// What the server is started with.
  static final class Setup {
    private final Path directory;
    private final Map<String, Map<String, String>> sections = new LinkedHashMap<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final List<String> wrapper = new ArrayList<>();
    private Path program = home().resolve("bin/ztick");

    private Setup(Path directory) {
      this.directory = directory;
      set("controller", "listen", "127.0.0.1:0");
      set("database", "persistence", "memory");
    }

    /// Strings are quoted; numbers, booleans and lists of strings are written as TOML has them.
    Setup set(String section, String key, Object value) {
      sections.computeIfAbsent(section, name -> new LinkedHashMap<>()).put(key, toml(value));
      return this;
    }

    Setup journal(Path state) {
      return set("database", "persistence", "journal")
          .set("database", "directory", state.toString());
    }

    /// A command in front of the server's own, which becomes the server's process in the end.
    Setup under(List<String> command) {
      wrapper.addAll(command);
      return this;
    }

    /// Another program than that of the distribution.
    Setup program(Path installed) {
      program = installed;
      return this;
    }

    /// Writes `auth.toml` and turns authentication on.
    Setup auth(String tokens) throws IOException {
      replaceAuth(directory, tokens);
      return set("controller", "auth_file", "auth.toml");
    }

    Setup environment(String name, String value) {
      environment.put(name, value);
      return this;
    }

    ZtickServer start() throws IOException, InterruptedException {
      ZtickServer server = launch();
      try {
        Matcher listening = LISTENING.matcher(server.awaitLog(LISTENING.pattern()));
        assertThat(listening.find()).isTrue();
        server.port = Integer.parseInt(listening.group(1));
        return server;
      } catch (InterruptedException | RuntimeException | Error e) {
        server.close();
        throw e;
      }
    }

    /// Starts the process with a log that nobody ever reads.
    ZtickServer startUnread() throws IOException {
      ZtickServer server = process(configuration());
      server.logEnded = true;
      try {
        server.port =
            await("the port").atMost(BOUND).until(server::listeningPort, port -> port != 0);
        return server;
      } catch (RuntimeException | Error e) {
        server.close();
        throw e;
      }
    }

    /// Starts the process without waiting for it to listen.
    ZtickServer launch() throws IOException {
      return launch(configuration());
    }

    private String configuration() {
      return sections.entrySet().stream()
          .map(section -> "[" + section.getKey() + "]\n" + lines(section.getValue()))
          .collect(Collectors.joining("\n"));
    }

    /// Starts the process with exactly this configuration.
    ZtickServer launch(String configuration) throws IOException {
      ZtickServer server = process(configuration);
      server.startReadingLog();
      return server;
    }

    private ZtickServer process(String configuration) throws IOException {
      Path file = Files.writeString(directory.resolve("ztick.toml"), configuration);
      List<String> command = new ArrayList<>(wrapper);
      command.addAll(List.of(program.toString(), "-c", file.toString()));
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD);
      builder.environment().putAll(environment);
      return new ZtickServer(builder.start());
    }

    private static String lines(Map<String, String> keys) {
      return keys.entrySet().stream()
          .map(key -> key.getKey() + " = " + key.getValue() + "\n")
          .collect(Collectors.joining());
    }

    private static String toml(Object value) {
      return switch (value) {
        case String text -> "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
        case List<?> list ->
            list.stream().map(Setup::toml).collect(Collectors.joining(", ", "[", "]"));
        default -> value.toString();
      };
    }
  }
}
