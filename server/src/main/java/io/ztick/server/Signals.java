package io.ztick.server;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/// What SIGTERM, SIGINT and SIGHUP do. The JDK has no supported way to hear of a signal without
/// ending, so the unsupported one stays in this class.
final class Signals {
  private Signals() {}

  /// Runs `first` on the first SIGTERM or SIGINT, `again` on each further one, and `hangUp` on each
  /// SIGHUP, on threads of their own.
  static void handle(Runnable first, Runnable again, Runnable hangUp) {
    var seen = new AtomicBoolean();
    SignalHandler handler =
        _ -> {
          if (seen.compareAndSet(false, true)) {
            first.run();
          } else {
            again.run();
          }
        };
    for (String name : List.of("TERM", "INT")) {
      Signal.handle(new Signal(name), handler);
    }
    // Also where there is nothing to do: SIG_IGN would be inherited by the processes of runs.
    Signal.handle(new Signal("HUP"), _ -> hangUp.run());
  }
}
