package io.ztick.command;

import java.util.Locale;

/// What a word of a row means.
///
/// @param key the name in JSON
/// @param title the head of the column in a table
record Column(String key, String title, Kind kind) {
  /// How a word is shown.
  enum Kind {
    TEXT,
    /// Of a job.
    STATUS,
    /// Nanoseconds since the epoch: in a table a date, and how far away it is.
    TIME,
    /// The same without how far away it is.
    DATE,
    /// Names with commas between them.
    NAMES,
    /// This word and all that follow.
    TEXTS
  }

  static Column text(String key) {
    return new Column(key, key.toUpperCase(Locale.ROOT), Kind.TEXT);
  }
}
