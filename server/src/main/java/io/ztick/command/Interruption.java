package io.ztick.command;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// What a signal does to the command that runs. From any thread.
final class Interruption {
  private final AtomicReference<@Nullable Runnable> listener = new AtomicReference<>();

  /// From now on the first signal does this, and the process goes on.
  void listen(Runnable end) {
    listener.set(end);
  }

  /// Hands a signal over.
  ///
  /// @return whether somebody took it; each listener takes one
  boolean signal() {
    Runnable end = listener.getAndSet(null);
    if (end == null) {
      return false;
    }
    end.run();
    return true;
  }
}
