package io.ztick.scheduler;

/// Where a job is in its life.
public enum Status {
  PLANNED("planned"),
  TRIGGERED("triggered"),
  EXECUTED("executed"),
  FAILED("failed");

  private final String word;

  Status(String word) {
    this.word = word;
  }

  /// The status as it stands in an answer.
  public String word() {
    return word;
  }
}
