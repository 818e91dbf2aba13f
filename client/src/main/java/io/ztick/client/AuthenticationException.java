package io.ztick.client;

import org.jspecify.annotations.Nullable;

/// The server did not let the client in: `auth_required` or `auth_failed`, or there is no token
/// where one should be. Nothing was changed.
public final class AuthenticationException extends ZtickException {
  AuthenticationException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  AuthenticationException(Refusal refusal) {
    super(refusal);
  }
}
