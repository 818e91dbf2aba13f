package io.ztick.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {

  /// The words of a line in brackets, and `!` behind them when there is a fault.
  private static String split(String line) {
    byte[] bytes = Lines.bytes(line);
    var words = new Words();
    words.split(bytes, 0, bytes.length);
    var shown = new StringBuilder();
    for (String word : words.texts(0)) {
      shown.append('[').append(word).append(']');
    }
    return shown.append(words.fault() == null ? "" : "!").toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | ''",
        "'   ' | ''",
        "a | [a]",
        "'  a b   c  ' | [a][b][c]",
        "a%09b%0bc%0dd | [a%09b%0bc%0dd]",
        "a%c2%a0b%e3%80%80c | [a%c2%a0b%e3%80%80c]",
        "größe 日本 😀 | [größe][日本][😀]",
      })
  void only_the_space_separates_words(String line, String words) {
    assertThat(split(line)).isEqualTo(Lines.text(words));
  }

  @Test
  void a_line_may_have_any_number_of_words() {
    assertThat(split("a \"b\\n\"".repeat(1000))).isEqualTo("[a][b\n]".repeat(1000));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"\" | []",
        "\" a  b \" | [ a  b ]",
        "\"größe 😀\" | [größe 😀]",
        "a\"b c\"d | [a][b c][d]",
        "\"a\"\"b\" | [a][b]",
        "\"\"a\"\" | [][a][]",
        "a\"\"b | [a][][b]",
      })
  void a_quoted_word_needs_no_space_around_it(String line, String words) {
    assertThat(split(line)).isEqualTo(words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"a\\\"b\" | [a\"b]",
        "\"a\\\\\" | [a\\]",
        "\"\\\\\\\"\" | [\\\"]",
        "\"\\n\\r\\t\" | [%0a%0d%09]",
        "\"\\u{41}\\u{0041}\\u{e9}\\u{E9}\\u{20ac}\" | [AAéé€]",
        "\"\\u{1F600}\\u{10ffff}\\u{0}\\u{85}\" | [😀%f4%8f%bf%bf%00%c2%85]",
        "\"\\u{d7ff}\\u{e000}\" | [%ed%9f%bf%ee%80%80]",
        "\"\\a\\N\\0\\ \\{\\é\\😀x\" | [aN0 {é😀x]",
      })
  void a_backslash_inside_quotes_escapes(String line, String words) {
    assertThat(split(line)).isEqualTo(Lines.text(words));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"\\u\" | [u]",
        "\"\\u41\" | [u41]",
        "\"\\u{}\" | [u{}]",
        "\"\\u{41\" | [u{41]",
        "\"\\u{g}\" | [u{g}]",
        "\"\\u{+41}\" | [u{+41}]",
        "\"\\u{４}\" | [u{４}]",
        "\"\\u{d800}\\u{dfff}\" | [u{d800}u{dfff}]",
        "\"\\u{110000}\\u{100000041}\" | [u{110000}u{100000041}]",
        "\"\\u{\\u{41}\" | [u{A]",
      })
  void what_is_no_character_in_hex_is_an_escaped_u(String line, String words) {
    assertThat(split(line)).isEqualTo(words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"a\\nb | [a\\nb]", "a\\\"b c\" | [a\\][b c]", "\\ \\\\ | [\\][\\\\]"})
  void a_backslash_outside_quotes_is_an_ordinary_byte(String line, String words) {
    assertThat(split(line)).isEqualTo(words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\" | !",
        "\"a | !",
        "a b\"c d | [a][b]!",
        "a \"b\\\" | [a]!",
        "a \"b\\ | [a]!",
        "a \"b\\\\\" \"c | [a][b\\]!",
        "a \"b\"\" | [a][b]!",
      })
  void a_quote_without_an_end_is_a_fault_behind_the_words_before_it(String line, String words) {
    assertThat(split(line)).isEqualTo(words);
  }
}
