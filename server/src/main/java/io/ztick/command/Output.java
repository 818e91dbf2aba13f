package io.ztick.command;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ITypeConverter;

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

  private static final List<Column> TOKENS =
      List.of(
          Column.text("id"),
          Column.text("name"),
          Column.text("namespace"),
          new Column("commands", "COMMANDS", Column.Kind.NAMES),
          new Column("runners", "RUNNERS", Column.Kind.NAMES),
          new Column("from", "FROM", Column.Kind.NAMES),
          new Column("created_ns", "CREATED", Column.Kind.DATE),
          new Column("expires_ns", "EXPIRES", Column.Kind.TIME),
          Column.text("note"));

  /// Reads what is typed.
  static final class Converter implements ITypeConverter<Output> {
    @Override
    public Output convert(String word) {
      return Typed.constant(Output.class, word);
    }
  }

  /// What a shell completes.
  static final class Words extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    Words() {
      super(Typed.words(Output.class));
    }
  }

  /// A printer of rows `<job> <status> <execution_ns>`.
  Rows jobs(Session session) {
    return rows(session, JOBS);
  }

  /// A printer of rows `<rule> <pattern> <runner> <arguments…>`.
  Rows rules(Session session) {
    return rows(session, RULES);
  }

  /// A printer of the rows of `TOKEN LIST`.
  Rows tokens(Session session) {
    return rows(session, TOKENS);
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
