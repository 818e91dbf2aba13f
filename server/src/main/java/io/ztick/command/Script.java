package io.ztick.command;

import io.ztick.client.Reply;
import io.ztick.client.ZtickException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/// Lines from stdin, answers in their order. Lines that have come are sent without waiting for the
/// answers before them.
final class Script {
  /// How many lines may wait for their answers.
  private static final int IN_FLIGHT = 1000;

  private final Session session;
  private final Dialogue dialogue;
  private final Deque<Sent> sent = new ArrayDeque<>();
  private int exitCode = ClientCommand.DONE;

  private record Sent(long number, WireLine line, CompletableFuture<Reply> answer) {}

  Script(Session session, Dialogue dialogue) {
    this.session = session;
    this.dialogue = dialogue;
  }

  /// Until the end of the input, QUIT, or a lost connection; returns the exit code.
  int run() throws IOException {
    var lines = new LineInput(session.in());
    long number = 0;
    for (byte[] text = lines.next(); text != null; text = lines.next()) {
      number++;
      WireLine line = WireLine.parse(text);
      if (!line.isBlank() && !take(number, line)) {
        break;
      }
      // Whoever waits for an answer before the next line gets it.
      if ((!lines.isReady() || sent.size() == IN_FLIGHT) && !settle()) {
        break;
      }
    }
    var _ = settle();
    session.out().flush();
    return exitCode;
  }

  /// Returns whether there is more to do.
  private boolean take(long number, WireLine line) throws IOException {
    try {
      if (line.fault() == null && !line.isAuth() && !line.isQuit() && !line.isListing()) {
        sent.add(new Sent(number, line, dialogue.sayAsync(line)));
        return true;
      }
      if (!settle()) {
        return false;
      }
      note(dialogue.say(line));
      return !line.isQuit();
    } catch (ZtickException e) {
      // This line failed too, whatever became of those before it.
      var _ = settle();
      return lost(number, e);
    }
  }

  /// Prints the answers that are owed.
  private boolean settle() throws IOException {
    boolean connected = true;
    for (Sent next = sent.poll(); next != null; next = sent.poll()) {
      try {
        note(dialogue.printed(next.line(), next.answer()));
      } catch (ZtickException e) {
        connected = lost(next.number(), e);
      }
    }
    session.out().flush();
    return connected;
  }

  private void note(boolean ok) {
    if (!ok && exitCode == ClientCommand.DONE) {
      exitCode = Failures.REFUSED;
    }
  }

  private boolean lost(long number, ZtickException failure) {
    session.errors().println("ztick: line " + number + ": " + Failures.sentence(failure));
    exitCode = Failures.exitCode(failure);
    return false;
  }
}
