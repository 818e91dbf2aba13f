package io.ztick.command;

import io.ztick.client.ZtickClient;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;

/// `ztick rules`.
@Command(
    name = "rules",
    header = "Prints the rules, in the order of their ids.",
    description = {"", "A password inside a URL is shown as ***."})
final class RulesCommand extends ClientCommand {
  RulesCommand(Session session) {
    super(session);
  }

  @Override
  int run(ZtickClient client) throws IOException {
    return print(client, List.of("LISTRULES"), output.rules(session));
  }
}
