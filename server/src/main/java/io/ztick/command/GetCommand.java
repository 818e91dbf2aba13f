package io.ztick.command;

import io.ztick.client.ZtickClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `ztick get`.
@Command(
    name = "get",
    header = "Prints the status of a job and when it is planned for.",
    description = "")
final class GetCommand extends ClientCommand {
  @Parameters(paramLabel = "JOB", description = "The id of the job.")
  private String job = "";

  GetCommand(Session session) {
    super(session);
  }

  @Override
  int run(ZtickClient client) throws IOException {
    List<String> answer = client.send(List.of("GET", job)).words();
    if (output == Output.WIRE) {
      session.line("OK " + Texts.words(answer));
      return DONE;
    }
    List<String> row = new ArrayList<>(List.of(job));
    row.addAll(answer);
    Rows rows = output.jobs(session);
    rows.print(row);
    rows.end();
    return DONE;
  }
}
