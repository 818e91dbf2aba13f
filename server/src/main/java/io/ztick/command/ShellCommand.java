package io.ztick.command;

import io.ztick.client.ClientOptions;
import io.ztick.client.Endpoint;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jline.terminal.Terminal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `ztick shell`.
@Command(
    name = "shell",
    header = "Sends lines to a server as you type them.",
    description = {
      "",
      "With history and completion. Without a terminal it reads the lines from stdin and prints"
          + " the answers; the exit code is 1 if one of them is an ERROR."
    })
final class ShellCommand implements Callable<Integer> {
  private final Session session;
  private final Terminals terminals;

  @Mixin private final Target target = new Target();

  ShellCommand(Session session, Terminals terminals) {
    this.session = session;
    this.terminals = terminals;
  }

  @Override
  public Integer call() throws IOException, ProfileException {
    ClientOptions.Builder options = target.options(session);
    try (var dialogue = new Dialogue(session, options)) {
      if (!session.isInteractive()) {
        return new Script(session, dialogue).run();
      }
      Endpoint there = options.build().endpoint();
      try (Terminal terminal = terminals.lines()) {
        try {
          return new Prompt(session, dialogue, terminal, there.host() + ":" + there.port()).run();
        } finally {
          // It cannot be changed any more when it is closed.
          terminals.restore();
        }
      }
    }
  }
}
