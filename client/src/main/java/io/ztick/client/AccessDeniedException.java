package io.ztick.client;

/// The token may not do this: `auth_denied`. Nothing was changed.
public final class AccessDeniedException extends ZtickException {
  AccessDeniedException(Refusal refusal) {
    super(refusal);
  }
}
