package io.ztick.scheduler;

/// Changes that become durable together, numbered on from what the journal holds. Used by one
/// thread at a time.
final class JournalBatch {
  private final RecordBatch records = new RecordBatch();
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
    Records.write(change, records);
    count++;
  }

  /// How many changes have been added since the last ones were taken.
  int count() {
    return count;
  }

  /// What was added, for {@link Store#write}, and begins anew behind it.
  byte[] take() {
    last += count;
    Records.end(last, count, lastPlan, records);
    count = 0;
    return records.take();
  }

  /// Forgets what was added.
  void clear() {
    records.clear();
    count = 0;
  }
}
