package io.ztick.scheduler;

/// A clause of `RULE SET` is not what its runner takes. An answer to a client, so without a stack
/// trace.
public final class MalformedRunnerException extends Exception {
  private static final long serialVersionUID = 1;

  private final String word;

  MalformedRunnerException(String word, String expected) {
    super(expected, null, false, false);
    this.word = word;
  }

  /// The client's word that is wrong, or that the missing one should follow.
  public String word() {
    return word;
  }

  /// What was expected instead; holds no word of the client.
  public String expected() {
    return String.valueOf(getMessage());
  }
}
