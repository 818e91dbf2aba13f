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

  /// Names or ranges in one word, with commas between them.
  static List<String> names(String word) {
    return word.isEmpty() ? List.of() : List.of(word.split(",", -1));
  }

  /// The value of a key that every table has.
  static String text(Map<String, String> table, String key) {
    String value = table.get(key);
    if (value == null) {
      throw new ProtocolException("the row " + key + " is expected", null);
    }
    return value;
  }

  /// The row of a token that was made at run time.
  static TokenDetails token(List<String> row) {
    require(row, 9);
    return new TokenDetails(
        row.get(0),
        row.get(1),
        row.get(2),
        names(row.get(3)),
        names(row.get(4)),
        names(row.get(5)),
        Times.instant(Numbers.parse(row.get(6))),
        Times.instant(Numbers.parse(row.get(7))),
        row.get(8));
  }

  /// The words `<secret> <id> <expires_ns>`.
  static IssuedSecret secret(List<String> words) {
    require(words, 3);
    return new IssuedSecret(words.get(0), words.get(1), Times.instant(Numbers.parse(words.get(2))));
  }

  /// The word `<count>`.
  static int count(List<String> words) {
    require(words, 1);
    return Math.toIntExact(Numbers.parse(words.getFirst()));
  }

  /// The rows `warning <text>`.
  static List<String> warnings(List<List<String>> rows) {
    return rows.stream().filter(row -> row.size() > 1).map(row -> row.get(1)).toList();
  }

  /// The words `yes` or `no <reason>`.
  static Permission permission(List<String> words) {
    require(words, 1);
    return switch (words.getFirst()) {
      case "yes" -> new Permission(true, "");
      case "no" -> new Permission(false, words.size() < 2 ? "" : words.get(1));
      default -> throw new ProtocolException("yes or no is expected", null);
    };
  }

  private static void require(List<String> row, int words) {
    if (row.size() < words) {
      throw new ProtocolException("at least " + words + " words are expected in a row", null);
    }
  }
}
