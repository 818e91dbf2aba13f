package io.ztick.auth;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/// How much each of many may do within a while. What it does not know any more was longer ago, so
/// its memory is bounded by what happens in a while, and by the number of keys. Confined to its
/// owner's thread. Times are of the monotonic clock, in nanoseconds.
///
/// @param <K> who does something
final class RateLimit<K> {
  private final int most;
  private final long windowNanos;
  private final int maxKeys;

  /// Who did something when, each the oldest first, and the one that did nothing for longest first.
  private final LinkedHashMap<K, Deque<Long>> recent = new LinkedHashMap<>();

  /// @param most in a window
  /// @param maxKeys how many are told apart; further ones have to wait for one of them
  RateLimit(int most, long windowNanos, int maxKeys) {
    this.most = most;
    this.windowNanos = windowNanos;
    this.maxKeys = maxKeys;
  }

  /// Whether it may be done once more. It counts only when {@link #count} says so.
  boolean admits(K key, long nanoTime) {
    forget(nanoTime);
    Deque<Long> times = recent.get(key);
    if (times == null) {
      return recent.size() < maxKeys;
    }
    long old = times.stream().filter(time -> nanoTime - time >= windowNanos).count();
    return times.size() - old < most;
  }

  /// It was done, as {@link #admits} allowed.
  void count(K key, long nanoTime) {
    Deque<Long> times = recent.remove(key);
    if (times == null) {
      times = new ArrayDeque<>();
    } else if (times.size() == most) {
      times.removeFirst();
    }
    times.addLast(nanoTime);
    recent.put(key, times);
  }

  private void forget(long nanoTime) {
    Map.Entry<K, Deque<Long>> eldest = recent.firstEntry();
    while (eldest != null && nanoTime - eldest.getValue().getLast() >= windowNanos) {
      recent.pollFirstEntry();
      eldest = recent.firstEntry();
    }
  }
}
