package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every answer can be split by the rules of the wire, and nobody can forge a line by choosing an
/// id.
class QuotingIT {
  @TempDir static Path directory;
  private static ZtickServer server;

  @BeforeAll
  static void start() throws Exception {
    server = ZtickServer.in(directory).start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = ';',
      value = {
        "OK             ; `\"OK\"`",
        "ERROR          ; `\"ERROR\"`",
        "a b            ; `\"a b\"`",
        "` a`           ; `\" a\"`",
        "`OK r1 OK`     ; `\"OK r1 OK\"`",
        "q\"x           ; `\"q\\\"x\"`",
        "\"             ; `\"\\\"\"`",
        "b\\s           ; `\"b\\\\s\"`",
        "\\n            ; `\"\\\\n\"`",
        "ok             ; ok",
        "OKAY           ; OKAY",
        "ERRORS         ; ERRORS",
        "it's           ; it's",
        "é              ; é",
        "{a,b}#         ; {a,b}#",
      })
  void a_word_in_an_answer_is_quoted_whenever_it_needs_quotes(String id, String written)
      throws Exception {
    try (Wire wire = server.connect()) {
      String quoted = Words.quoted(id);
      wire.send("r1 SET " + quoted + " 2099-04-01").expect("r1 OK");
      wire.send("r2 RULE SET " + quoted + " " + quoted + " direct true " + quoted).expect("r2 OK");
      wire.send("QUERY").expect(written + " planned 4078684800000000000").expect("OK");
      wire.send("r3 QUERY").expect("r3 " + written + " planned 4078684800000000000");
      wire.expect("r3 OK");
      String rule = wire.ask("LISTRULES");
      wire.expect("OK");
      assertThat(rule).startsWith(written + " ");
      assertThat(Words.of(rule)).containsExactly(id, id, "direct", "true", id);
      wire.send("r4 REMOVE " + quoted).expect("r4 OK");
      wire.send("r5 REMOVERULE " + quoted).expect("r5 OK");
    }
  }

  @Test
  void ok_and_error_are_quoted_as_the_first_word_of_a_row_only() throws Exception {
    try (Wire wire = server.connect()) {
      wire.session(
          """
          > RULE SET q.rule OK direct ERROR OK
          < OK
          > LISTRULES
          < q.rule OK direct ERROR OK
          < OK
          > REMOVERULE q.rule
          < OK
          """);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "\r\n",
        "a\tb",
        "x\nOK",
        "x\nr1 OK\n",
        "\u001b[2J",
        "\u0001",
        "\u007f",
        "\u0085",
        "\u009f",
        "\\",
        "\\n",
        "\"\""
      })
  void a_control_character_in_an_argument_never_leaves_its_word(String argument) throws Exception {
    StringBuilder sent = new StringBuilder();
    argument
        .codePoints()
        .forEach(c -> sent.append("\\u{").append(Integer.toHexString(c)).append('}'));
    try (Wire wire = server.connect()) {
      wire.send("RULE SET q.control q.control direct true \"" + sent + "\" end").expect("OK");
      List<String> rows = wire.rows("LISTRULES");
      assertThat(rows).hasSize(1);
      assertThat(rows.getFirst().chars()).noneMatch(Character::isISOControl);
      assertThat(Words.of(rows.getFirst()))
          .containsExactly("q.control", "q.control", "direct", "true", argument, "end");
      wire.send("REMOVERULE q.control").expect("OK");
    }
  }

  @Test
  void control_characters_are_written_by_their_own_escapes() throws Exception {
    try (Wire wire = server.connect()) {
      wire.send("RULE SET q.escapes q. direct true \"\\u{9}\\u{a}\\u{d}\"").expect("OK");
      wire.send("LISTRULES").expect("q.escapes q. direct true \"\\t\\n\\r\"").expect("OK");
      wire.send("REMOVERULE q.escapes").expect("OK");
    }
  }
}
