package io.ztick.auth;

/// A text that is no range of addresses. The message goes on behind the text: `is no address …`.
public final class MalformedAddressException extends Exception {

  MalformedAddressException(String message) {
    super(message);
  }
}
