package io.ztick.command;

import picocli.CommandLine.Command;

/// `ztick token`, which is several commands.
@Command(
    name = "token",
    header = "Makes, lists, revokes and rotates tokens.",
    synopsisSubcommandLabel = "COMMAND",
    description = "")
final class TokenCommand {}
