package io.ztick.scheduler.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Records in leaves of {@value #SIZE} bytes. A leaf holds what lies between two ids, wherever in
/// it there is room, and where each of its records lies in the order of their ids:
///
/// ```
/// 0      2      4      6      8
/// ├ count┼ top ─┼ holes┼ lost ┼ offsets in the order of ids ──►   free   ◄── records ──┤
///
/// record   0      8       12      13       14
///          ├ time ┼ place ┼ state ┼ length ┼ id … ┤  rounded up to an even length
/// ```
///
/// A record that goes leaves a hole, which knows the next one and its own size. What fits into none
/// goes to the top; when there is no room left but in holes, the records are put together anew.
final class Leaves implements IdTable.Ids, TimeHeap.Places {
  static final int SIZE = 1 << 12;

  /// What a leaf holds besides records and their offsets.
  static final int HEADER = 8;

  static final int MAX_ID_BYTES = 255;

  /// Handles have 32 bits: the number of a leaf, and half of an offset in it.
  static final int MAX_LEAVES = 1 << 21;

  private static final int OFFSET_BITS = 11;

  /// 256 KiB, as much as a page of {@link PagedLongs}.
  private static final int LEAVES_PER_CHUNK = 64;

  private static final int COUNT = 0;
  private static final int TOP = 2;
  private static final int HOLES = 4;

  /// The bytes in holes, those that are too small to be listed included.
  private static final int LOST = 6;

  private static final int TIME = 0;
  private static final int PLACE = 8;
  private static final int STATE = 12;
  private static final int LENGTH = 13;
  private static final int ID = 14;

  private static final int ENTRY = Short.BYTES;
  private static final int SMALLEST_HOLE = 4;

  /// Putting a leaf together anew moves every record, so it must be worth it: with less room than
  /// this it is as good as full.
  private static final int WORTHWHILE = SIZE / 8;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.nativeOrder());

  private final Moves moves;
  private final byte[] scratch = new byte[SIZE];
  private byte[][] chunks = {};

  /// Leaves there have been, in use or not.
  private int leaves;

  private int[] unused = {};
  private int unusedCount;

  /// Is told when a record has another handle.
  @FunctionalInterface
  interface Moves {
    void moved(int oldHandle, int newHandle);
  }

  Leaves(Moves moves) {
    this.moves = moves;
  }

  /// Whether so many more leaves can be had.
  boolean hasRoom(int count) {
    return unusedCount + (MAX_LEAVES - leaves) >= count;
  }

  /// An empty leaf.
  int create() {
    int leaf;
    if (unusedCount > 0) {
      leaf = unused[--unusedCount];
    } else {
      if (leaves == MAX_LEAVES) {
        throw new IllegalStateException("there is no room for more than " + leaves + " leaves");
      }
      leaf = leaves++;
      int chunk = leaf / LEAVES_PER_CHUNK;
      if (chunk == chunks.length) {
        chunks = Arrays.copyOf(chunks, Math.max(4, chunk * 2));
      }
      if (leaf % LEAVES_PER_CHUNK == 0) {
        chunks[chunk] = new byte[LEAVES_PER_CHUNK * SIZE];
      }
    }
    clear(leaf);
    return leaf;
  }

  /// Gives a leaf back.
  void delete(int leaf) {
    if (unusedCount == unused.length) {
      unused = Arrays.copyOf(unused, Math.max(16, unusedCount * 2));
    }
    unused[unusedCount++] = leaf;
  }

  int count(int leaf) {
    return shortAt(bytes(leaf), base(leaf) + COUNT);
  }

  /// Bytes for records and their offsets that are not taken.
  int free(int leaf) {
    byte[] bytes = bytes(leaf);
    int base = base(leaf);
    return contiguous(bytes, base) + shortAt(bytes, base + LOST);
  }

  /// What the records of a leaf take.
  int weight(int leaf) {
    return SIZE - HEADER - free(leaf);
  }

  /// The handle of a record by its rank in the order of ids.
  int handle(int leaf, int rank) {
    return handleAt(leaf, offset(bytes(leaf), base(leaf), rank));
  }

  /// How many records of a leaf have a smaller id.
  int rank(int leaf, byte[] id, int from, int to) {
    byte[] bytes = bytes(leaf);
    int base = base(leaf);
    int low = 0;
    int high = shortAt(bytes, base + COUNT);
    while (low < high) {
      int middle = (low + high) >>> 1;
      int record = base + offset(bytes, base, middle);
      int start = record + ID;
      if (Arrays.compareUnsigned(
              bytes, start, start + (bytes[record + LENGTH] & 0xff), id, from, to)
          < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// Adds a record.
  ///
  /// @param rank where it belongs in the order of ids
  /// @return its handle; 0 when there is no room
  int add(int leaf, int rank, byte[] id, int from, int to) {
    int offset = reserve(leaf, size(to - from));
    if (offset == 0) {
      return 0;
    }
    byte[] bytes = bytes(leaf);
    int record = base(leaf) + offset;
    bytes[record + LENGTH] = (byte) (to - from);
    System.arraycopy(id, from, bytes, record + ID, to - from);
    insertOffset(bytes, base(leaf), rank, offset);
    return handleAt(leaf, offset);
  }

  /// Adds a record behind all others. After a start, when ids come in their order, this saves the
  /// search for where they belong.
  ///
  /// @return its handle; 0 when its id is not the greatest of the leaf, or there is no room
  int append(int leaf, byte[] id, int from, int to) {
    int count = count(leaf);
    if (count == 0) {
      return 0;
    }
    int last = handle(leaf, count - 1);
    return Arrays.compareUnsigned(idBytes(last), idFrom(last), idTo(last), id, from, to) < 0
        ? add(leaf, count, id, from, to)
        : 0;
  }

  /// Takes a record out.
  void remove(int leaf, int rank) {
    byte[] bytes = bytes(leaf);
    int base = base(leaf);
    int offset = offset(bytes, base, rank);
    int count = shortAt(bytes, base + COUNT) - 1;
    int entry = base + HEADER + rank * ENTRY;
    System.arraycopy(bytes, entry + ENTRY, bytes, entry, (count - rank) * ENTRY);
    setShort(bytes, base + COUNT, count);
    if (count == 0) {
      clear(leaf);
    } else {
      addHole(bytes, base, offset, size(bytes[base + offset + LENGTH] & 0xff));
    }
  }

  /// Moves a record to another leaf.
  ///
  /// @return whether there was room
  boolean move(int leaf, int rank, int target, int targetRank) {
    byte[] bytes = bytes(leaf);
    int offset = offset(bytes, base(leaf), rank);
    int record = base(leaf) + offset;
    int size = size(bytes[record + LENGTH] & 0xff);
    int targetOffset = reserve(target, size);
    if (targetOffset == 0) {
      return false;
    }
    System.arraycopy(bytes, record, bytes(target), base(target) + targetOffset, size);
    insertOffset(bytes(target), base(target), targetRank, targetOffset);
    remove(leaf, rank);
    moves.moved(handleAt(leaf, offset), handleAt(target, targetOffset));
    return true;
  }

  /// Hands over the records from a rank on.
  ///
  /// @return whether to go on behind them
  boolean read(int leaf, int firstRank, Slab.Rows rows) {
    byte[] bytes = bytes(leaf);
    int base = base(leaf);
    int count = shortAt(bytes, base + COUNT);
    for (int rank = firstRank; rank < count; rank++) {
      int offset = offset(bytes, base, rank);
      int record = base + offset;
      int id = record + ID;
      if (!rows.row(
          handleAt(leaf, offset),
          bytes,
          id,
          id + (bytes[record + LENGTH] & 0xff),
          bytes[record + STATE] >> Slab.QUEUE_BITS,
          (long) LONGS.get(bytes, record + TIME))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean matches(int handle, byte[] id, int from, int to) {
    byte[] bytes = bytes(leafOf(handle));
    int record = record(handle);
    int start = record + ID;
    return (bytes[record + LENGTH] & 0xff) == to - from
        && Arrays.equals(bytes, start, start + to - from, id, from, to);
  }

  static int leafOf(int handle) {
    return handle >>> OFFSET_BITS;
  }

  /// The bytes that the id of a record is among.
  byte[] idBytes(int handle) {
    return bytes(leafOf(handle));
  }

  int idFrom(int handle) {
    return record(handle) + ID;
  }

  int idTo(int handle) {
    int record = record(handle);
    return record + ID + (bytes(leafOf(handle))[record + LENGTH] & 0xff);
  }

  String id(int handle) {
    int from = idFrom(handle);
    return new String(idBytes(handle), from, idTo(handle) - from, UTF_8);
  }

  long time(int handle) {
    return (long) LONGS.get(bytes(leafOf(handle)), record(handle) + TIME);
  }

  void setTime(int handle, long time) {
    LONGS.set(bytes(leafOf(handle)), record(handle) + TIME, time);
  }

  /// Where the handle of a record stands in its heap.
  int place(int handle) {
    return (int) INTS.get(bytes(leafOf(handle)), record(handle) + PLACE);
  }

  @Override
  public void set(int handle, int place) {
    INTS.set(bytes(leafOf(handle)), record(handle) + PLACE, place);
  }

  /// Of the id of a record.
  int lastByte(int handle) {
    return idBytes(handle)[idTo(handle) - 1];
  }

  int state(int handle) {
    return bytes(leafOf(handle))[record(handle) + STATE];
  }

  void setState(int handle, int state) {
    bytes(leafOf(handle))[record(handle) + STATE] = (byte) state;
  }

  private void clear(int leaf) {
    byte[] bytes = bytes(leaf);
    int base = base(leaf);
    setShort(bytes, base + COUNT, 0);
    setShort(bytes, base + TOP, SIZE);
    setShort(bytes, base + HOLES, 0);
    setShort(bytes, base + LOST, 0);
  }

  /// Finds room for a record and for its offset.
  ///
  /// @return where the record may lie; 0 when there is no room
  private int reserve(int leaf, int size) {
    byte[] bytes = bytes(leaf);
    int base = base(leaf);
    int contiguous = contiguous(bytes, base);
    if (contiguous >= ENTRY) {
      int hole = takeHole(bytes, base, size);
      if (hole != 0) {
        return hole;
      }
    }
    if (contiguous < size + ENTRY) {
      int free = contiguous + shortAt(bytes, base + LOST);
      if (free < size + ENTRY || free < WORTHWHILE) {
        return 0;
      }
      compact(leaf);
    }
    int offset = shortAt(bytes, base + TOP) - size;
    setShort(bytes, base + TOP, offset);
    return offset;
  }

  private static void insertOffset(byte[] bytes, int base, int rank, int offset) {
    int count = shortAt(bytes, base + COUNT);
    int entry = base + HEADER + rank * ENTRY;
    System.arraycopy(bytes, entry, bytes, entry + ENTRY, (count - rank) * ENTRY);
    setShort(bytes, entry, offset);
    setShort(bytes, base + COUNT, count + 1);
  }

  /// Takes the first hole that is large enough; what it has more stays a hole.
  private static int takeHole(byte[] bytes, int base, int size) {
    int link = base + HOLES;
    int hole = shortAt(bytes, link);
    while (hole != 0) {
      int holeSize = shortAt(bytes, base + hole + 2);
      if (holeSize >= size) {
        int rest = holeSize - size;
        int next = shortAt(bytes, base + hole);
        if (rest >= SMALLEST_HOLE) {
          int remainder = hole + size;
          setShort(bytes, base + remainder, next);
          setShort(bytes, base + remainder + 2, rest);
          next = remainder;
        }
        setShort(bytes, link, next);
        setShort(bytes, base + LOST, shortAt(bytes, base + LOST) - size);
        return hole;
      }
      link = base + hole;
      hole = shortAt(bytes, link);
    }
    return 0;
  }

  private static void addHole(byte[] bytes, int base, int offset, int size) {
    setShort(bytes, base + offset, shortAt(bytes, base + HOLES));
    setShort(bytes, base + offset + 2, size);
    setShort(bytes, base + HOLES, offset);
    setShort(bytes, base + LOST, shortAt(bytes, base + LOST) + size);
  }

  /// Puts the records together anew, without holes.
  private void compact(int leaf) {
    byte[] bytes = bytes(leaf);
    int base = base(leaf);
    System.arraycopy(bytes, base, scratch, 0, SIZE);
    int count = shortAt(scratch, COUNT);
    int top = SIZE;
    for (int rank = 0; rank < count; rank++) {
      int old = offset(scratch, 0, rank);
      int size = size(scratch[old + LENGTH] & 0xff);
      top -= size;
      System.arraycopy(scratch, old, bytes, base + top, size);
      setShort(bytes, base + HEADER + rank * ENTRY, top);
    }
    setShort(bytes, base + TOP, top);
    setShort(bytes, base + HOLES, 0);
    setShort(bytes, base + LOST, 0);
    for (int rank = 0; rank < count; rank++) {
      int old = offset(scratch, 0, rank);
      int now = offset(bytes, base, rank);
      if (old != now) {
        moves.moved(handleAt(leaf, old), handleAt(leaf, now));
      }
    }
  }

  private static int contiguous(byte[] bytes, int base) {
    return shortAt(bytes, base + TOP) - HEADER - shortAt(bytes, base + COUNT) * ENTRY;
  }

  private static int size(int idBytes) {
    return (ID + idBytes + 1) & ~1;
  }

  private static int offset(byte[] bytes, int base, int rank) {
    return shortAt(bytes, base + HEADER + rank * ENTRY);
  }

  private byte[] bytes(int leaf) {
    return chunks[leaf / LEAVES_PER_CHUNK];
  }

  private static int base(int leaf) {
    return leaf % LEAVES_PER_CHUNK * SIZE;
  }

  /// Where a record lies among the bytes of its chunk.
  private static int record(int handle) {
    return (handle << 1) & (LEAVES_PER_CHUNK * SIZE - 1);
  }

  private static int handleAt(int leaf, int offset) {
    return (leaf << OFFSET_BITS) | (offset >>> 1);
  }

  private static int shortAt(byte[] bytes, int at) {
    return (short) SHORTS.get(bytes, at);
  }

  private static void setShort(byte[] bytes, int at, int value) {
    SHORTS.set(bytes, at, (short) value);
  }
}
