package io.ztick.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Aligned columns. Their widths are those of the first page, so that an endless listing begins at
/// once; a wider cell that comes later moves its own line only.
final class TableRows implements Rows {
  private static final int PAGE = 500;

  /// One long id does not push everything else off the screen.
  private static final int WIDEST = 60;

  private static final String GAP = "  ";

  private final Session session;
  private final List<Column> columns;
  private final List<List<String>> page = new ArrayList<>();
  private final int[] widths;

  /// Which cell is to be coloured, if any.
  private final int status;

  private boolean begun;

  TableRows(Session session, List<Column> columns) {
    this.session = session;
    this.columns = columns;
    this.widths = new int[titles().size()];
    this.status = titles().indexOf("STATUS");
  }

  @Override
  public void print(List<String> words) throws IOException {
    if (begun) {
      session.line(line(cells(words)));
      return;
    }
    keep(words);
    if (page.size() == PAGE) {
      begin();
    }
  }

  /// Keeps a row for {@link #lines}.
  void keep(List<String> words) {
    page.add(cells(words));
  }

  @Override
  public void end() throws IOException {
    if (!begun && !page.isEmpty()) {
      begin();
    }
  }

  private void begin() throws IOException {
    begun = true;
    for (String line : lines()) {
      session.line(line);
    }
    page.clear();
  }

  /// The head and the rows so far.
  List<String> lines() {
    Arrays.fill(widths, 0);
    measure(titles());
    page.forEach(this::measure);
    List<String> lines = new ArrayList<>();
    lines.add(line(titles()));
    page.forEach(row -> lines.add(line(row)));
    return lines;
  }

  private void measure(List<String> cells) {
    for (int i = 0; i < widths.length; i++) {
      widths[i] = Math.max(widths[i], Math.min(WIDEST, Width.of(cells.get(i))));
    }
  }

  private String line(List<String> cells) {
    var line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      String cell = cells.get(i);
      line.append(i == status ? Paint.status(session, cell) : cell);
      if (i < cells.size() - 1) {
        line.repeat(' ', Math.max(0, widths[i] - Width.of(cell))).append(GAP);
      }
    }
    return line.toString().stripTrailing();
  }

  private List<String> titles() {
    List<String> titles = new ArrayList<>();
    for (Column column : columns) {
      titles.add(column.title());
      if (column.kind() == Column.Kind.TIME) {
        titles.add("WHEN");
      }
    }
    return titles;
  }

  private List<String> cells(List<String> words) {
    List<String> cells = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      String word = i < words.size() ? words.get(i) : "";
      switch (columns.get(i).kind()) {
        case TEXT, STATUS, NAMES -> cells.add(word.isEmpty() ? "" : Texts.cell(word));
        case TIME -> {
          Long nanos = Numbers.parse(word);
          cells.add(nanos == null ? Texts.cell(word) : HumanTime.instant(nanos));
          cells.add(nanos == null ? "" : HumanTime.relative(nanos, session.clock().instant()));
        }
        case DATE -> {
          Long nanos = Numbers.parse(word);
          cells.add(nanos == null ? Texts.cell(word) : HumanTime.instant(nanos));
        }
        case TEXTS ->
            cells.add(
                Texts.safe(Texts.words(words.subList(Math.min(i, words.size()), words.size()))));
      }
    }
    return cells;
  }
}
