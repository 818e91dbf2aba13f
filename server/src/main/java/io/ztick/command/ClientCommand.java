package io.ztick.command;

import io.ztick.client.ZtickClient;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// A command that asks a running server something and prints the answer.
abstract class ClientCommand implements Callable<Integer> {
  static final int DONE = 0;

  final Session session;

  @Mixin final Target target = new Target();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "table|json|wire",
      converter = Output.Converter.class,
      completionCandidates = Output.Words.class,
      description =
          "For people, for programs (an object a line), or as the server sent it; table unless"
              + " given.")
  Output output = Output.TABLE;

  ClientCommand(Session session) {
    this.session = session;
  }

  @Override
  public final Integer call() throws IOException, ProfileException {
    check();
    try (ZtickClient client = ZtickClient.connect(target.options(session).build())) {
      int exitCode = run(client);
      session.out().flush();
      return exitCode;
    }
  }

  /// Looks at the command line before there is a connection.
  ///
  /// @throws picocli.CommandLine.ParameterException when it cannot be meant
  void check() {}

  /// Asks and prints; returns the exit code.
  abstract int run(ZtickClient client) throws IOException;

  /// Sends words and prints that the server said OK to them.
  int acknowledge(ZtickClient client, List<String> words) throws IOException {
    var _ = client.send(words);
    printOk();
    return DONE;
  }

  /// Prints an answer that has no more to say.
  void printOk() throws IOException {
    switch (output) {
      case TABLE -> session.line(Paint.good(session, "OK"));
      case JSON -> Json.line(session, json -> json.writeBooleanField("ok", true));
      case WIRE -> session.line("OK");
    }
  }

  /// Prints the rows of a listing while they come.
  static int print(ZtickClient client, List<String> words, Rows rows) throws IOException {
    try (var answer = client.stream(words)) {
      var each = answer.iterator();
      while (each.hasNext()) {
        rows.print(each.next());
      }
    }
    rows.end();
    return DONE;
  }
}
