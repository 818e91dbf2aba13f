package io.ztick.scheduler;

/// Keeps nothing: persistence `memory`. What the process has seen is as safe as it will ever be, so
/// every action runs at once.
public final class MemoryJournal implements Journal {
  @Override
  public void append(Change change) {}

  @Override
  public boolean keepsChanges() {
    return false;
  }

  @Override
  public void whenDurable(Runnable action) {
    action.run();
  }

  @Override
  public boolean isSafe() {
    return true;
  }

  @Override
  public long replay(Replay changes) {
    return 0;
  }

  @Override
  public long unsyncedBytes() {
    return 0;
  }

  @Override
  public boolean isBehind() {
    return false;
  }

  @Override
  public boolean isBusy() {
    return false;
  }
}
