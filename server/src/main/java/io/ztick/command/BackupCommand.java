package io.ztick.command;

import io.ztick.client.ClientOptions;
import io.ztick.client.ZtickClient;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `ztick backup`.
@Command(
    name = "backup",
    header = "Lets a running server make a backup.",
    description = {
      "",
      "The backup appears as backups/NAME in the server's directory, complete and consistent. The"
          + " server is the one that --config describes, or that --endpoint or a profile names;"
          + " if nothing does, the one of the installed configuration. With authentication a token"
          + " of the namespace * is needed."
    })
final class BackupCommand implements Callable<Integer> {
  /// The server may have hundreds of gigabytes to copy, where links to files cannot be made.
  private static final Duration PATIENCE = Duration.ofMinutes(30);

  private final Session session;
  private final LocalServer local;

  @Mixin private final Target target = new Target();

  @Parameters(
      paramLabel = "NAME",
      description =
          "1 to 64 of A-Z a-z 0-9 . _ - and first a letter or digit; not one that exists.")
  private String name = "";

  BackupCommand(Session session, LocalServer local) {
    this.session = session;
    this.local = local;
  }

  @Override
  public Integer call() throws Exception {
    if (local.isNamed() && target.isGiven()) {
      throw target.wrong("--config names one server, and --endpoint or --profile another");
    }
    boolean elsewhere = !local.isNamed() && target.isNamed(session);
    ClientOptions.Builder options = elsewhere ? target.options(session) : here();
    if (!target.isBounded()) {
      options.answerTimeout(PATIENCE);
    }
    try (ZtickClient client = ZtickClient.connect(options.build())) {
      client.backup(name);
    }
    session.line("made backups/" + name + " in the server's directory");
    session.out().flush();
    return ClientCommand.DONE;
  }

  private ClientOptions.Builder here() throws Exception {
    var given = target.tokenIfGiven(session);
    LocalServer.Access access = local.access();
    ClientOptions.Builder options = ClientOptions.builder(access.endpoint());
    if (access.authentication()) {
      options.token(
          given.orElseThrow(
              () ->
                  new ProfileException(
                      "authentication is on, and there is no token: --token or $ZTICK_TOKEN is"
                          + " expected")));
    }
    access.trust().ifPresent(options::sslContext);
    return target.within(options);
  }
}
