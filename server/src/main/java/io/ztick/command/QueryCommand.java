package io.ztick.command;

import io.ztick.client.ZtickClient;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `ztick query`.
@Command(
    name = "query",
    header = "Prints jobs, in the order of their ids.",
    description = {"", "Any number of them; with --output json or wire each as soon as it comes."})
final class QueryCommand extends ClientCommand {
  @Parameters(
      arity = "0..1",
      paramLabel = "PREFIX",
      description = "What their ids begin with; all jobs unless given.")
  private String prefix = "";

  QueryCommand(Session session) {
    super(session);
  }

  @Override
  int run(ZtickClient client) throws IOException {
    List<String> words = prefix.isEmpty() ? List.of("QUERY") : List.of("QUERY", prefix);
    return print(client, words, output.jobs(session));
  }
}
