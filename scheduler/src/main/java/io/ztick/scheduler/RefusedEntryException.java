package io.ztick.scheduler;

/// An entry of an {@link OriginalLog} that cannot be read or is not accepted here. There may be a
/// million of them, so without a stack trace.
final class RefusedEntryException extends Exception {
  private static final long serialVersionUID = 1;

  /// @param reason on one line, foreign text in it quoted
  RefusedEntryException(String reason) {
    super(reason, null, false, false);
  }
}
