package io.ztick.scheduler;

import java.io.IOException;

/// Changes that become durable together, numbered on from what the journal holds. Used by one
/// thread at a time.
final class JournalBatch implements AutoCloseable {
  private final Store.Batch writes = new Store.Batch();
  private long last;
  private long lastPlan;
  private int count;

  /// @param last the number of the last change in the journal; 0 when it is empty
  /// @param lastPlan the number of the last plan in it
  JournalBatch(long last, long lastPlan) {
    this.last = last;
    this.lastPlan = lastPlan;
  }

  void add(Change change) {
    if (change instanceof Change.JobPlanned planned) {
      lastPlan = Math.max(lastPlan, planned.plan());
    }
    Records.write(change, writes);
    count++;
  }

  /// How many changes have been added since it was written.
  int count() {
    return count;
  }

  /// Writes what was added, and begins anew behind it.
  void writeTo(Store store) throws IOException {
    end();
    store.write(writes);
    clear();
  }

  /// The same, where many small ones follow.
  void writeWithRoomTo(Store store) throws IOException {
    end();
    store.writeWithRoom(writes);
    clear();
  }

  private void end() {
    last += count;
    Records.end(last, count, lastPlan, writes);
  }

  private void clear() {
    writes.clear();
    count = 0;
  }

  @Override
  public void close() {
    writes.close();
  }
}
