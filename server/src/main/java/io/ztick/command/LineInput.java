package io.ztick.command;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Lines of bytes as the server takes them apart: only a line feed ends one, and a carriage return
/// right before it is dropped. Confined to one thread.
final class LineInput {
  private static final int BUFFER_BYTES = 65_536;

  private final InputStream in;

  LineInput(InputStream in) {
    this.in = new BufferedInputStream(in, BUFFER_BYTES);
  }

  /// The next line without its end; null at the end of the input.
  byte @Nullable [] next() throws IOException {
    var line = new ByteArrayOutputStream();
    int octet = in.read();
    if (octet < 0) {
      return null;
    }
    while (octet >= 0 && octet != '\n') {
      line.write(octet);
      octet = in.read();
    }
    byte[] bytes = line.toByteArray();
    boolean crLf = octet == '\n' && bytes.length > 0 && bytes[bytes.length - 1] == '\r';
    return crLf ? Arrays.copyOf(bytes, bytes.length - 1) : bytes;
  }

  /// Whether there is more without waiting for it.
  boolean isReady() throws IOException {
    return in.available() > 0;
  }
}
