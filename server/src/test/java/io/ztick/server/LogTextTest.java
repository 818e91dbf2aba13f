package io.ztick.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class LogTextTest {
  static Stream<Arguments> texts() {
    return Stream.of(
        arguments("", ""),
        arguments("deploy.daily", "deploy.daily"),
        arguments(
            "gr\u00f6\u00dfe.\u65e5\u672c \ud83d\ude80",
            "gr\u00f6\u00dfe.\u65e5\u672c \ud83d\ude80"),
        arguments("say \"hi\"", "say \\\"hi\\\""),
        arguments("C:\\temp", "C:\\\\temp"),
        arguments("a\nb\rc\td", "a\\nb\\rc\\td"),
        arguments("\u0000\u001b[2J\u007f", "\\u{0}\\u{1b}[2J\\u{7f}"),
        arguments("\u0085 new line", "\\u{85} new line"),
        arguments("\u2028 line separator", "\\u{2028} line separator"),
        arguments("\u202e right to left", "\\u{202e} right to left"),
        arguments("\ud800 half a pair", "\\u{d800} half a pair"),
        arguments("\ue000 private", "\\u{e000} private"));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void only_what_cannot_be_seen_and_quotes_and_backslashes_are_escaped(
      String text, String escaped) {
    assertThat(LogText.escaped(text)).isEqualTo(escaped);
  }

  @ParameterizedTest
  @CsvSource({"0, 4", "1, 3", "6, 3", "7, 2", "11, 2", "12, 1", "13, 0", "100, 0"})
  void the_end_of_a_text_is_as_long_as_it_is_when_escaped(int maxChars, int start) {
    assertThat(LogText.startOfEnd("a\0\u001bz", maxChars)).isEqualTo(start);
  }
}
