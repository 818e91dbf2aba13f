package io.ztick.server;

import picocli.CommandLine.Command;

/// `ztick token`: what can be done about tokens without a server.
@Command(name = "token", header = "Makes the first token, or the digest of a secret.")
final class TokenCommand {}
