package io.ztick.client;

import org.jspecify.annotations.Nullable;

/// There is no connection. Nothing was changed: no line of the call was sent, or the call asks only
/// and its answer was lost.
public final class ConnectionException extends ZtickException {
  ConnectionException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
