package io.ztick.command;

import io.ztick.client.BadRequestException;
import io.ztick.client.ZtickClient;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;

/// `ztick reload`.
@Command(
    name = "reload",
    header = "Lets a running server read its auth file and its certificate again.",
    description = {
      "",
      "All or nothing: with a problem in one of the files nothing changes, and all problems are"
          + " printed. It needs a token of the namespace *."
    })
final class ReloadCommand extends ClientCommand {
  ReloadCommand(Session session) {
    super(session);
  }

  @Override
  int run(ZtickClient client) throws IOException {
    try {
      print(client.reload());
      return DONE;
    } catch (BadRequestException e) {
      e.problems().forEach(problem -> session.errors().println("ztick: " + Texts.safe(problem)));
      throw e;
    }
  }

  private void print(List<String> warnings) throws IOException {
    switch (output) {
      case TABLE -> {
        warnings.forEach(warning -> session.errors().println("warning: " + Texts.safe(warning)));
        session.line(Paint.good(session, "OK"));
      }
      case JSON ->
          Json.line(
              session,
              json -> {
                json.writeBooleanField("ok", true);
                json.writeArrayFieldStart("warnings");
                for (String warning : warnings) {
                  json.writeString(warning);
                }
                json.writeEndArray();
              });
      case WIRE -> {
        for (String warning : warnings) {
          session.line(Texts.row(List.of("warning", warning)));
        }
        session.line("OK");
      }
    }
  }
}
