package io.ztick.scheduler.store;

import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.PrimitiveIterator;

/// Jobs by id, in the order of their ids, and each in one of three queues by a time. A job is an
/// `int` here, its handle: good until the next id comes or goes. Confined to one thread.
public final class Slab {
  /// What is no handle.
  public static final int NONE = 0;

  /// Longest id.
  public static final int MAX_ID_BYTES = Leaves.MAX_ID_BYTES;

  /// The queue of new jobs.
  public static final int FIRST_QUEUE = 0;

  /// How many jobs it is worth to expect at a time: 16 are better than 64.
  public static final int MAX_EXPECTED = 16;

  static final int QUEUE_BITS = 2;
  static final int QUEUE_MASK = (1 << QUEUE_BITS) - 1;

  /// Two leaves share evenly, rather than be split, when one holds so much less than the other.
  private static final int UNEVEN = Leaves.SIZE / 8;

  /// A leaf that holds less than this is merged with its neighbour when both fit into one.
  private static final int SPARSE = Leaves.SIZE / 2;

  private static final int MERGED = Leaves.SIZE * 7 / 8;

  private final IdHash hash = new IdHash();
  private final Leaves leaves = new Leaves(this::moved);
  private final IdTable table = new IdTable(leaves);
  private final LeafIndex index = new LeafIndex();
  private final TimeHeap[] queues;
  private final LookAhead lookAhead;

  /// Takes the jobs of a listing. The bytes are those of the store: to be read, not kept.
  @FunctionalInterface
  public interface Rows {
    /// Takes a job.
    ///
    /// @param from where the id begins in the bytes
    /// @param to where it ends
    /// @return whether to go on
    boolean row(int handle, byte[] bytes, int from, int to, int mark, long time);
  }

  /// @param widths for each queue, of which there are at most three, how many numbers a job carries
  ///   while it is there
  public Slab(int... widths) {
    queues = new TimeHeap[widths.length];
    for (int queue = 0; queue < queues.length; queue++) {
      queues[queue] = new TimeHeap(leaves, widths[queue]);
    }
    lookAhead = new LookAhead(table, leaves, queues);
  }

  /// How many jobs there are.
  public int size() {
    return table.size();
  }

  /// Whether it may be that no other id finds room: handles are not enough for more leaves.
  public boolean isFull() {
    return !leaves.hasRoom(2);
  }

  /// The job with an id; {@link #NONE} when there is none.
  public int find(byte[] id, int from, int to) {
    return table.find(hash.of(id, from, to), id, from, to);
  }

  /// Says that a job, which need not be there, will be looked up or changed soon.
  public void expect(byte[] id, int from, int to) {
    lookAhead.expect(hash.of(id, from, to));
  }

  /// Has the memory bring what was expected, all of it at once, and forgets about it.
  public void fetch() {
    lookAhead.fetch();
  }

  /// Adds a job whose id is not there, 1 to 255 bytes, to the first queue.
  public int add(byte[] id, int from, int to, long time, long plan) {
    if (to - from > MAX_ID_BYTES) {
      throw new IllegalArgumentException(
          "an id of " + (to - from) + " bytes; expected at most " + MAX_ID_BYTES);
    }
    int handle = place(id, from, to);
    leaves.setTime(handle, time);
    leaves.setState(handle, FIRST_QUEUE);
    table.add(hash.of(id, from, to), handle);
    queues[FIRST_QUEUE].add(handle, time, plan);
    return handle;
  }

  /// Deletes a job.
  public void remove(int handle) {
    byte[] id = leaves.idBytes(handle);
    int from = leaves.idFrom(handle);
    int to = leaves.idTo(handle);
    long place = index.find(id, from, to);
    int leaf = index.leaf(place);
    int rank = leaves.rank(leaf, id, from, to);
    table.remove(hash.of(id, from, to), handle);
    queueOf(handle).remove(leaves.place(handle));
    leaves.remove(leaf, rank);
    if (leaves.count(leaf) == 0) {
      index.remove(place);
      leaves.delete(leaf);
    } else if (leaves.weight(leaf) < SPARSE) {
      merge(place);
    }
  }

  /// The id of a job.
  public String id(int handle) {
    return leaves.id(handle);
  }

  /// How many bytes the id of a job has.
  public int idBytes(int handle) {
    return leaves.idTo(handle) - leaves.idFrom(handle);
  }

  /// Whether a job's id starts with some bytes.
  public boolean startsWith(int handle, byte[] prefix) {
    int from = leaves.idFrom(handle);
    return leaves.idTo(handle) - from >= prefix.length
        && Arrays.equals(
            leaves.idBytes(handle), from, from + prefix.length, prefix, 0, prefix.length);
  }

  /// The time of a job, which is not that of its queue.
  public long time(int handle) {
    return leaves.time(handle);
  }

  /// The number of a job's plan.
  public long plan(int handle) {
    return queueOf(handle).plan(leaves.place(handle));
  }

  /// Gives a job another time.
  public void setTime(int handle, long time) {
    leaves.setTime(handle, time);
  }

  /// A small number that is kept for the owner, 0 to begin with.
  public int mark(int handle) {
    return leaves.state(handle) >> QUEUE_BITS;
  }

  /// Sets the number that is kept for the owner.
  ///
  /// @param mark 0 to 31
  public void setMark(int handle, int mark) {
    leaves.setState(handle, (mark << QUEUE_BITS) | queue(handle));
  }

  /// The queue that a job is in.
  public int queue(int handle) {
    return leaves.state(handle) & QUEUE_MASK;
  }

  /// The time by which a job stands in its queue.
  public long queuedTime(int handle) {
    return queueOf(handle).time(leaves.place(handle));
  }

  /// Puts a job into a queue, where it carries zeros, or gives it another place in the one that it
  /// is in.
  public void enqueue(int handle, int queue, long time, long plan) {
    int state = leaves.state(handle);
    int old = state & QUEUE_MASK;
    int place = leaves.place(handle);
    if (old == queue) {
      queues[queue].update(place, time, plan);
    } else {
      queues[old].remove(place);
      leaves.setState(handle, (state & ~QUEUE_MASK) | queue);
      queues[queue].add(handle, time, plan);
    }
  }

  /// A number that a job carries while it is in its queue.
  public int carried(int handle, int index) {
    return queueOf(handle).carried(leaves.place(handle), index);
  }

  /// Gives a job a number to carry while it is in its queue.
  public void carry(int handle, int index, int number) {
    queueOf(handle).carry(leaves.place(handle), index, number);
  }

  /// How many jobs are in a queue.
  public int size(int queue) {
    return queues[queue].size();
  }

  /// The first job of a queue; {@link #NONE} when it is empty.
  public int first(int queue) {
    return queues[queue].size() == 0 ? NONE : queues[queue].handle(0);
  }

  /// The time of the first job of a queue; `Long.MAX_VALUE` when it is empty.
  public long firstTime(int queue) {
    return queues[queue].size() == 0 ? Long.MAX_VALUE : queues[queue].time(0);
  }

  /// The jobs of a queue in their order, as long as nothing changes.
  public PrimitiveIterator.OfInt inOrder(int queue) {
    TimeHeap heap = queues[queue];
    PrimitiveIterator.OfInt places = heap.inOrder();
    return new PrimitiveIterator.OfInt() {
      @Override
      public boolean hasNext() {
        return places.hasNext();
      }

      @Override
      public int nextInt() {
        if (!places.hasNext()) {
          throw new NoSuchElementException();
        }
        return heap.handle(places.nextInt());
      }
    };
  }

  /// Hands over jobs in the order of their ids, as long as nothing changes.
  ///
  /// @param start the id to begin at, which need not be there
  /// @param behind whether to begin behind it
  public void read(byte[] start, boolean behind, Rows rows) {
    if (index.isEmpty()) {
      return;
    }
    long place = index.find(start, 0, start.length);
    int leaf = index.leaf(place);
    int rank = leaves.rank(leaf, start, 0, start.length);
    if (behind
        && rank < leaves.count(leaf)
        && leaves.matches(leaves.handle(leaf, rank), start, 0, start.length)) {
      rank++;
    }
    while (leaves.read(leaf, rank, rows) && index.hasNext(place)) {
      place = index.next(place);
      leaf = index.leaf(place);
      rank = 0;
    }
  }

  private TimeHeap queueOf(int handle) {
    return queues[leaves.state(handle) & QUEUE_MASK];
  }

  /// Puts a record where its id belongs.
  private int place(byte[] id, int from, int to) {
    if (index.isEmpty()) {
      index.addFirst(leaves.create());
    }
    int end = leaves.append(index.last(), id, from, to);
    if (end != NONE) {
      return end;
    }
    while (true) {
      long place = index.find(id, from, to);
      int leaf = index.leaf(place);
      int rank = leaves.rank(leaf, id, from, to);
      int handle = leaves.add(leaf, rank, id, from, to);
      if (handle != NONE) {
        return handle;
      }
      if (rank == leaves.count(leaf) && !index.hasNext(place)) {
        // Ids that come in their order, as they do after a start, leave full leaves behind.
        int last = leaves.handle(leaf, rank - 1);
        index.addBehind(place, between(last, id, from, to), leaves.create());
      } else {
        makeRoom(place);
      }
    }
  }

  /// Takes something out of a leaf that is full: what its neighbour can hold, and when that is full
  /// too, what makes a third leaf of the two. So leaves are at least two thirds full while jobs
  /// come in any order.
  private void makeRoom(long place) {
    int leaf = index.leaf(place);
    int weight = leaves.weight(leaf);
    int right = index.hasNext(place) ? leaves.weight(index.leaf(index.next(place))) : weight;
    int left = index.hasPrevious(place) ? leaves.weight(index.leaf(index.previous(place))) : weight;
    if (weight - Math.min(left, right) >= UNEVEN) {
      if (right <= left) {
        shareWithNext(place, (weight - right) / 2);
      } else {
        shareWithPrevious(place, (weight - left) / 2);
      }
    } else if (index.hasNext(place)) {
      split(place, index.next(place));
    } else if (index.hasPrevious(place)) {
      split(index.previous(place), place);
    } else {
      int fresh = leaves.create();
      moveLast(leaf, fresh, weight / 2);
      index.addBehind(place, between(leaf, fresh), fresh);
    }
  }

  private void shareWithNext(long place, int shared) {
    long next = index.next(place);
    int leaf = index.leaf(place);
    moveLast(leaf, index.leaf(next), shared);
    index.setText(next, between(leaf, index.leaf(next)));
  }

  private void shareWithPrevious(long place, int shared) {
    int leaf = index.leaf(place);
    int previous = index.leaf(index.previous(place));
    moveFirst(leaf, previous, shared);
    index.setText(place, between(previous, leaf));
  }

  private void split(long place, long next) {
    int one = index.leaf(place);
    int other = index.leaf(next);
    int fresh = leaves.create();
    int third = (leaves.weight(one) + leaves.weight(other)) / 3;
    moveLast(one, fresh, leaves.weight(one) - third);
    moveFirst(other, fresh, leaves.weight(other) - third);
    index.setText(next, between(fresh, other));
    index.addBehind(place, between(one, fresh), fresh);
  }

  /// Moves the last records of a leaf to the front of the next one, until they weigh as much as
  /// this, or there is no room or no other record.
  private void moveLast(int leaf, int next, int weight) {
    int goal = leaves.weight(leaf) - weight;
    int last = leaves.count(leaf) - 1;
    while (last > 0 && leaves.weight(leaf) > goal && leaves.move(leaf, last, next, 0)) {
      last--;
    }
  }

  private void moveFirst(int leaf, int previous, int weight) {
    int goal = leaves.weight(leaf) - weight;
    int end = leaves.count(previous);
    while (leaves.count(leaf) > 1
        && leaves.weight(leaf) > goal
        && leaves.move(leaf, 0, previous, end)) {
      end++;
    }
  }

  /// Makes one leaf of one that is sparse and a neighbour, if both fit into it.
  private void merge(long place) {
    int weight = leaves.weight(index.leaf(place));
    if (index.hasNext(place) && weight + leaves.weight(index.leaf(index.next(place))) <= MERGED) {
      merge(place, index.next(place));
    } else if (index.hasPrevious(place)
        && weight + leaves.weight(index.leaf(index.previous(place))) <= MERGED) {
      merge(index.previous(place), place);
    }
  }

  private void merge(long place, long next) {
    int one = index.leaf(place);
    int other = index.leaf(next);
    if (leaves.weight(one) < leaves.weight(other)) {
      for (int rank = leaves.count(one) - 1; rank >= 0; rank--) {
        move(one, rank, other, 0);
      }
      index.setLeaf(place, other);
      leaves.delete(one);
    } else {
      while (leaves.count(other) > 0) {
        move(other, 0, one, leaves.count(one));
      }
      leaves.delete(other);
    }
    index.remove(next);
  }

  private void move(int leaf, int rank, int target, int targetRank) {
    if (!leaves.move(leaf, rank, target, targetRank)) {
      throw new IllegalStateException("no room in leaf " + target);
    }
  }

  /// A text behind every id of a leaf, and no greater than those of the next one.
  private byte[] between(int leaf, int next) {
    int last = leaves.handle(leaf, leaves.count(leaf) - 1);
    int first = leaves.handle(next, 0);
    return between(last, leaves.idBytes(first), leaves.idFrom(first), leaves.idTo(first));
  }

  /// The shortest text behind the id of a job and no greater than another id.
  private byte[] between(int handle, byte[] id, int from, int to) {
    int mismatch =
        Arrays.mismatch(
            leaves.idBytes(handle), leaves.idFrom(handle), leaves.idTo(handle), id, from, to);
    return Arrays.copyOfRange(id, from, from + mismatch + 1);
  }

  private void moved(int oldHandle, int newHandle) {
    byte[] id = leaves.idBytes(newHandle);
    table.replace(
        hash.of(id, leaves.idFrom(newHandle), leaves.idTo(newHandle)), oldHandle, newHandle);
    queueOf(newHandle).replace(leaves.place(newHandle), newHandle);
  }
}
