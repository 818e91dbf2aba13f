package io.ztick.server;

import io.ztick.protocol.Answers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `ztick backup`.
@Command(
    name = "backup",
    header = "Lets the running server make a backup.",
    description = {
      "",
      "The backup appears as backups/NAME in the server's directory, complete and consistent. The"
          + " server is the one that the configuration describes; with authentication a token of"
          + " the namespace * is needed."
    })
final class BackupCommand implements Callable<Integer> {
  private static final String TOKEN_VARIABLE = "ZTICK_TOKEN";

  /// Where a secret is, and not the secret: every user of a machine can read the arguments of its
  /// processes.
  private static final Pattern TOKEN_SOURCE =
      Pattern.compile("env:(?<variable>.+)|file:(?<file>.+)");

  private static final String REQUEST_ID = "backup";
  private static final Duration AUTH_TIMEOUT = Duration.ofSeconds(30);

  /// The server may have hundreds of gigabytes to copy, where links to files cannot be made.
  private static final Duration BACKUP_TIMEOUT = Duration.ofMinutes(30);

  private static final int CAPACITY = 256;

  private final Main main;
  private final Results results;

  @Parameters(
      paramLabel = "NAME",
      description =
          "1 to 64 of A-Z a-z 0-9 . _ - and first a letter or digit; not one that exists.")
  private String name = "";

  @Option(
      names = "--token",
      paramLabel = "env:NAME|file:PATH",
      description =
          "Where the token's secret is, if authentication is on: an environment variable or a"
              + " file; env:"
              + TOKEN_VARIABLE
              + " unless given.")
  private String token = "env:" + TOKEN_VARIABLE;

  BackupCommand(Main main, Results results) {
    this.main = main;
    this.results = results;
  }

  @Override
  public Integer call() throws IOException, InvalidConfigurationException, WrongUsageException {
    Matcher source = TOKEN_SOURCE.matcher(token);
    if (!source.matches()) {
      // Without the value: it may be a secret.
      throw new WrongUsageException("--token: env:NAME or file:PATH is expected");
    }
    Configuration.Controller controller = main.configuration().controller();
    String secret = controller.authFile() == null ? null : secret(source);
    try (var server = OperatorConnection.open(controller)) {
      if (secret != null) {
        // It takes no request id, nor has its answer one.
        expectOk(server.ask(line(null, "AUTH", secret), AUTH_TIMEOUT));
      }
      // With one, because `BACKUP GET` would be the command GET.
      String answer = server.ask(line(REQUEST_ID, "BACKUP", name), BACKUP_TIMEOUT);
      String idAndSpace = REQUEST_ID + " ";
      expectOk(answer.startsWith(idAndSpace) ? answer.substring(idAndSpace.length()) : answer);
    }
    results.line("made backups/" + name + " in the server's directory");
    return Main.DONE;
  }

  private static Answers line(@Nullable String requestId, String verb, String argument) {
    var line = new Answers(CAPACITY);
    line.begin(requestId).word(verb).word(argument).end();
    return line;
  }

  private static void expectOk(String answer) throws IOException {
    if (!answer.equals("OK")) {
      // Whatever listens there may have sent it.
      throw new IOException("the server answered " + answer.replaceAll("\\p{Cc}", "?"));
    }
  }

  private String secret(Matcher source) throws WrongUsageException {
    String file = source.group("file");
    String secret = file == null ? System.getenv(source.group("variable")) : firstLine(file);
    if (secret == null || secret.isEmpty()) {
      throw new WrongUsageException("authentication is on, and there is no secret in " + token);
    }
    return secret;
  }

  private static String firstLine(String file) throws WrongUsageException {
    try {
      return TextFile.read(Path.of(file), StandardCharsets.UTF_8).lines().findFirst().orElse("");
    } catch (IOException e) {
      throw new WrongUsageException("--token: " + file + ": " + e.getMessage());
    }
  }
}
