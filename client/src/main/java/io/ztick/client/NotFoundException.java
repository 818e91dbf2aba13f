package io.ztick.client;

/// There is no such job or rule: `not_found`.
public final class NotFoundException extends ZtickException {
  NotFoundException(Refusal refusal) {
    super(refusal);
  }
}
