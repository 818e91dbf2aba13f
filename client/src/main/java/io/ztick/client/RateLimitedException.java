package io.ztick.client;

/// Too often in too short a time: `rate_limited`; the sentence says what. Nothing was changed.
public final class RateLimitedException extends ZtickException {
  RateLimitedException(Refusal refusal) {
    super(refusal);
  }
}
