package io.ztick.scheduler;

/// How many jobs there are of each status.
public final class Counts {
  private int planned;
  private int triggered;
  private int executed;
  private int failed;

  /// The jobs with this status.
  public int of(Status status) {
    return switch (status) {
      case PLANNED -> planned;
      case TRIGGERED -> triggered;
      case EXECUTED -> executed;
      case FAILED -> failed;
    };
  }

  /// All jobs.
  public int total() {
    return planned + triggered + executed + failed;
  }

  void add(Status status, int difference) {
    switch (status) {
      case PLANNED -> planned += difference;
      case TRIGGERED -> triggered += difference;
      case EXECUTED -> executed += difference;
      case FAILED -> failed += difference;
    }
  }
}
