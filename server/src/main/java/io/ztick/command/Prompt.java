package io.ztick.command;

import io.ztick.client.ZtickException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.reader.impl.history.DefaultHistory;
import org.jline.terminal.Terminal;
import org.jspecify.annotations.Nullable;

/// Lines from a person at a terminal, with history and completion.
final class Prompt {
  private static final int HISTORY_LINES = 1000;

  private static final String HELP =
      """
      Lines are sent as they are: type one of the commands below, in upper or lower case.
      Tab completes commands, jobs and rules. Ctrl-C gives up a line.
      help shows this, exit or Ctrl-D ends.
      """;

  private final Session session;
  private final Dialogue dialogue;
  private final Terminal terminal;
  private final String name;

  /// @param name what stands before each line: where it goes to
  Prompt(Session session, Dialogue dialogue, Terminal terminal, String name) {
    this.session = session;
    this.dialogue = dialogue;
    this.terminal = terminal;
    this.name = name;
  }

  /// Until the person ends it; returns the exit code.
  int run() throws IOException {
    try {
      var _ = dialogue.client();
    } catch (ZtickException e) {
      // Somebody who can be let in may say so.
      if (e.code().isEmpty()) {
        throw e;
      }
      session.errors().println(Failures.sentence(e) + "; AUTH <secret> logs in");
    }
    // A signal between a line and its answer would end the process.
    var _ = terminal.handle(Terminal.Signal.INT, _ -> {});
    LineReader reader = reader();
    boolean open = true;
    while (open) {
      try {
        open = take(reader.readLine(Paint.strong(session, name) + "> "));
      } catch (UserInterruptException e) {
        // The line is given up, not the prompt.
      } catch (EndOfFileException e) {
        open = false;
      }
    }
    return ClientCommand.DONE;
  }

  private boolean take(String text) throws IOException {
    String word = text.strip();
    if (word.equals("exit") || word.equals("quit")) {
      return false;
    }
    if (word.equals("help") || word.equals("?")) {
      session.print(HELP);
      say(WireLine.parse("HELP"));
      return true;
    }
    WireLine line = WireLine.parse(text);
    if (!line.isBlank()) {
      say(line);
    }
    return !line.isQuit();
  }

  private void say(WireLine line) throws IOException {
    var asking = new Asking(Thread.currentThread());
    Terminal.SignalHandler before = terminal.handle(Terminal.Signal.INT, _ -> asking.giveUp());
    try {
      var _ = dialogue.say(line);
    } catch (ZtickException e) {
      session.line(Paint.bad(session, "ztick: " + Failures.sentence(e)));
    } finally {
      terminal.handle(Terminal.Signal.INT, before);
    }
    if (asking.end()) {
      // With the interrupt it does not wait for the answer.
      Thread.currentThread().interrupt();
      dialogue.close();
      var _ = Thread.interrupted();
      session.line("given up; the next line opens a new connection");
    }
    session.out().flush();
  }

  /// A line that waits for its answer, until Ctrl-C.
  private static final class Asking {
    private @Nullable Thread waiting;
    private boolean givenUp;

    Asking(Thread waiting) {
      this.waiting = waiting;
    }

    /// From the thread of the signal.
    synchronized void giveUp() {
      if (waiting != null) {
        givenUp = true;
        waiting.interrupt();
      }
    }

    /// Returns whether it was given up; after that no interrupt comes any more.
    synchronized boolean end() {
      waiting = null;
      var _ = Thread.interrupted();
      return givenUp;
    }
  }

  private LineReader reader() throws IOException {
    var parser = new DefaultParser();
    parser.setQuoteChars(new char[] {'"'});
    parser.setEscapeChars(new char[0]);
    return LineReaderBuilder.builder()
        .appName("ztick")
        .terminal(terminal)
        .parser(parser)
        .completer(new Completions(dialogue))
        .history(new History())
        .variable(LineReader.HISTORY_FILE, historyFile())
        .variable(LineReader.HISTORY_FILE_SIZE, HISTORY_LINES)
        .variable(LineReader.HISTORY_SIZE, HISTORY_LINES)
        // An exclamation mark is a character like any other.
        .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
        .option(LineReader.Option.HISTORY_IGNORE_SPACE, true)
        .build();
  }

  /// The user's alone from its beginning.
  private Path historyFile() throws IOException {
    Path directory = session.directory("XDG_STATE_HOME", ".local/state");
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path file = directory.resolve("history");
    if (!Files.exists(file)) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    return file;
  }

  /// Forgets lines with secrets at once.
  private static final class History extends DefaultHistory {
    @Override
    public void add(Instant time, String line) {
      if (!WireLine.isSecret(line)) {
        super.add(time, line);
      }
    }
  }
}
