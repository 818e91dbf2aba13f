package io.ztick.command;

import io.ztick.client.ZtickClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `ztick show`.
@Command(
    name = "show",
    header = "Prints everything that is known of a job and its run.",
    description = "")
final class ShowCommand extends ClientCommand {
  @Parameters(paramLabel = "JOB", description = "The id of the job.")
  private String job = "";

  ShowCommand(Session session) {
    super(session);
  }

  @Override
  int run(ZtickClient client) throws IOException {
    List<List<String>> rows = new ArrayList<>();
    if (output != Output.WIRE) {
      rows.add(List.of("job", job));
    }
    rows.addAll(client.send(List.of("SHOW", job)).rows());
    Facts.print(session, output, rows);
    return DONE;
  }
}
