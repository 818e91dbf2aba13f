package io.ztick.command;

import io.ztick.client.ZtickClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `ztick rule set`.
@Command(
    name = "set",
    header = "Creates or replaces a rule.",
    description = {
      "",
      "RUNNER and ARGUMENTS are one of: shell COMMAND; direct PROGRAM [ARGUMENT...]; http"
          + " GET|POST|PUT|DELETE URL; awf WORKFLOW [--input KEY=VALUE]... Options of ztick stand"
          + " before RULE: what follows belongs to the rule."
    })
final class RuleSetCommand extends ClientCommand {
  @Parameters(index = "0", paramLabel = "RULE", description = "The id of the rule.")
  private String rule = "";

  @Parameters(
      index = "1",
      paramLabel = "PATTERN",
      description = "What the ids of its jobs begin with; * for all.")
  private String pattern = "";

  @Parameters(index = "2", paramLabel = "RUNNER", description = "What runs.")
  private String runner = "";

  @Parameters(
      index = "3..*",
      arity = "1..*",
      paramLabel = "ARGUMENTS",
      description = "What the runner is given.")
  private List<String> arguments = List.of();

  RuleSetCommand(Session session) {
    super(session);
  }

  @Override
  int run(ZtickClient client) throws IOException {
    List<String> words = new ArrayList<>(List.of("RULE", "SET", rule, pattern, runner));
    words.addAll(arguments);
    return acknowledge(client, words);
  }
}
