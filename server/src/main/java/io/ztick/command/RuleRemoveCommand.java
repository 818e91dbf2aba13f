package io.ztick.command;

import io.ztick.client.ZtickClient;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `ztick rule remove`.
@Command(name = "remove", header = "Removes a rule; jobs are not touched.", description = "")
final class RuleRemoveCommand extends ClientCommand {
  @Parameters(paramLabel = "RULE", description = "The id of the rule.")
  private String rule = "";

  RuleRemoveCommand(Session session) {
    super(session);
  }

  @Override
  int run(ZtickClient client) throws IOException {
    return acknowledge(client, List.of("REMOVERULE", rule));
  }
}
