package io.ztick.server;

/// A command line that says two things which do not go together, or not enough. The message says
/// what was expected.
final class WrongUsageException extends Exception {
  private static final long serialVersionUID = 1;

  WrongUsageException(String message) {
    super(message);
  }
}
