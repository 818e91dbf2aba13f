package io.ztick.command;

import io.ztick.client.ZtickClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `ztick set`.
@Command(
    name = "set",
    header = "Creates a job, or plans it anew.",
    description = {
      "",
      "TIME is one of: +90s or +1h30m (from now, by the server's clock); now; 2026-04-01, or"
          + " 2026-04-01 12:00:00 (UTC); 2026-04-01T12:00:00+02:00; nanoseconds since 1970. A time"
          + " in the past is due at once."
    })
final class SetCommand extends ClientCommand {
  private static final Pattern OPTION = Pattern.compile("-[-A-Za-z]");

  @Parameters(index = "0", paramLabel = "JOB", description = "The id of the job.")
  private String job = "";

  @Parameters(
      index = "1..*",
      arity = "1..2",
      paramLabel = "TIME",
      description = "When it is due: one word, or a date and a time.")
  private List<String> time = List.of();

  SetCommand(Session session) {
    super(session);
  }

  /// A time may begin with a minus, so that what looks like an option is looked for here.
  @Override
  void check() {
    for (String word : target.wordsBeforeDashes()) {
      if (OPTION.matcher(word).lookingAt() && (word.equals(job) || time.contains(word))) {
        throw target.wrong(
            "there is no option " + Usage.option(word) + "; -- stands before such an id");
      }
    }
  }

  @Override
  int run(ZtickClient client) throws IOException {
    List<String> words = new ArrayList<>(List.of("SET", job));
    words.addAll(time);
    return acknowledge(client, words);
  }
}
