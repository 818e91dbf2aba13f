package io.ztick.scheduler;

/// A record of the journal does not say what {@link Records} says it does.
final class MalformedRecordException extends Exception {
  private static final long serialVersionUID = 1;

  /// @param problem names the record
  MalformedRecordException(String problem) {
    super(problem);
  }
}
