package io.ztick.command;

import io.ztick.client.Permission;
import io.ztick.client.ZtickClient;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `ztick can`.
@Command(
    name = "can",
    header = "Says whether your token may use a command.",
    description = {
      "",
      "The exit code is 0 for yes and 1 for no. Of RULE, the right to set a rule, its pattern and"
          + " its runner are further rights, which are not looked at."
    })
final class CanCommand extends ClientCommand {
  @Parameters(
      index = "0",
      paramLabel = "COMMAND",
      description = "A command of the protocol, such as SET, RULE or BACKUP.")
  private String command = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "ID",
      description = "The job or rule, for commands that name one.")
  private @Nullable String identifier;

  CanCommand(Session session) {
    super(session);
  }

  @Override
  int run(ZtickClient client) throws IOException {
    String name = command.toUpperCase(Locale.ROOT);
    Permission permission = identifier == null ? client.can(name) : client.can(name, identifier);
    boolean allowed = permission.allowed();
    String reason = permission.reason();
    switch (output) {
      case TABLE -> session.line(allowed ? "yes" : "no: " + Texts.safe(reason));
      case JSON ->
          Json.line(
              session,
              json -> {
                json.writeBooleanField("allowed", allowed);
                json.writeStringField("reason", reason);
              });
      case WIRE ->
          session.line("OK " + Texts.words(allowed ? List.of("yes") : List.of("no", reason)));
    }
    return allowed ? DONE : Failures.REFUSED;
  }
}
