package io.ztick.scheduler;

import org.jspecify.annotations.Nullable;

/// One step of the durable state. Everything that alters it is one of these, live and in recovery
/// alike. Times are nanoseconds since the epoch.
public sealed interface Change {

  /// A job was created, or planned anew.
  record JobPlanned(String job, long executionNanos, long plan) implements Change {}

  /// A job became due, or is to be attempted once more, and this is what will be done.
  record JobTriggered(String job, long plan, int attempt, Rule rule) implements Change {}

  /// A run ended; or there was none because no rule matched, then the attempt and its start are 0
  /// and there is no rule.
  record JobFinished(
      String job,
      long plan,
      int attempt,
      @Nullable String rule,
      long startedNanos,
      long endedNanos,
      Outcome outcome)
      implements Change {}

  /// A job was deleted.
  record JobRemoved(String job) implements Change {}

  /// A rule was created or replaced.
  record RuleSet(Rule rule) implements Change {}

  /// A rule was deleted.
  record RuleRemoved(String rule) implements Change {}

  /// What is kept of a token for whoever knows tokens. It means nothing to the scheduler.
  sealed interface OfToken extends Change {
    /// Of which token; not empty.
    String id();
  }

  /// A token was made or changed. The text holds all there is to know about it.
  record TokenStored(String id, String text) implements OfToken {}

  /// A token is no more.
  record TokenRemoved(String id) implements OfToken {}
}
