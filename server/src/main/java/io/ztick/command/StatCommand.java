package io.ztick.command;

import io.ztick.client.ZtickClient;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;

/// `ztick stat`.
@Command(
    name = "stat",
    header = "Prints counts of the namespace, and facts about the server.",
    description = "")
final class StatCommand extends ClientCommand {
  StatCommand(Session session) {
    super(session);
  }

  @Override
  int run(ZtickClient client) throws IOException {
    Facts.print(session, output, client.send(List.of("STAT")).rows());
    return DONE;
  }
}
