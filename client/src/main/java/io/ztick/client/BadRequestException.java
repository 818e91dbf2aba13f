package io.ztick.client;

/// The server does not understand what was asked: `bad_request`, `unknown_command` or
/// `line_too_long`. Nothing was changed.
public final class BadRequestException extends ZtickException {
  BadRequestException(Refusal refusal) {
    super(refusal);
  }
}
