package io.ztick.command;

import picocli.CommandLine.Command;

/// `ztick rule`, which is two commands.
@Command(
    name = "rule",
    header = "Sets and removes rules.",
    description = "",
    synopsisSubcommandLabel = "COMMAND")
final class RuleCommand {}
