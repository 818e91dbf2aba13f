package io.ztick.auth;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/// A token's table in an auth file: its values by their types, and remarks at their lines.
///
/// @param title `token.<name>`, escaped
/// @param line where the table begins
/// @param torn a TOML error stands between this table and the next, so keys may be missing by its
///   fault
record TokenSection(String title, TomlTable table, int line, boolean torn, Remarks remarks) {
  private static final String EXAMPLE = "write it like 2027-03-01T00:00:00Z";

  static int line(TomlTable table, String key) {
    TomlPosition position = table.inputPositionOf(List.of(key));
    return position == null ? Remarks.WHOLE_FILE : position.line();
  }

  static String kind(Object value) {
    return value instanceof TomlTable ? "table" : "key";
  }

  boolean has(String key) {
    return table.contains(List.of(key));
  }

  /// The line of a key, or of the table when it has no such key.
  int lineOf(String key) {
    return has(key) ? line(table, key) : line;
  }

  void problem(String key, String text) {
    remarks.problem(lineOf(key), title + ": " + text);
  }

  void warning(String key, String text) {
    remarks.warning(lineOf(key), title + ": " + text);
  }

  void refuseOtherKeys(Set<String> known) {
    for (Map.Entry<String, Object> entry : table.entrySet()) {
      String key = entry.getKey();
      if (!known.contains(key)) {
        problem(key, "unknown " + kind(entry.getValue()) + Remarks.shown(key));
      }
    }
  }

  /// The text of a key that must be there; null when it is not or is empty, which has been told.
  @Nullable String string(String key) {
    switch (table.get(List.of(key))) {
      case null -> missing(key);
      case String text when text.isEmpty() -> problem(key, key + " is empty");
      case String text -> {
        return text;
      }
      default -> problem(key, key + " must be a string");
    }
    return null;
  }

  /// Tells that a key is missing, unless a TOML error may have hidden it.
  void missing(String key) {
    if (!torn) {
      problem(key, key + " is missing");
    }
  }

  /// The texts of a key; null when it is not there, or holds no text, which has been told. What
  /// else it holds beside texts has been told, too.
  @Nullable List<String> strings(String key) {
    Object value = table.get(List.of(key));
    return value == null
        ? null
        : stringsIn(value, () -> problem(key, key + " must be an array of strings"));
  }

  /// The texts of an array; null when it is none, or holds other things only.
  ///
  /// @param wrong told when it is not an array of texts alone
  static @Nullable List<String> stringsIn(Object value, Runnable wrong) {
    if (!(value instanceof TomlArray array)) {
      wrong.run();
      return null;
    }
    List<String> texts = new ArrayList<>();
    for (Object each : array.toList()) {
      if (each instanceof String text) {
        texts.add(text);
      }
    }
    if (texts.size() == array.size()) {
      return texts;
    }
    wrong.run();
    return texts.isEmpty() ? null : texts;
  }

  /// The instant of a key; the other one when the key is not there, or is wrong, which has been
  /// told.
  Instant instant(String key, Instant otherwise) {
    switch (table.get(List.of(key))) {
      case null -> {}
      case OffsetDateTime time -> {
        return time.toInstant();
      }
      case LocalDateTime _, LocalDate _, LocalTime _ ->
          problem(key, key + " says no zone, so nobody knows when it is; " + EXAMPLE);
      default -> problem(key, key + " must be a date and time; " + EXAMPLE);
    }
    return otherwise;
  }
}
