package io.ztick.tests;

import java.util.Map;

/// One line of a client with a request id, and what it does to the client's state: the planned time
/// of each job, the clause of each rule.
///
/// @param number rising; a plan says it in its time
/// @param key the job or rule that is changed, empty for a question
/// @param value what it has then, empty when it is removed
/// @param answer what has to come, without the request id, as a pattern
record Step(long number, String line, String key, String value, String answer) {
  /// In the year 2096: the time of a plan that never becomes due in a test.
  private static final long FAR_NANOS = 4_000_000_000_000_000_000L;

  static Step plan(long number, String job) {
    return plan(number, job, FAR_NANOS + number);
  }

  static Step plan(long number, String job, long nanos) {
    return step(number, "SET " + job + " " + nanos, job, Long.toString(nanos));
  }

  static Step remove(long number, String job) {
    return step(number, "REMOVE " + job, job, "");
  }

  static Step rule(long number, String rule, String clause) {
    return step(number, "RULE SET " + rule + " " + clause, rule, clause);
  }

  static Step removeRule(long number, String rule) {
    return step(number, "REMOVERULE " + rule, rule, "");
  }

  static Step question(long number, String line, String answer) {
    return new Step(number, "s" + number + " " + line, "", "", answer);
  }

  private static Step step(long number, String line, String key, String value) {
    return new Step(number, "s" + number + " " + line, key, value, "OK");
  }

  /// Which plan has this time.
  static long numberOf(long nanos) {
    return nanos - FAR_NANOS;
  }

  void apply(Map<String, String> state) {
    if (value.isEmpty()) {
      state.remove(key);
    } else {
      state.put(key, value);
    }
  }

  boolean isAnsweredBy(String line) {
    String id = "s" + number + " ";
    return line.startsWith(id) && line.substring(id.length()).matches(answer);
  }
}
