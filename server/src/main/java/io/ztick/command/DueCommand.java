package io.ztick.command;

import io.ztick.client.ZtickClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `ztick due`.
@Command(
    name = "due",
    header = "Prints the jobs that become due next, the next one first.",
    description = "")
final class DueCommand extends ClientCommand {
  static final int MOST = 1000;

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "N",
      description = "How many, 1 to 1000; 10 unless given.")
  private int limit = 10;

  @Parameters(
      arity = "0..1",
      paramLabel = "PREFIX",
      description = "What their ids begin with; all jobs unless given.")
  private String prefix = "";

  DueCommand(Session session) {
    super(session);
  }

  @Override
  void check() {
    checkLimit(target, limit);
  }

  /// That so many jobs may be asked for.
  static void checkLimit(Target target, int limit) {
    if (limit < 1 || limit > MOST) {
      throw target.wrong("--limit: 1 to " + MOST + " is expected");
    }
  }

  @Override
  int run(ZtickClient client) throws IOException {
    return print(client, words(limit, prefix), output.jobs(session));
  }

  /// The line that asks for the next jobs.
  static List<String> words(int limit, String prefix) {
    List<String> words = new ArrayList<>(List.of("DUE", Integer.toString(limit)));
    if (!prefix.isEmpty()) {
      words.add(prefix);
    }
    return words;
  }
}
