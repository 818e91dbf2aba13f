package io.ztick.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswersTest {
  private final Answers answers = new Answers(0);

  private String composed() {
    return new String(answers.bytes(), 0, answers.length(), UTF_8);
  }

  @Test
  void answers_have_the_forms_of_the_page() {
    answers.ok(null);
    answers.ok("r1");
    answers.error(null, ErrorCode.AUTH_REQUIRED, "");
    answers.error("r1", ErrorCode.AUTH_DENIED, "insufficient namespace scope");
    answers.begin("r1").first("a").word("planned").number(5).end();
    answers.begin(null).first("a").end();
    answers.beginOk("r1").word("planned").number(-5).end();
    answers.beginOk(null).text("two words").end();
    assertThat(composed())
        .isEqualTo(
            """
            OK
            r1 OK
            ERROR auth_required
            r1 ERROR auth_denied insufficient namespace scope
            r1 a planned 5
            a
            r1 OK planned -5
            OK two words
            """);
    answers.clear();
    answers.ok("r2");
    assertThat(composed()).isEqualTo("r2 OK\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "",
        "OK",
        "ERROR",
        "OKAY",
        "two words",
        "\"",
        "\\",
        "\u007f",
        "é",
        "\n",
        "~!"
      })
  void bytes_of_a_word_come_out_as_the_word_does(String word) {
    byte[] around = ("x" + word + "y").getBytes(UTF_8);
    answers.begin("r1").first(around, 1, around.length - 1).end();
    var expected = new Answers(0);
    expected.begin("r1").first(word).end();
    assertThat(composed()).isEqualTo(new String(expected.bytes(), 0, expected.length(), UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET a", "r1 GET a", "OK SET a 5", "ERROR SET a 5"})
  void an_answer_to_a_plain_line_is_that_to_any_other(String text) {
    var line = new PlainLine();
    byte[] bytes = text.getBytes(UTF_8);
    assertThat(line.read(bytes, 0, bytes.length)).isTrue();
    answers.okTo(line);
    answers.beginOkTo(line).word("planned").number(5).end();
    var expected = new Answers(0);
    expected.ok(line.requestId());
    expected.beginOk(line.requestId()).word("planned").number(5).end();
    assertThat(composed()).isEqualTo(new String(expected.bytes(), 0, expected.length(), UTF_8));
    assertThat(answers.marks()).containsExactly(expected.marks());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a | a",
        "größe😀 | größe😀",
        "%c2%a0%e3%80%80%ef%bb%bf | %c2%a0%e3%80%80%ef%bb%bf",
        "{}*:'=%25 | {}*:'=%25",
        "OK | OK",
        "'' | \"\"",
        "a b | \"a b\"",
        "' ' | \" \"",
        "a\"b | \"a\\\"b\"",
        "a\\b | \"a\\\\b\"",
        "é b | \"é b\"",
        "%0a%0d%09 | \"\\n\\r\\t\"",
        "%00%01%1f%7f | \"\\u{0}\\u{1}\\u{1f}\\u{7f}\"",
        "%c2%80%c2%85%c2%9f | \"\\u{80}\\u{85}\\u{9f}\"",
      })
  void a_word_is_quoted_whenever_it_needs_it(String word, String expected) {
    answers.begin(Lines.text(word)).word(Lines.text(word)).end();
    String quoted = Lines.text(expected);
    assertThat(composed()).isEqualTo(quoted + " " + quoted + "\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"OK | \"OK\"", "ERROR | \"ERROR\"", "OKAY | OKAY", "ok | ok", "'' | \"\""})
  void the_first_word_of_a_row_is_never_taken_for_the_end_of_the_listing(
      String word, String expected) {
    answers.begin(null).first(word).word("OK").end();
    answers.begin("r1").first(word).word("ERROR").end();
    assertThat(composed()).isEqualTo(expected + " OK\nr1 " + expected + " ERROR\n");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 9, 10, 99, 100, -1, -10, 1775044800000000000L, Long.MAX_VALUE})
  void numbers_are_decimal(long number) {
    answers.begin(null).number(number).number(-number).end();
    assertThat(composed()).isEqualTo(number + " " + -number + "\n");
  }

  @Test
  void the_smallest_number_is_decimal_too() {
    answers.begin(null).number(Long.MIN_VALUE).end();
    assertThat(composed()).isEqualTo("-9223372036854775808\n");
  }

  @Test
  void words_of_an_answer_come_back_by_the_rules_of_a_line() {
    for (long seed = 0; seed < 20_000; seed++) {
      var random = new Random(seed);
      List<String> words = new ArrayList<>();
      for (int i = random.nextInt(6); i >= 0; i--) {
        words.add(word(random));
      }
      answers.clear();
      answers.begin(null).first(words.getFirst());
      words.stream().skip(1).forEach(answers::word);
      answers.end();
      assertThat(composed().chars().filter(Character::isISOControl))
          .as("seed %d: the line feed is the only control character", seed)
          .containsExactly((int) '\n');
      var split = new Words();
      split.split(answers.bytes(), 0, answers.length() - 1);
      assertThat(split.fault()).as("seed %d", seed).isNull();
      assertThat(split.texts(0)).as("seed %d", seed).isEqualTo(words);
      assertThat(composed()).as("seed %d", seed).doesNotStartWith("OK ").isNotEqualTo("OK\n");
    }
  }

  private static String word(Random random) {
    if (random.nextInt(8) == 0) {
      return random.nextBoolean() ? "OK" : "ERROR";
    }
    var word = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      switch (random.nextInt(4)) {
        case 0 -> word.append(" \"\\{}nrtu\n\r\t\0*".charAt(random.nextInt(14)));
        case 1 -> word.appendCodePoint(random.nextInt(0x100));
        case 2 -> word.appendCodePoint(random.nextInt(0xd800));
        default -> word.appendCodePoint(0xe000 + random.nextInt(0x110000 - 0xe000));
      }
    }
    return word.toString();
  }

  @Test
  void an_error_can_stand_instead_of_each_answer_with_its_request_id() {
    answers.ok(null);
    answers.row("a row", "rule", "OK");
    answers.row("a row", "ERROR", "OK");
    answers.error("a row", ErrorCode.NOT_FOUND, "no such job");
    answers.beginOk("OK").word("planned").number(1).end();
    answers.row("unfinished", "x", "OK");

    assertThat(instead())
        .isEqualTo(
            """
            ERROR unavailable why
            "a row" ERROR unavailable why
            OK ERROR unavailable why
            """);
  }

  @Test
  void an_error_can_stand_instead_of_any_number_of_answers() {
    for (int i = 0; i < 1000; i++) {
      answers.ok("r" + i);
    }
    assertThat(instead().lines()).hasSize(1000).endsWith("r999 ERROR unavailable why");

    answers.clear();
    answers.ok("r");
    assertThat(instead()).isEqualTo("r ERROR unavailable why\n");
  }

  private String instead() {
    var errors = new Answers(0);
    errors.instead(answers.bytes(), answers.marks(), ErrorCode.UNAVAILABLE, "why");
    return new String(errors.bytes(), 0, errors.length(), UTF_8);
  }

  @ParameterizedTest
  @CsvSource({"x, 64", "é, 32", "\u07ff, 32", "\u0800, 21", "\uffff, 21", "\ud800\udc00, 16"})
  void a_word_in_a_sentence_is_cut_to_64_bytes_at_a_character(String character, int fit) {
    String longest = character.repeat(fit);
    assertThat(Answers.shown(longest)).isEqualTo("\"" + longest + "\"");
    assertThat(Answers.shown(longest + character)).isEqualTo("\"" + longest + "\"");
    assertThat(Answers.shown("xx" + character.repeat(fit)))
        .isEqualTo("\"xx" + character.repeat(fit == 64 ? 62 : fit - 1) + "\"");
  }

  @Test
  void a_word_in_a_sentence_is_always_quoted() {
    assertThat(Answers.shown("a")).isEqualTo("\"a\"");
    assertThat(Answers.shown("\n\"")).isEqualTo("\"\\n\\\"\"");
  }
}
