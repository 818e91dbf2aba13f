package io.ztick.scheduler.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Leaves in the order of ids, each with a text that is no greater than any of its ids and greater
/// than all in front of it; that of the first leaf is empty. In nodes of at most {@value
/// #MAX_LEAVES} leaves. A search in a node compares numbers: the eight bytes behind what its texts
/// begin with in common.
final class LeafIndex {
  static final int MAX_LEAVES = 256;

  private static final int MERGED_LEAVES = MAX_LEAVES * 3 / 4;
  private static final byte[] FIRST = {};
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final List<Node> nodes = new ArrayList<>();

  private static final class Node {
    final int[] leaves = new int[MAX_LEAVES];
    final byte[][] texts = new byte[MAX_LEAVES][];

    /// The eight bytes of each text behind the common ones, zeros where it ends, in an order of
    /// signed numbers.
    final long[] keys = new long[MAX_LEAVES];

    /// How many bytes all texts but the first one begin with in common: nothing is compared with
    /// that one.
    int common;

    int count;

    void insert(int at, byte[] text, int leaf) {
      System.arraycopy(leaves, at, leaves, at + 1, count - at);
      System.arraycopy(texts, at, texts, at + 1, count - at);
      System.arraycopy(keys, at, keys, at + 1, count - at);
      leaves[at] = leaf;
      texts[at] = text;
      count++;
      changed(at);
    }

    void remove(int at) {
      count--;
      System.arraycopy(leaves, at + 1, leaves, at, count - at);
      System.arraycopy(texts, at + 1, texts, at, count - at);
      System.arraycopy(keys, at + 1, keys, at, count - at);
      texts[count] = FIRST;
      changed(Math.min(at, count - 1));
    }

    /// Moves the last leaves to the front of another node.
    void moveTo(Node other, int moved) {
      System.arraycopy(other.leaves, 0, other.leaves, moved, other.count);
      System.arraycopy(other.texts, 0, other.texts, moved, other.count);
      System.arraycopy(leaves, count - moved, other.leaves, 0, moved);
      System.arraycopy(texts, count - moved, other.texts, 0, moved);
      Arrays.fill(texts, count - moved, count, FIRST);
      count -= moved;
      other.count += moved;
      recount();
      other.recount();
    }

    /// The text at a place is another one.
    void changed(int at) {
      if (count < 2) {
        return;
      }
      if (commonOfAll() == common) {
        if (at >= 0) {
          keys[at] = key(texts[at], common, texts[at].length);
        }
      } else {
        recount();
      }
    }

    private void recount() {
      common = count < 2 ? 0 : commonOfAll();
      for (int at = 0; at < count; at++) {
        keys[at] = key(texts[at], common, texts[at].length);
      }
    }

    private int commonOfAll() {
      byte[] first = texts[1];
      byte[] last = texts[count - 1];
      int mismatch = Arrays.mismatch(first, last);
      return mismatch < 0 ? first.length : mismatch;
    }

    /// The last leaf whose text is not greater than an id.
    int floor(byte[] id, int from, int to) {
      if (count < 2) {
        return 0;
      }
      byte[] second = texts[1];
      int length = Math.min(common, to - from);
      int order = Arrays.compareUnsigned(id, from, from + length, second, 0, length);
      if (order != 0) {
        return order < 0 ? 0 : count - 1;
      }
      if (length < common) {
        return 0;
      }
      long key = key(id, from + common, to);
      int low = 1;
      int high = count;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (keys[middle] < key || (keys[middle] == key && isAtMost(texts[middle], id, from, to))) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low - 1;
    }
  }

  boolean isEmpty() {
    return nodes.isEmpty();
  }

  /// The place of the leaf that an id belongs to; there must be one.
  long find(byte[] id, int from, int to) {
    int low = 1;
    int high = nodes.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (isAtMost(nodes.get(middle).texts[0], id, from, to)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return place(low - 1, nodes.get(low - 1).floor(id, from, to));
  }

  int leaf(long place) {
    return node(place).leaves[at(place)];
  }

  /// The last leaf; there must be one.
  int last() {
    Node node = nodes.getLast();
    return node.leaves[node.count - 1];
  }

  boolean hasNext(long place) {
    return at(place) + 1 < node(place).count || index(place) + 1 < nodes.size();
  }

  long next(long place) {
    return at(place) + 1 < node(place).count ? place + 1 : place(index(place) + 1, 0);
  }

  boolean hasPrevious(long place) {
    return place > 0;
  }

  long previous(long place) {
    return at(place) > 0
        ? place - 1
        : place(index(place) - 1, nodes.get(index(place) - 1).count - 1);
  }

  /// Adds the first leaf of all.
  void addFirst(int leaf) {
    Node node = new Node();
    node.insert(0, FIRST, leaf);
    nodes.add(node);
  }

  /// Adds a leaf behind a place.
  ///
  /// @param text up to which the ids are not in the leaf in front of it
  void addBehind(long place, byte[] text, int leaf) {
    Node node = node(place);
    int at = at(place) + 1;
    if (node.count == MAX_LEAVES) {
      Node other = new Node();
      nodes.add(index(place) + 1, other);
      // What comes in the order of ids leaves full nodes behind.
      node.moveTo(other, at == MAX_LEAVES ? 1 : MAX_LEAVES / 2);
      if (at > node.count) {
        at -= node.count;
        node = other;
      }
    }
    node.insert(at, text, leaf);
  }

  /// Takes out a leaf; what would belong to it belongs to the one in front of it, and when it is
  /// the first of all, to the one behind it.
  void remove(long place) {
    Node node = node(place);
    int index = index(place);
    node.remove(at(place));
    if (node.count == 0) {
      nodes.remove(index);
    } else if (node.count < MAX_LEAVES / 8) {
      mergeAround(index);
    }
    if (!nodes.isEmpty()) {
      nodes.getFirst().texts[0] = FIRST;
    }
  }

  private void mergeAround(int index) {
    for (int left = Math.max(0, index - 1); left <= index && left + 1 < nodes.size(); left++) {
      Node node = nodes.get(left);
      Node next = nodes.get(left + 1);
      if (node.count + next.count <= MERGED_LEAVES) {
        node.moveTo(next, node.count);
        nodes.remove(left);
        return;
      }
    }
  }

  /// Says anew from where on ids are in a leaf; nothing else may come between.
  void setText(long place, byte[] text) {
    node(place).texts[at(place)] = text;
    node(place).changed(at(place));
  }

  /// Puts another leaf in the place of one.
  void setLeaf(long place, int leaf) {
    node(place).leaves[at(place)] = leaf;
  }

  private static boolean isAtMost(byte[] text, byte[] id, int from, int to) {
    return Arrays.compareUnsigned(text, 0, text.length, id, from, to) <= 0;
  }

  private static long key(byte[] bytes, int from, int to) {
    long key = 0;
    if (to - from >= Long.BYTES) {
      key = (long) LONGS.get(bytes, from);
    } else {
      for (int i = 0; i < Long.BYTES; i++) {
        key = (key << Byte.SIZE) | (from + i < to ? bytes[from + i] & 0xff : 0);
      }
    }
    // Unsigned numbers in the order of signed ones.
    return key ^ Long.MIN_VALUE;
  }

  private Node node(long place) {
    return nodes.get(index(place));
  }

  private static int index(long place) {
    return (int) (place >>> Integer.SIZE);
  }

  private static int at(long place) {
    return (int) place;
  }

  private static long place(int index, int at) {
    return ((long) index << Integer.SIZE) | at;
  }
}
