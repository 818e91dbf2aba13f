package io.ztick.client;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the rows of listings mean.
final class Rows {
  private Rows() {}

  /// The row `<job> <status> <execution_ns>`.
  static Job job(List<String> row) {
    require(row, 3);
    return job(row.getFirst(), row.subList(1, 3));
  }

  /// The words `<status> <execution_ns>`.
  static Job job(String id, List<String> words) {
    require(words, 2);
    Status status = Status.of(words.get(0));
    return new Job(id, status, Times.instant(Numbers.parse(words.get(1))));
  }

  /// The row `<rule> <pattern> <runner> <arguments…>`.
  static Rule rule(List<String> row) {
    require(row, 3);
    return new Rule(row.get(0), row.get(1), row.get(2), row.subList(3, row.size()));
  }

  /// Rows `<key> <value>`.
  static Map<String, String> table(List<List<String>> rows) {
    Map<String, String> table = new LinkedHashMap<>();
    for (List<String> row : rows) {
      require(row, 2);
      table.put(row.get(0), row.get(1));
    }
    return table;
  }

  private static void require(List<String> row, int words) {
    if (row.size() < words) {
      throw new ProtocolException("at least " + words + " words are expected in a row", null);
    }
  }
}
