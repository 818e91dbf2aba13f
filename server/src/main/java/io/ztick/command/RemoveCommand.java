package io.ztick.command;

import io.ztick.client.ConnectionException;
import io.ztick.client.UnknownOutcomeException;
import io.ztick.client.ZtickClient;
import io.ztick.client.ZtickException;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `ztick remove`.
@Command(
    name = "remove",
    header = "Removes jobs.",
    description = {"", "A run that has started goes on. Those that can be removed are."})
final class RemoveCommand extends ClientCommand {
  @Parameters(arity = "1..*", paramLabel = "JOB", description = "The ids of the jobs.")
  private List<String> jobs = List.of();

  RemoveCommand(Session session) {
    super(session);
  }

  @Override
  int run(ZtickClient client) throws IOException {
    int worst = DONE;
    for (String job : jobs) {
      try {
        var _ = acknowledge(client, List.of("REMOVE", job));
      } catch (ConnectionException | UnknownOutcomeException e) {
        throw e;
      } catch (ZtickException e) {
        session.errors().println("ztick: " + Texts.cell(job) + ": " + Failures.sentence(e));
        worst = Math.max(worst, Failures.exitCode(e));
      }
    }
    return worst;
  }
}
