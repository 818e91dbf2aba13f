package io.ztick.command;

import io.ztick.client.ZtickClient;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `ztick token revoke`.
@Command(
    name = "revoke",
    header = "Revokes a token and all that it has made.",
    description = {"", "Their connections are closed at once. Their jobs and rules stay."})
final class TokenRevokeCommand extends ClientCommand {
  @Parameters(paramLabel = "TOKEN", description = "Its id or its name.")
  private String token = "";

  TokenRevokeCommand(Session session) {
    super(session);
  }

  @Override
  int run(ZtickClient client) throws IOException {
    int count = client.revokeToken(token);
    switch (output) {
      case TABLE -> session.line(count == 1 ? "revoked 1 token" : "revoked " + count + " tokens");
      case JSON -> Json.line(session, json -> json.writeNumberField("revoked", count));
      case WIRE -> session.line("OK " + count);
    }
    return DONE;
  }
}
