package io.ztick.client;

import org.jspecify.annotations.Nullable;

/// Nobody knows whether the change is kept: the connection was lost, or no answer came in time,
/// after the line may have been sent, or the server said `unavailable`. Look with a `get`, or make
/// the change again: `set` and `setRule` do no harm twice.
public final class UnknownOutcomeException extends ZtickException {
  UnknownOutcomeException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  UnknownOutcomeException(Refusal refusal) {
    super(refusal);
  }
}
