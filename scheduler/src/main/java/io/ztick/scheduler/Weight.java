package io.ztick.scheduler;

import java.util.List;

/// How much heap jobs and rules take, in bytes: estimates that are meant to be a little too high. A
/// million planned jobs with ids of 22 characters were counted as 198 bytes each; here they are
/// 230.
final class Weight {

  /// A planned job without the characters of its id: the job, its places in the table, in the order
  /// of ids and in the due order, and the string.
  static final int JOB = 160;

  /// What a job has besides once it has been triggered.
  static final int ATTEMPT = 160;

  private static final int RULE = 400;
  private static final int STRING = 48;

  private Weight() {}

  static long of(String text) {
    // A string with one character beyond U+00FF takes two bytes for each.
    boolean wide = text.chars().anyMatch(character -> character > 0xff);
    return STRING + (wide ? 2L * text.length() : text.length());
  }

  static long ofJob(String id) {
    return JOB + of(id);
  }

  static long of(Rule rule) {
    return RULE + of(rule.id()) + 2 * of(rule.pattern()) + of(rule.runner().arguments());
  }

  private static long of(List<String> words) {
    return words.stream().mapToLong(Weight::of).sum();
  }
}
