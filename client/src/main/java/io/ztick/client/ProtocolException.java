package io.ztick.client;

import org.jspecify.annotations.Nullable;

/// What answers is no ztick server, or one that speaks differently; the connection is closed.
public final class ProtocolException extends ZtickException {
  ProtocolException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  ProtocolException(Refusal refusal) {
    super(refusal);
  }
}
