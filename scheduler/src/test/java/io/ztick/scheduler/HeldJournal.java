package io.ztick.scheduler;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// A journal whose disk is as slow as the test wants: changes are safe when {@link #sync} says so.
final class HeldJournal implements Journal {
  private final List<Change> changes = new ArrayList<>();
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private int durable;

  private record Waiting(int changes, Runnable action) {}

  @Override
  public void append(Change change) {
    changes.add(change);
  }

  @Override
  public void whenDurable(Runnable action) {
    if (durable == changes.size()) {
      action.run();
    } else {
      waiting.addLast(new Waiting(changes.size(), action));
    }
  }

  @Override
  public long replay(Consumer<Change> state) {
    changes.forEach(state);
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

  List<Change> changes() {
    return changes;
  }

  int durable() {
    return durable;
  }

  /// The next changes become safe, and whoever waited for them goes on.
  void sync(int count) {
    durable += Math.min(count, changes.size() - durable);
    while (!waiting.isEmpty() && waiting.getFirst().changes <= durable) {
      waiting.removeFirst().action.run();
    }
  }

  void syncAll() {
    sync(Integer.MAX_VALUE);
  }

  /// What is on the disk after a crash.
  HeldJournal crash() {
    HeldJournal left = new HeldJournal();
    left.changes.addAll(changes.subList(0, durable));
    left.durable = durable;
    return left;
  }
}
