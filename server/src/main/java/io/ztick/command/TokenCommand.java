package io.ztick.command;

import picocli.CommandLine.Command;

/// `ztick token`, which is several commands.
@Command(
    name = "token",
    header = "Makes, lists, revokes and rotates tokens.",
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "",
      "create, list, revoke and rotate ask a running server about tokens that are made at run time."
          + " The others are about its auth file and need no server."
    })
final class TokenCommand {}
