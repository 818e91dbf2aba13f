package io.ztick.scheduler;

/// Keeps changes, in order, and tells when they are safe. Called on the thread that owns the {@link
/// Scheduler}.
public interface Journal {

  /// Takes a change. It is not safe yet when this returns.
  void append(Change change);

  /// Whether it keeps what it is given. To one that does not, changes need not be given.
  default boolean keepsChanges() {
    return true;
  }

  /// Runs an action on the calling thread as soon as everything appended so far is safe: at once if
  /// it is. Actions run in the order in which they were given; after a failure of the journal,
  /// never.
  void whenDurable(Runnable action);

  /// Whether everything appended so far is safe and no action waits: {@link #whenDurable} would run
  /// one at once.
  boolean isSafe();

  /// Hands over changes that bring about the state that was kept: not each that there ever was, and
  /// in an order in which they can be applied.
  ///
  /// @return the number of the plan made last, whatever became of its job; 0 when there was none
  long replay(Replay changes);

  /// An estimate of what changes take that are not safe yet, in bytes.
  long unsyncedBytes();

  /// Whether so many changes wait for the disk that nobody may make more.
  boolean isBehind();

  /// Whether enough changes wait for the disk to keep it at work, so that more should not be made
  /// without need: whoever makes one waits for those before it.
  boolean isBusy();
}
