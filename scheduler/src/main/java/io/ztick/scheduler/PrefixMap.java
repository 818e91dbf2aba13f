package io.ztick.scheduler;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Values by prefix, and for a text the values of all its prefixes, longest first. A search takes a
/// look-up for each prefix and each near miss on the way, at most one for each character of the
/// text, however many prefixes there are.
///
/// Between a prefix of a text and the text itself there are, in order, only strings that share this
/// prefix. So when the greatest key below a text is no prefix of it, every key that is one is a
/// prefix of what the two have in common.
final class PrefixMap<V> {
  private final TreeMap<String, V> map = new TreeMap<>(ByteOrder.INSTANCE);

  @Nullable V get(String prefix) {
    return map.get(prefix);
  }

  void put(String prefix, V value) {
    map.put(prefix, value);
  }

  void remove(String prefix) {
    map.remove(prefix);
  }

  /// The entry with the longest key that the text starts with.
  Map.@Nullable Entry<String, V> longest(String text) {
    return prefixOf(text, map.floorEntry(text));
  }

  /// The entry with the longest key that the text starts with and that is shorter than this one.
  Map.@Nullable Entry<String, V> shorter(String text, String prefix) {
    return prefixOf(text, map.lowerEntry(prefix));
  }

  private Map.@Nullable Entry<String, V> prefixOf(
      String text, Map.@Nullable Entry<String, V> candidate) {
    var entry = candidate;
    while (entry != null && !text.startsWith(entry.getKey())) {
      entry = map.floorEntry(common(text, entry.getKey()));
    }
    return entry;
  }

  private static String common(String left, String right) {
    int length = Math.min(left.length(), right.length());
    int i = 0;
    while (i < length && left.charAt(i) == right.charAt(i)) {
      i++;
    }
    return left.substring(0, i);
  }
}
