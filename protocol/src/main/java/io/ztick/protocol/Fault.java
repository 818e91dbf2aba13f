package io.ztick.protocol;

/// What is wrong with a line, thrown by the parsers of this package and caught in one place, {@link
/// LineParser}. It is an answer to a client and not an accident, so it has no stack trace.
final class Fault extends Exception {
  private static final long serialVersionUID = 1;

  Fault(String sentence) {
    super(sentence, null, false, false);
  }

  String sentence() {
    return String.valueOf(getMessage());
  }
}
