package io.ztick.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireLineTest {
  @Test
  void a_command_may_be_typed_in_any_case() {
    assertThat(WireLine.parse("rule set r a. shell \"echo x\"").words())
        .containsExactly("RULE", "SET", "r", "a.", "shell", "echo x");
    assertThat(WireLine.parse("Get Job").words()).containsExactly("GET", "Job");
    assertThat(WireLine.parse("token revoke ci").words()).containsExactly("TOKEN", "REVOKE", "ci");
    assertThat(WireLine.parse("can set a").words()).containsExactly("CAN", "SET", "a");
  }

  @Test
  void a_request_id_is_told_from_a_command_as_the_server_does_it() {
    WireLine line = WireLine.parse("r1 GET a");
    assertThat(line.requestId()).isEqualTo("r1");
    assertThat(line.words()).containsExactly("GET", "a");
    assertThat(WireLine.parse("SHOW GET").requestId()).isNull();
    assertThat(WireLine.parse("get get").words()).containsExactly("GET", "get");
  }

  @ParameterizedTest
  @ValueSource(strings = {"AUTH a secret", "auth \"a secret\"", "  AUTH   a secret  "})
  void a_secret_may_hold_spaces_and_is_not_shown(String line) {
    assertThat(WireLine.parse(line).secret()).isEqualTo("a secret");
    assertThat(WireLine.parse(line)).hasToString("AUTH ***");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AUTH",
        "AUTH \"\"",
        "r1 AUTH s",
        "\"\" PING",
        "\"a\\nb\" PING",
        "\"abc",
        "GET \"a"
      })
  void what_is_no_line_has_a_fault(String line) {
    assertThat(WireLine.parse(line).fault()).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AUTH s",
        "auth s",
        " \"AUTH\" s",
        "r1 AUTH s",
        "\"my id\" AUTH s",
        "\"my id\" \"auth\" s",
        "\"my id AUTH s",
        "TOKEN ADD s",
        "AUTH",
        "RULE SET r a. http GET http://user:pass@host/"
      })
  void a_line_with_a_secret_is_not_kept(String line) {
    assertThat(WireLine.isSecret(line)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"GET AUTHOR", "SET token.x now", "RULE SET r a. http GET http://host/a@b"})
  void a_line_without_one_is(String line) {
    assertThat(WireLine.isSecret(line)).isFalse();
  }

  @Test
  void what_is_not_utf_8_is_refused_and_not_replaced() {
    byte[] latin = "SET caf\u00e9 now".getBytes(ISO_8859_1);
    assertThat(WireLine.parse(latin).fault()).isEqualTo("the line is not UTF-8");
    assertThat(WireLine.parse(latin).isBlank()).isFalse();
  }

  @Test
  void a_blank_line_says_nothing() {
    assertThat(List.of("", "   ")).allMatch(line -> WireLine.parse(line).isBlank());
  }
}
