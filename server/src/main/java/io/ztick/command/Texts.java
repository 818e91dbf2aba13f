package io.ztick.command;

import io.ztick.protocol.LineWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/// Words of answers as text that no terminal takes for a command.
final class Texts {
  private static final int CAPACITY = 256;

  /// What a terminal might obey or reorder: controls, formats such as a change of the writing's
  /// direction, separators of lines, halves of surrogates.
  private static final Pattern UNSAFE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]");

  private Texts() {}

  /// A row as on the wire: each word quoted if it would not read back as itself.
  static String row(List<String> words) {
    String first = words.isEmpty() ? "" : words.getFirst();
    // Otherwise it would end the listing.
    if (!first.equals("OK") && !first.equals("ERROR")) {
      return words(words);
    }
    var line = new LineWriter(CAPACITY).begin().quoted(first);
    words.stream().skip(1).forEach(line::word);
    return text(line);
  }

  /// Words as on the wire, none of them the first of a row.
  static String words(List<String> words) {
    var line = new LineWriter(CAPACITY).begin();
    words.forEach(line::word);
    return text(line);
  }

  /// A word for a table: as on the wire, and without what might turn the line around.
  static String cell(String word) {
    return safe(words(List.of(word)));
  }

  /// Text that is not trusted, as a terminal may show it: what it might obey becomes an escape with
  /// its number in hex.
  static String safe(String text) {
    return UNSAFE
        .matcher(text)
        .replaceAll(match -> "\\\\u{" + Integer.toHexString(match.group().codePointAt(0)) + "}");
  }

  /// The same for JSON, where such characters only stand in strings.
  static String safeJson(String json) {
    return UNSAFE
        .matcher(json)
        .replaceAll(
            match -> {
              var escapes = new StringBuilder();
              for (char unit : match.group().toCharArray()) {
                escapes.append("\\\\u%04x".formatted((int) unit));
              }
              return escapes.toString();
            });
  }

  private static String text(LineWriter line) {
    return new String(line.bytes(), 0, line.length(), StandardCharsets.UTF_8);
  }
}
