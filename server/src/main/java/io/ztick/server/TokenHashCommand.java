package io.ztick.server;

import io.ztick.auth.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `ztick token hash`.
@Command(
    name = "hash",
    header = "Prints the SHA-256 of a secret, for secret_sha256 in auth.toml.",
    description = {
      "",
      "Reads the secret from stdin: one line, whose end does not count. It is no argument, because"
          + " others on the machine could see that."
    })
final class TokenHashCommand implements Callable<Integer> {
  private final Results results;
  private final InputStream in;

  TokenHashCommand(Results results, InputStream in) {
    this.results = results;
    this.in = in;
  }

  @Override
  public Integer call() throws IOException, WrongUsageException {
    byte[] read = in.readNBytes(Digest.MAX_SECRET_BYTES + 3);
    int length = read.length;
    if (length > 0 && read[length - 1] == '\n') {
      length--;
      length -= length > 0 && read[length - 1] == '\r' ? 1 : 0;
    }
    byte[] secret = Arrays.copyOf(read, length);
    for (byte each : secret) {
      if (each >= 0 && Character.isISOControl(each)) {
        throw new WrongUsageException("a secret is one line without control characters");
      }
    }
    if (length == 0 || length > Digest.MAX_SECRET_BYTES) {
      throw new WrongUsageException(
          "a secret has 1 to " + Digest.MAX_SECRET_BYTES + " bytes, on stdin");
    }
    results.line(Digest.of(secret).hex());
    return Main.DONE;
  }
}
