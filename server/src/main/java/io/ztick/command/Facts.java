package io.ztick.command;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// Rows `<key> <value>`, printed as one thing: a table of two columns, or one object.
final class Facts {
  private static final String NANOS = "_ns";

  /// Values that users choose, and may therefore look like anything.
  private static final Set<String> TEXTS =
      Set.of(
          "job", "rule", "run_id", "outcome", "secret", "secret_file", "name", "id", "namespace");

  /// Values that are names with commas between them.
  private static final Set<String> NAMES = Set.of("commands", "runners", "from");

  private Facts() {}

  static void print(Session session, Output output, List<List<String>> rows) throws IOException {
    switch (output) {
      case TABLE -> table(session, rows);
      case JSON ->
          Json.line(
              session,
              json -> {
                for (List<String> row : rows) {
                  if (TEXTS.contains(key(row))) {
                    json.writeStringField(key(row), value(row));
                  } else if (NAMES.contains(key(row))) {
                    Json.names(json, key(row), value(row));
                  } else {
                    Json.number(json, key(row), value(row));
                  }
                }
              });
      case WIRE -> {
        for (List<String> row : rows) {
          session.line(Texts.row(row));
        }
      }
    }
  }

  private static void table(Session session, List<List<String>> rows) throws IOException {
    int width = rows.stream().mapToInt(row -> Width.of(title(key(row)))).max().orElse(0);
    for (List<String> row : rows) {
      String title = title(key(row));
      session.line(
          Paint.strong(session, title)
              + " ".repeat(width - Width.of(title) + 2)
              + Paint.status(session, shown(session, key(row), value(row))));
    }
  }

  private static String title(String key) {
    String name = Texts.safe(key);
    return name.endsWith(NANOS) ? name.substring(0, name.length() - NANOS.length()) : name;
  }

  private static String shown(Session session, String key, String value) {
    Long nanos = key.endsWith(NANOS) ? Numbers.parse(value) : null;
    if (nanos == null) {
      return Texts.safe(value);
    }
    return isLength(key)
        ? HumanTime.length(Duration.ofNanos(nanos))
        : HumanTime.instant(nanos)
            + " ("
            + HumanTime.relative(nanos, session.clock().instant())
            + ")";
  }

  /// Whether it is a length of time and no point in time.
  private static boolean isLength(String key) {
    return key.equals("uptime_ns") || key.startsWith("lateness_") || key.startsWith("loop_");
  }

  private static String key(List<String> row) {
    return row.isEmpty() ? "" : row.getFirst();
  }

  private static String value(List<String> row) {
    return row.size() < 2 ? "" : row.get(1);
  }
}
