package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Request ids, or none.
class RequestIdIT {
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

  @Test
  void the_request_id_is_echoed_in_front_of_every_line_of_the_answer() throws Exception {
    play(
        """
        > r1 SET rid.echo.a 2099-04-01
        < r1 OK
        > r1 SET rid.echo.b 2099-04-01
        < r1 OK
        > r2 QUERY rid.echo.
        < r2 rid.echo.a planned 4078684800000000000
        < r2 rid.echo.b planned 4078684800000000000
        < r2 OK
        > r3 GET rid.echo.a
        < r3 OK planned 4078684800000000000
        > r4 REMOVE rid.echo.none
        < r4 ERROR not_found…
        """);
  }

  @Test
  void the_request_id_may_be_left_out() throws Exception {
    play(
        """
        > SET rid.none 2099-04-01
        < OK
        > GET rid.none
        < OK planned 4078684800000000000
        > QUERY rid.none
        < rid.none planned 4078684800000000000
        < OK
        > REMOVE rid.none
        < OK
        > GET rid.none
        < ERROR not_found…
        > SET
        < ERROR bad_request…
        > REMOVERULE rid.none
        < ERROR not_found…
        > LISTRULES
        < OK
        > PING
        < OK
        """);
  }

  @Test
  void when_the_second_word_is_a_command_name_the_first_word_is_the_request_id() throws Exception {
    play(
        """
        > PING PING
        < PING OK
        > SET PING
        < SET OK
        > GET GET GET
        < GET ERROR not_found…
        > REMOVE SET rid.second 2099-04-01
        < REMOVE OK
        > QUERY REMOVE rid.second
        < QUERY OK
        > SET SET GET 2099-04-01
        < SET OK
        > r1 REMOVE GET
        < r1 OK
        > WATCH PING
        < WATCH OK
        > BACKUP GET rid.none
        < BACKUP ERROR not_found…
        """);
  }

  @Test
  void a_line_whose_first_word_is_auth_rule_can_show_token_or_help_has_none() throws Exception {
    play(
        """
        > AUTH PING
        < OK
        > RULE SET rid.rule rid.rule. http GET http://127.0.0.1:1/
        < OK
        > RULE LIST
        < rid.rule rid.rule. http GET http://127.0.0.1:1/
        < OK
        > RULE REMOVE rid.rule
        < OK
        > SHOW GET
        < ERROR not_found…
        > SHOW SET rid.show 2099-04-01
        < ERROR bad_request…
        > QUERY rid.show
        < OK
        """);
  }

  @ParameterizedTest
  @ValueSource(strings = {"CAN", "TOKEN"})
  void can_and_token_are_never_a_request_id(String word) throws Exception {
    try (Wire wire = server.connect()) {
      assertThat(wire.ask(word + " SET rid.reserved 2099-04-01")).startsWith("ERROR bad_request ");
      wire.send("GET rid.reserved").expect("ERROR not_found…");
    }
  }

  @Test
  void a_word_is_a_command_name_by_its_text_quoted_or_not() throws Exception {
    play(
        """
        > r1 "PING"
        < r1 OK
        > "PING"
        < OK
        > "PING" "PING"
        < PING OK
        > "SHOW" "rid.none"
        < ERROR not_found…
        > r1 "P\\u{49}NG"
        < r1 OK
        > "r1" "SET" "rid.quoted" "2099-04-01"
        < r1 OK
        """);
  }

  @Test
  void command_names_are_upper_case_and_exact() throws Exception {
    play(
        """
        > r1 ping
        < r1 ERROR unknown_command…
        > r1 Set rid.case 2099-04-01
        < r1 ERROR unknown_command…
        > r1 PINGS
        < r1 ERROR unknown_command…
        > r1 "PING "
        < r1 ERROR unknown_command…
        > ping
        < ping ERROR unknown_command…
        """);
  }

  @Test
  void anything_else_is_unknown_and_the_message_says_which_commands_exist() throws Exception {
    try (Wire wire = server.connect()) {
      assertThat(wire.ask("r1"))
          .startsWith("r1 ERROR unknown_command ")
          .contains(
              "AUTH",
              "SET",
              "GET",
              "QUERY",
              "REMOVE",
              "RULE",
              "REMOVERULE",
              "LISTRULES",
              "STAT",
              "SHOW",
              "PING",
              "HELP",
              "QUIT");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"KILL", "LOG", "NEXT", "PAUSE", "REPLAY", "RESUME", "RUN", "RUNS", "WATCH"})
  void reserved_names_are_unknown_commands_until_they_exist(String name) throws Exception {
    try (Wire wire = server.connect()) {
      wire.send("r1 " + name).expect("r1 ERROR unknown_command…");
      wire.send("r1 " + name + " rid.x 2099-04-01").expect("r1 ERROR unknown_command…");
      assertThat(wire.ask(name)).matches("(" + name + " )?ERROR unknown_command .+");
    }
  }

  @Test
  void it_need_not_be_unique() throws Exception {
    play(
        """
        > same PING
        > same PING
        < same OK
        < same OK
        """);
  }

  @Test
  void the_request_id_is_any_word_of_1_to_128_bytes() throws Exception {
    try (Wire wire = server.connect()) {
      for (String id : new String[] {"1", "é".repeat(64), "x".repeat(128), "a=b;c\\", "{}"}) {
        String echoed = id.contains("\\") ? Words.quoted(id) : id;
        wire.send(id + " PING").expect(echoed + " OK");
      }
    }
  }

  @Test
  void the_request_id_is_quoted_again_where_it_would_need_quotes() throws Exception {
    play(
        """
        > "r 1" PING
        < "r 1" OK
        > "r\\"1" GET rid.none
        < "r\\"1" ERROR not_found…
        > "r\\\\1" nonsense
        < "r\\\\1" ERROR unknown_command…
        > r\\1 PING
        < "r\\\\1" OK
        > "r1" PING
        < r1 OK
        > "r 2" SET rid.again
        < "r 2" ERROR bad_request…
        """);
  }

  @ParameterizedTest
  @ValueSource(strings = {"OK", "ERROR"})
  void an_answer_can_be_split_even_when_the_request_id_is_ok_or_error(String id) throws Exception {
    try (Wire wire = server.connect()) {
      assertThat(Words.of(wire.ask(id + " PING"))).containsExactly(id, "OK");
    }
  }

  @Test
  void a_first_word_that_cannot_be_a_request_id_is_not_echoed() throws Exception {
    try (Wire wire = server.connect()) {
      for (String id :
          new String[] {
            "\"\"", "x".repeat(129), "é".repeat(65), "\"a\\nb\"", "\"\\u{7f}\"", "a\u0085b", "a\tb"
          }) {
        wire.send(id + " PING").expect("ERROR bad_request…");
        wire.send(id + " SET rid.bad 2099-04-01").expect("ERROR bad_request…");
        wire.send(id + " nonsense").expect("ERROR…");
      }
      wire.send("GET rid.bad").expect("ERROR not_found…");
    }
  }

  @Test
  void whatever_is_wrong_with_a_line_its_answer_begins_with_the_request_id() throws Exception {
    play(
        """
        > r1 SET
        < r1 ERROR bad_request…
        > r2 SET rid.wrong
        < r2 ERROR bad_request…
        > r3 SET rid.wrong tomorrow
        < r3 ERROR bad_request…
        > r4 SET "rid.wrong
        < r4 ERROR bad_request…
        > r5 PING "
        < r5 ERROR bad_request…
        > r6 PING too many words
        < r6 ERROR bad_request…
        > r7 AUTH secret
        < r7 ERROR bad_request AUTH takes no request id
        """);
  }

  private static void play(String script) throws Exception {
    try (Wire wire = server.connect()) {
      wire.session(script);
    }
  }
}
