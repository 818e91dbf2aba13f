package io.ztick.scheduler;

import java.util.List;

/// What one frame of an {@link OriginalLog} says. It is well formed and need not be acceptable
/// here: ids, patterns and words are any UTF-8.
sealed interface OriginalEntry {

  /// A job was created, or planned anew.
  record JobSet(String id, long executionNanos, Status status) implements OriginalEntry {}

  /// A rule was created or replaced.
  ///
  /// @param clause as {@link Runner#parse} takes it
  record RuleSet(String id, String pattern, List<String> clause) implements OriginalEntry {}

  /// A job was deleted.
  record JobRemoved(String id) implements OriginalEntry {}

  /// A rule was deleted.
  record RuleRemoved(String id) implements OriginalEntry {}
}
