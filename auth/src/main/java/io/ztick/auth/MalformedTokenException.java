package io.ztick.auth;

/// A text that is no token as it is kept.
public final class MalformedTokenException extends Exception {

  MalformedTokenException(String message) {
    super(message);
  }
}
