package io.ztick.command;

import io.ztick.client.ZtickClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// A command whose answer is a secret that nobody can be told a second time.
abstract class SecretCommand extends ClientCommand {
  /// In place of a secret that is in a file.
  private static final String HIDDEN = "***";

  @Option(
      names = "--secret-file",
      paramLabel = "FILE",
      description =
          "Writes the secret into this file, for its owner only, instead of printing it. What is"
              + " in it is replaced.")
  private @Nullable Path secretFile;

  SecretCommand(Session session) {
    super(session);
  }

  /// The line whose answer is `<secret> <id> <expires_ns>`.
  abstract List<String> words();

  @Override
  final int run(ZtickClient client) throws IOException {
    if (secretFile == null) {
      print(client.send(words()).words());
      return DONE;
    }
    List<String> answer = List.of();
    try (var file = PrivateFile.at(secretFile)) {
      answer = client.send(words()).words();
      file.keep(word(answer, 0) + "\n");
    } catch (IOException e) {
      String lost =
          answer.isEmpty()
              ? ""
              : "; nobody knows the new secret of " + word(answer, 1) + ": rotate or revoke it";
      throw new IOException(PrivateFile.complaint(secretFile, e) + lost, e);
    }
    print(List.of(HIDDEN, word(answer, 1), word(answer, 2)));
    return DONE;
  }

  private void print(List<String> answer) throws IOException {
    if (output == Output.WIRE) {
      session.line("OK " + Texts.words(answer));
      return;
    }
    List<String> secret =
        secretFile == null
            ? List.of("secret", word(answer, 0))
            : List.of("secret_file", secretFile.toString());
    Facts.print(
        session,
        output,
        List.of(secret, List.of("id", word(answer, 1)), List.of("expires_ns", word(answer, 2))));
  }

  private static String word(List<String> answer, int index) {
    return index < answer.size() ? answer.get(index) : "";
  }
}
