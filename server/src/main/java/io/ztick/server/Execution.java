package io.ztick.server;

import io.ztick.scheduler.Outcome;
import java.util.function.Consumer;

/// The doing of one run, which holds up no thread that has anything else to do. All but [#begin]
/// may be called from any thread, also before it and after the end.
sealed interface Execution permits ProcessRun, HttpRun, Execution.Refused {

  /// The outcome when the log has a fault of ours.
  Outcome FAULT = Outcome.failed("a fault of the server, see its log");

  /// Begins it. Called once, on the loop.
  ///
  /// @param ended takes the outcome, once, on whatever thread knows it first
  void begin(Consumer<Outcome> ended);

  /// The end of what the run printed or was answered, for the log. Only when it has ended, on the
  /// thread that says so.
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
    public void begin(Consumer<Outcome> ended) {
      ended.accept(Outcome.failed(reason));
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
