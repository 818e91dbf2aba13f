package io.ztick.server;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// What a command prints on stdout: UTF-8 whatever the locale, because the bytes of ids are meant,
/// and buffered.
final class Results extends OutputStream {
  private static final int BUFFER_BYTES = 65_536;

  private final OutputStream out;

  /// Somebody has not got all of the results.
  static final class LostException extends IOException {
    private static final long serialVersionUID = 1;

    LostException(IOException cause) {
      super("cannot write the results: " + cause.getMessage(), cause);
    }

    /// Whether the reader went away, as `head` does when it has seen enough.
    boolean isUnwanted() {
      return String.valueOf(getMessage()).endsWith("Broken pipe");
    }
  }

  Results(OutputStream out) {
    this.out = new BufferedOutputStream(out, BUFFER_BYTES);
  }

  /// Prints a line, and at once what came before it.
  void line(String line) throws LostException {
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    write(bytes, 0, bytes.length);
    flush();
  }

  @Override
  public void write(int octet) throws LostException {
    try {
      out.write(octet);
    } catch (IOException e) {
      throw new LostException(e);
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws LostException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      throw new LostException(e);
    }
  }

  @Override
  public void flush() throws LostException {
    try {
      out.flush();
    } catch (IOException e) {
      throw new LostException(e);
    }
  }
}
