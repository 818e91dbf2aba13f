package io.ztick.client;

/// The server is stopping: `stopping`. Nothing was changed.
public final class StoppingException extends ZtickException {
  StoppingException(Refusal refusal) {
    super(refusal);
  }
}
