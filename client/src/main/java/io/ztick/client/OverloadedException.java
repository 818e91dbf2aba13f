package io.ztick.client;

/// A limit of the server is reached: `overloaded`; the sentence names it. Nothing was changed.
public final class OverloadedException extends ZtickException {
  OverloadedException(Refusal refusal) {
    super(refusal);
  }
}
