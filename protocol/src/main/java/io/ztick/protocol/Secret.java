package io.ztick.protocol;

/// What a client sent behind `AUTH`. Nothing but {@link #bytes()} gives it away.
public final class Secret {
  private final byte[] bytes;

  Secret(byte[] bytes) {
    this.bytes = bytes;
  }

  /// The bytes themselves; empty when the line had none.
  public byte[] bytes() {
    return bytes.clone();
  }

  /// Whether the line had none.
  public boolean isEmpty() {
    return bytes.length == 0;
  }

  /// Without the secret: this value may end up in a log.
  @Override
  public String toString() {
    return "Secret";
  }
}
