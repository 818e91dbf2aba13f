package io.ztick.scheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Rules in the order of their ids, and by what they match.
final class Rules {
  private final TreeMap<String, Rule> byId = new TreeMap<>(ByteOrder.INSTANCE);
  private final PrefixMap<TreeMap<String, Rule>> byPrefix = new PrefixMap<>();
  private long bytes;
  private @Nullable Presence presence;

  /// Tells of the rules, those that there are and all that come and go.
  void watch(Presence listener) {
    presence = listener;
    byId.keySet().forEach(listener::ruleAdded);
  }

  /// The estimated heap that the rules take.
  long bytes() {
    return bytes;
  }

  int size() {
    return byId.size();
  }

  @Nullable Rule get(String id) {
    return byId.get(id);
  }

  /// The rule for a job: the longest pattern wins, among equal ones the smallest rule id.
  @Nullable Rule match(String job) {
    var entry = byPrefix.longest(job);
    return entry == null ? null : entry.getValue().firstEntry().getValue();
  }

  /// Rules behind an id, in byte order.
  List<Rule> list(@Nullable String after, int limit) {
    var tail = after == null ? byId : byId.tailMap(after, false);
    List<Rule> found = new ArrayList<>();
    for (Rule rule : tail.values()) {
      if (found.size() == limit) {
        break;
      }
      found.add(rule);
    }
    return found;
  }

  void put(Rule rule) {
    boolean isNew = !take(rule.id());
    if (isNew && presence != null) {
      presence.ruleAdded(rule.id());
    }
    byId.put(rule.id(), rule);
    bytes += Weight.of(rule);
    TreeMap<String, Rule> same = byPrefix.get(rule.prefix());
    if (same == null) {
      same = new TreeMap<>(ByteOrder.INSTANCE);
      byPrefix.put(rule.prefix(), same);
    }
    same.put(rule.id(), rule);
  }

  void remove(String id) {
    if (take(id) && presence != null) {
      presence.ruleRemoved(id);
    }
  }

  /// Takes a rule out, if it is there.
  private boolean take(String id) {
    Rule old = byId.remove(id);
    if (old == null) {
      return false;
    }
    bytes -= Weight.of(old);
    TreeMap<String, Rule> same = byPrefix.get(old.prefix());
    if (same != null) {
      same.remove(id);
      if (same.isEmpty()) {
        byPrefix.remove(old.prefix());
      }
    }
    return true;
  }
}
