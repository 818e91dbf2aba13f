package io.ztick.scheduler;

import java.util.List;

/// How much heap jobs and rules take, in bytes: estimates that are meant to be a little too high.
/// Planned jobs with ids of 20 bytes take 67 bytes each after a start, 74 when they came in any
/// order, and a hundred when most of the others have gone; here they are 104.
final class Weight {

  /// A planned job without its id: the record, its places in the table, in the order of ids and in
  /// the due order.
  static final int JOB = 64;

  /// What the bytes of an id count: no leaf of records is less than half full for long.
  private static final int ID_BYTE = 2;

  /// What a job has besides once it has been triggered.
  static final int ATTEMPT = 24;

  /// What it takes to share a text among jobs.
  private static final int SHARED = 160;

  private static final int RULE = 400;
  private static final int STRING = 48;

  /// A change with its id but for the characters, and the batch that it goes into.
  private static final int CHANGE = 192;

  private Weight() {}

  static long of(String text) {
    // A string with one character beyond U+00FF takes two bytes for each.
    boolean wide = text.chars().anyMatch(character -> character > 0xff);
    return STRING + (wide ? 2L * text.length() : text.length());
  }

  static long ofJob(int idBytes) {
    return JOB + (long) ID_BYTE * idBytes;
  }

  /// A text that finished jobs have in common.
  static long ofShared(String text) {
    return SHARED + of(text);
  }

  static long of(Rule rule) {
    return RULE + of(rule.id()) + 2 * of(rule.pattern()) + of(rule.runner().arguments());
  }

  /// A change on its way to the disk.
  static long of(Change change) {
    return switch (change) {
      case Change.JobPlanned planned -> CHANGE + planned.job().length();
      case Change.JobTriggered triggered ->
          CHANGE + triggered.job().length() + roughly(triggered.rule());
      case Change.JobFinished finished -> 2 * CHANGE + finished.job().length();
      case Change.JobRemoved removed -> CHANGE + removed.job().length();
      case Change.RuleSet set -> CHANGE + of(set.rule());
      case Change.RuleRemoved removed -> CHANGE + removed.rule().length();
      case Change.TokenStored stored -> CHANGE + of(stored.text());
      case Change.TokenRemoved removed -> CHANGE + removed.id().length();
    };
  }

  /// Without looking at each character: one rule may be triggered for many jobs at once.
  private static long roughly(Rule rule) {
    return RULE
        + rule.runner().arguments().stream().mapToLong(word -> STRING + 2L * word.length()).sum();
  }

  private static long of(List<String> words) {
    return words.stream().mapToLong(Weight::of).sum();
  }
}
