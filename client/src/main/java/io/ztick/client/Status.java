package io.ztick.client;

import java.util.Locale;

/// What has become of a job.
public enum Status {
  /// Its time has not come.
  PLANNED,
  /// It is due and its rule is chosen: it waits for a slot or runs.
  TRIGGERED,
  /// Its run was a success.
  EXECUTED,
  /// Its run was none, or no rule matched it.
  FAILED;

  private final String word = name().toLowerCase(Locale.ROOT);

  /// The status as it stands in an answer: in lower case.
  public String word() {
    return word;
  }

  static Status of(String word) {
    for (Status status : values()) {
      if (status.word.equals(word)) {
        return status;
      }
    }
    throw new ProtocolException("a status is expected", null);
  }
}
