package io.ztick.scheduler;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Values that many jobs hold, each kept once and known by a number as long as one does.
final class Shared<T> {
  private final Map<T, Held<T>> byValue;
  private final List<@Nullable Held<T>> byNumber = new ArrayList<>();
  private final ArrayDeque<Integer> unused = new ArrayDeque<>();
  private final ToLongFunction<T> weight;
  private long bytes;

  /// A value, and how many hold it.
  static final class Held<T> {
    private final T value;
    private final int number;
    private int holders;

    private Held(T value, int number) {
      this.value = value;
      this.number = number;
    }
  }

  /// @param byValue an empty map, which says when values are the same
  /// @param weight the estimated heap that a value takes
  Shared(Map<T, Held<T>> byValue, ToLongFunction<T> weight) {
    this.byValue = byValue;
    this.weight = weight;
  }

  /// The estimated heap that the values take.
  long bytes() {
    return bytes;
  }

  /// One more holds a value.
  ///
  /// @return its number
  int hold(T value) {
    Held<T> held = byValue.get(value);
    if (held == null) {
      Integer free = unused.poll();
      int number = free == null ? byNumber.size() : free;
      held = new Held<>(value, number);
      byValue.put(value, held);
      if (free == null) {
        byNumber.add(held);
      } else {
        byNumber.set(number, held);
      }
      bytes += weight.applyAsLong(value);
    }
    held.holders++;
    return held.number;
  }

  T value(int number) {
    return held(number).value;
  }

  /// One less holds a value.
  void letGo(int number) {
    Held<T> held = held(number);
    if (--held.holders == 0) {
      byValue.remove(held.value);
      byNumber.set(number, null);
      unused.push(number);
      bytes -= weight.applyAsLong(held.value);
    }
  }

  private Held<T> held(int number) {
    Held<T> held = byNumber.get(number);
    if (held == null) {
      throw new IllegalStateException("nobody holds number " + number);
    }
    return held;
  }
}
