package io.ztick.scheduler.store;

/// Handles by the hash of an id. A slot holds the hash beside the handle, so that a look-up reads
/// no record but the right one, and growing reads none.
///
/// Slots are in the order of the hashes: the home of a hash is its share of the capacity, and what
/// finds its home taken stands behind it. A home never comes down when the capacity grows, and it
/// grows by an eighth: entries are moved up in place, the last ones first, some with each new id.
/// Hashes from {@link #boundary} on are where the next capacity wants them.
final class IdTable {
  private static final int FIRST_CAPACITY = 1 << 10;

  /// Of 100 slots so many are taken when the table begins to grow.
  private static final int FULL_PERCENT = 85;

  /// Slots that are looked at with each new id while the table grows. It is done before it is full
  /// again: an eighth of a table comes while 24 times as much is looked at.
  private static final int STEP = 24;

  /// Behind every hash.
  private static final long LAST = 1L << Integer.SIZE;

  private static final long NO_BOUNDARY = LAST + 1;

  private final PagedLongs slots = new PagedLongs();
  private final Ids ids;
  private int size;
  private int capacity = FIRST_CAPACITY;

  private int nextCapacity = FIRST_CAPACITY;

  /// The lowest hash that has moved to its new home, as an unsigned number.
  private long boundary = NO_BOUNDARY;

  /// No entry in front of the boundary is in a slot behind this one.
  private int cursor;

  /// How many slots have ever been taken, counted up to the last one.
  private int end;

  /// Tells ids of the same hash apart.
  @FunctionalInterface
  interface Ids {
    boolean matches(int handle, byte[] bytes, int from, int to);
  }

  IdTable(Ids ids) {
    this.ids = ids;
    slots.ensure(capacity + 1);
  }

  int size() {
    return size;
  }

  /// The handle of an id; 0 when it is not there.
  int find(int hash, byte[] bytes, int from, int to) {
    for (int slot = home(hash); ; slot++) {
      long entry = slots.get(slot);
      if (entry == 0) {
        return 0;
      }
      int found = hash(entry);
      if (found == hash) {
        if (ids.matches((int) entry, bytes, from, to)) {
          return (int) entry;
        }
      } else if (Integer.compareUnsigned(found, hash) > 0) {
        return 0;
      }
    }
  }

  /// What stands in the slot where a search begins.
  long homeEntry(int hash) {
    return slots.get(home(hash));
  }

  /// A handle with this hash, most likely that of the id in question; 0 when there is none.
  int first(int hash) {
    for (int slot = home(hash); ; slot++) {
      long entry = slots.get(slot);
      if (entry == 0 || Integer.compareUnsigned(hash(entry), hash) > 0) {
        return 0;
      }
      if (hash(entry) == hash) {
        return (int) entry;
      }
    }
  }

  /// Adds a handle, which is not 0.
  void add(int hash, int handle) {
    if (boundary == NO_BOUNDARY && size >= (long) capacity * FULL_PERCENT / 100) {
      nextCapacity = capacity + capacity / 8;
      boundary = LAST;
      cursor = end;
      slots.ensure(nextCapacity + 1);
    }
    if (boundary != NO_BOUNDARY) {
      grow();
    }
    int last = place(home(hash), entry(hash, handle));
    if (Integer.toUnsignedLong(hash) < boundary) {
      cursor = Math.max(cursor, last);
    }
    size++;
  }

  void remove(int hash, int handle) {
    int hole = slotOf(hash, handle);
    int slot = hole + 1;
    for (long entry = slots.get(slot);
        entry != 0 && home(hash(entry)) < slot;
        entry = slots.get(slot)) {
      slots.set(hole, entry);
      hole = slot;
      slot++;
    }
    slots.set(hole, 0);
    size--;
  }

  /// Puts another handle in the place of one.
  void replace(int hash, int handle, int newHandle) {
    slots.set(slotOf(hash, handle), entry(hash, newHandle));
  }

  private int slotOf(int hash, int handle) {
    long wanted = entry(hash, handle);
    int slot = home(hash);
    for (long entry = slots.get(slot); entry != wanted; entry = slots.get(slot)) {
      if (entry == 0) {
        throw new IllegalStateException("no such handle: " + Integer.toUnsignedString(handle));
      }
      slot++;
    }
    return slot;
  }

  /// Puts an entry into a slot or behind it, in order; what follows moves up.
  ///
  /// @return the last slot that was changed
  private int place(int home, long newEntry) {
    int slot = home;
    long entry = slots.get(slot);
    while (entry != 0 && Integer.compareUnsigned(hash(entry), hash(newEntry)) <= 0) {
      entry = slots.get(++slot);
    }
    long moving = newEntry;
    while (entry != 0) {
      slots.set(slot, moving);
      moving = entry;
      entry = slots.get(++slot);
    }
    slots.set(slot, moving);
    if (slot >= end) {
      end = slot + 1;
      // The slot behind the last one is empty.
      slots.ensure(end + 1);
    }
    return slot;
  }

  private void grow() {
    int slot = cursor;
    for (int left = STEP; left > 0 && slot >= 0; left--) {
      long entry = slots.get(slot);
      if (entry == 0 || Integer.toUnsignedLong(hash(entry)) >= boundary) {
        slot--;
      } else {
        slot = moveUp(slot);
      }
    }
    cursor = slot;
    if (slot < 0) {
      capacity = nextCapacity;
      boundary = NO_BOUNDARY;
    }
  }

  /// Moves the last entries in front of the boundary, which are all of one hash, to their new home.
  ///
  /// @return the slot in front of where they were
  private int moveUp(int last) {
    int hash = hash(slots.get(last));
    int first = last;
    while (first > 0 && slots.get(first - 1) != 0 && hash(slots.get(first - 1)) == hash) {
      first--;
    }
    boundary = Integer.toUnsignedLong(hash);
    int home = home(hash);
    if (home > first && first == last) {
      long entry = slots.get(first);
      slots.set(first, 0);
      place(home, entry);
    } else if (home > first) {
      long[] moving = new long[last - first + 1];
      for (int i = 0; i < moving.length; i++) {
        moving[i] = slots.get(first + i);
        slots.set(first + i, 0);
      }
      for (long entry : moving) {
        place(home, entry);
      }
    }
    return first - 1;
  }

  private int home(int hash) {
    long unsigned = Integer.toUnsignedLong(hash);
    return (int) ((unsigned * (unsigned >= boundary ? nextCapacity : capacity)) >>> Integer.SIZE);
  }

  private static int hash(long entry) {
    return (int) (entry >>> Integer.SIZE);
  }

  private static long entry(int hash, int handle) {
    return ((long) hash << Integer.SIZE) | Integer.toUnsignedLong(handle);
  }
}
