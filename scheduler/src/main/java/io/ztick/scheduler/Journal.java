package io.ztick.scheduler;

import java.util.function.Consumer;

/// Keeps changes, in order, and tells when they are safe. Called on the thread that owns the {@link
/// Scheduler}.
public interface Journal {

  /// Takes a change. It is not safe yet when this returns.
  void append(Change change);

  /// Runs an action on the calling thread as soon as everything appended so far is safe: at once if
  /// it is. Actions run in the order in which they were given.
  void whenDurable(Runnable action);

  /// Hands over every change that was kept, in order.
  void replay(Consumer<Change> changes);
}
