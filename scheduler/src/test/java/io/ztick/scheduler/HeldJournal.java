package io.ztick.scheduler;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// A journal whose disk is as slow as the test wants, and loses at a crash what was not synced. On
/// the disk are the records that a server would write, and what comes back was read from them.
final class HeldJournal implements Journal {
  private final RecordMap disk;

  /// How many changes may wait for the disk before it is busy.
  private final int maxUnsynced;

  private final List<Change> changes = new ArrayList<>();
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  /// The numbers of the last changes of the batches that are on their way to the disk.
  private final ArrayDeque<Integer> batches = new ArrayDeque<>();

  private int written;
  private int durable;

  private record Waiting(int changes, Runnable action) {}

  HeldJournal() {
    this(Integer.MAX_VALUE);
  }

  HeldJournal(int maxUnsynced) {
    this(maxUnsynced, new RecordMap());
  }

  private HeldJournal(int maxUnsynced, RecordMap disk) {
    this.maxUnsynced = maxUnsynced;
    this.disk = disk;
  }

  @Override
  public void append(Change change) {
    changes.add(change);
  }

  @Override
  public void whenDurable(Runnable action) {
    if (isSafe()) {
      action.run();
    } else {
      waiting.addLast(new Waiting(changes.size(), action));
    }
  }

  @Override
  public boolean isSafe() {
    return durable == changes.size() && waiting.isEmpty();
  }

  @Override
  public long replay(Replay state) {
    return disk.read(state).lastPlan();
  }

  @Override
  public long unsyncedBytes() {
    return 0;
  }

  @Override
  public boolean isBehind() {
    return isBusy();
  }

  @Override
  public boolean isBusy() {
    return changes.size() - durable >= maxUnsynced;
  }

  /// Every change so far that no crash took.
  List<Change> changes() {
    return changes;
  }

  int durable() {
    return durable;
  }

  /// The next changes go to the disk, as one batch. They are not safe yet.
  void write(int count) {
    int size = Math.min(count, changes.size() - written);
    if (size > 0) {
      written += size;
      batches.addLast(written);
    }
  }

  /// The batches that are on their way to the disk.
  int unsynced() {
    return batches.size();
  }

  /// The next batches become safe, and whoever waited for them goes on.
  void syncBatches(int count) {
    keep(count);
    while (!waiting.isEmpty() && waiting.getFirst().changes <= durable) {
      waiting.removeFirst().action.run();
    }
  }

  /// The next changes become safe.
  void sync(int count) {
    write(count);
    syncBatches(Integer.MAX_VALUE);
  }

  void syncAll() {
    sync(Integer.MAX_VALUE);
  }

  /// What is found after a crash, when the disk has none of the batches that were not synced.
  HeldJournal crash() {
    return crash(0);
  }

  /// What is found after a crash.
  ///
  /// @param kept how many batches the disk has though they were not synced
  HeldJournal crash(int kept) {
    keep(kept);
    HeldJournal left = new HeldJournal(maxUnsynced, new RecordMap(disk));
    left.changes.addAll(changes.subList(0, durable));
    left.written = durable;
    left.durable = durable;
    return left;
  }

  private void keep(int count) {
    for (int i = 0; i < count && !batches.isEmpty(); i++) {
      int last = batches.removeFirst();
      disk.write(changes.subList(durable, last));
      durable = last;
    }
  }
}
