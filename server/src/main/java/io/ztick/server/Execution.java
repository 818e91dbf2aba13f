package io.ztick.server;

import io.ztick.scheduler.Outcome;

/// The doing of one run. [#perform()] blocks one thread until the run has ended; the other methods
/// may be called from any thread, also before it and after it.
sealed interface Execution permits ProcessRun, HttpRun, Execution.Refused {

  /// Does it. Called once.
  Outcome perform();

  /// The end of what the run printed or was answered, for the log. Only after [#perform()], on its
  /// thread.
  String output();

  /// Asks the run to end.
  void terminate();

  /// Ends the run as far as the system can.
  void kill();

  /// A run that cannot be done here at all. No record: two with the same reason are two.
  final class Refused implements Execution {
    private final String reason;

    Refused(String reason) {
      this.reason = reason;
    }

    @Override
    public Outcome perform() {
      return Outcome.failed(reason);
    }

    @Override
    public String output() {
      return "";
    }

    @Override
    public void terminate() {}

    @Override
    public void kill() {}
  }
}
