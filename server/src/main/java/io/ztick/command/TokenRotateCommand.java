package io.ztick.command;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `ztick token rotate`.
@Command(
    name = "rotate",
    header = "Gives a token another secret, and prints it this once.",
    description = {"", "Its former secret stays good for a while, so that its clients can move."})
final class TokenRotateCommand extends SecretCommand {
  @Parameters(paramLabel = "TOKEN", description = "Its id or its name.")
  private String token = "";

  @Option(
      names = "--overlap",
      paramLabel = "DURATION",
      description = "How long the former secret stays good, 0s to 7d; 1h unless given.")
  private @Nullable String overlap;

  TokenRotateCommand(Session session) {
    super(session);
  }

  @Override
  List<String> words() {
    return overlap == null
        ? List.of("TOKEN", "ROTATE", token)
        : List.of("TOKEN", "ROTATE", token, "overlap=" + overlap);
  }
}
