package io.ztick.command;

import java.util.List;

/// How answers are printed.
enum Output {
  /// For people: columns, and times in UTC.
  TABLE,
  /// For programs: an object a line.
  JSON,
  /// As the server sent it.
  WIRE;

  /// The columns of rows `<job> <status> <execution_ns>`.
  static final List<Column> JOBS =
      List.of(
          Column.text("job"),
          new Column("status", "STATUS", Column.Kind.STATUS),
          new Column("execution_ns", "TIME", Column.Kind.TIME));

  private static final List<Column> RULES =
      List.of(
          Column.text("rule"),
          Column.text("pattern"),
          Column.text("runner"),
          new Column("arguments", "ARGUMENTS", Column.Kind.TEXTS));

  /// A printer of rows `<job> <status> <execution_ns>`.
  Rows jobs(Session session) {
    return rows(session, JOBS);
  }

  /// A printer of rows `<rule> <pattern> <runner> <arguments…>`.
  Rows rules(Session session) {
    return rows(session, RULES);
  }

  /// A printer of rows with these columns.
  Rows rows(Session session, List<Column> columns) {
    return switch (this) {
      case TABLE -> new TableRows(session, columns);
      case JSON -> new JsonRows(session, columns);
      case WIRE -> row -> session.line(Texts.row(row));
    };
  }
}
