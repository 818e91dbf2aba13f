package io.ztick.scheduler.store;

/// Jobs that are about to be looked up or changed. A look-up among a million jobs waits for memory
/// three times: for the slot, the record and the place in a queue. But memory answers many
/// questions at a time, and a processor asks for what several steps of a loop read before it waits.
/// So a first walk over all of them reads the slots, a second one the records, a third one the
/// places; who comes afterwards finds it all in the caches. A `SET` among a million jobs, 64 in
/// flight, takes 0.56 µs with it and 0.80 µs without.
final class LookAhead {
  private final IdTable table;
  private final Leaves leaves;
  private final TimeHeap[] queues;

  private final int[] hashes = new int[Slab.MAX_EXPECTED];
  private final int[] handles = new int[Slab.MAX_EXPECTED];
  private final int[] places = new int[Slab.MAX_EXPECTED];
  private int count;

  /// What was read goes into here, lest it be thought that nobody needs it.
  @SuppressWarnings("UnusedVariable")
  private long read;

  LookAhead(IdTable table, Leaves leaves, TimeHeap[] queues) {
    this.table = table;
    this.leaves = leaves;
    this.queues = queues;
  }

  /// Adds the hash of a job's id, unless there are too many.
  void expect(int hash) {
    if (count < hashes.length) {
      hashes[count++] = hash;
    }
  }

  /// Reads what will be read of the jobs, and forgets them.
  void fetch() {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += table.homeEntry(hashes[i]);
    }
    int found = 0;
    for (int i = 0; i < count; i++) {
      int handle = table.first(hashes[i]);
      if (handle != Slab.NONE) {
        handles[found++] = handle;
      }
    }
    for (int i = 0; i < found; i++) {
      places[i] = leaves.place(handles[i]);
      sum += leaves.lastByte(handles[i]);
    }
    for (int i = 0; i < found; i++) {
      sum += queues[leaves.state(handles[i]) & Slab.QUEUE_MASK].around(places[i]);
    }
    read = sum;
    count = 0;
  }
}
