package io.ztick.command;

import io.ztick.client.ZtickClient;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;

/// `ztick token list`.
@Command(
    name = "list",
    header = "Prints the tokens that were made at run time, the oldest first.",
    description = {"", "Those that lie within what your own token may do. Never a secret."})
final class TokenListCommand extends ClientCommand {
  TokenListCommand(Session session) {
    super(session);
  }

  @Override
  int run(ZtickClient client) throws IOException {
    Rows rows = output.tokens(session);
    for (List<String> row : client.send(List.of("TOKEN", "LIST")).rows()) {
      rows.print(row);
    }
    rows.end();
    return DONE;
  }
}
