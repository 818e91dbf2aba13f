package io.ztick.command;

import io.ztick.client.ZtickClient;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;

/// `ztick whoami`.
@Command(
    name = "whoami",
    header = "Prints which token you use, and what it may do.",
    description = "")
final class WhoAmICommand extends ClientCommand {
  WhoAmICommand(Session session) {
    super(session);
  }

  @Override
  int run(ZtickClient client) throws IOException {
    Facts.print(session, output, client.send(List.of("WHOAMI")).rows());
    return DONE;
  }
}
