package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The codes, and whether the connection stays. `stopping` is in [StopIT], the ones of AUTH in
/// [AuthIT].
class ErrorsIT {
  private static final int MAX_CONNECTIONS = 5;

  @TempDir static Path directory;
  private static ZtickServer server;

  @BeforeAll
  static void start() throws Exception {
    server =
        ZtickServer.in(directory)
            .set("database", "max_jobs", 2)
            .set("database", "max_rules", 2)
            .start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "SHOW", "REMOVE", "REMOVERULE", "RULE REMOVE"})
  void not_found_is_for_something_that_is_not_there_and_the_connection_stays(String command)
      throws Exception {
    try (Wire wire = server.connect()) {
      wire.send("r1 " + command + " errors.none").expect("r1 ERROR not_found…");
      wire.send("r2 PING").expect("r2 OK");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "SET errors.a tomorrow; tomorrow",
        "SET errors.a 2026-02-30; 2026-02-30",
        "SET errors.a +5x; +5x",
        "RULE SET errors.a errors. ftp get; ftp",
        "RULE SET errors.a errors. http PATCH http://127.0.0.1/; PATCH",
        "PING pong; pong"
      })
  void the_sentence_of_a_bad_request_names_the_word_and_the_connection_stays(
      String line, String word) throws Exception {
    try (Wire wire = server.connect()) {
      assertThat(wire.ask("r1 " + line)).startsWith("r1 ERROR bad_request ").contains(word);
      wire.send("r2 PING").expect("r2 OK");
    }
  }

  @Test
  void a_clients_word_inside_a_sentence_is_quoted_and_cut_to_64_bytes() throws Exception {
    try (Wire wire = server.connect()) {
      for (String line : new String[] {"r1 SET errors.a WORD", "r1 WORD"}) {
        assertThat(wire.ask(line.replace("WORD", "x".repeat(1000)))).doesNotContain("x".repeat(65));
        String forged = wire.ask(line.replace("WORD", "\"a\\nr2 OK\\r\\nERROR\\u{1b}[2J\""));
        assertThat(forged).startsWith("r1 ERROR ").doesNotContainPattern("\\p{Cntrl}");
        wire.send("r3 PING").expect("r3 OK");
      }
    }
  }

  @Test
  void a_first_word_is_answered_as_one_line_whatever_it_holds() throws Exception {
    try (Wire wire = server.connect()) {
      wire.send("\"a\\nb OK\" nonsense").expect("ERROR…");
      wire.send("r3 PING").expect("r3 OK");
    }
  }

  @Test
  void unknown_command_and_line_too_long_let_the_connection_stay() throws Exception {
    try (Wire wire = server.connect()) {
      wire.send("r1 nonsense").expect("r1 ERROR unknown_command…");
      wire.send("r2 PING " + "x".repeat(70_000)).expect("r2 ERROR line_too_long…");
      wire.send("r3 PING").expect("r3 OK");
    }
  }

  @Test
  void overloaded_names_the_limit_of_jobs_and_a_set_of_an_existing_id_is_always_allowed()
      throws Exception {
    try (Wire wire = server.connect()) {
      wire.session(
          """
          > SET errors.jobs.1 2099-04-01
          < OK
          > SET errors.jobs.2 2099-04-01
          < OK
          """);
      assertThat(wire.ask("r1 SET errors.jobs.3 2099-04-01"))
          .startsWith("r1 ERROR overloaded ")
          .contains("max_jobs");
      wire.session(
          """
          > GET errors.jobs.3
          < ERROR not_found…
          > SET errors.jobs.2 2099-04-01 12:00:00
          < OK
          > REMOVE errors.jobs.1
          < OK
          > SET errors.jobs.3 2099-04-01
          < OK
          > REMOVE errors.jobs.2
          < OK
          > REMOVE errors.jobs.3
          < OK
          """);
    }
  }

  @Test
  void overloaded_names_the_limit_of_rules_and_an_existing_rule_can_be_replaced() throws Exception {
    try (Wire wire = server.connect()) {
      wire.session(
          """
          > RULE SET errors.1 errors.rules. shell true
          < OK
          > RULE SET errors.2 errors.rules. shell true
          < OK
          """);
      assertThat(wire.ask("r1 RULE SET errors.3 errors.rules. shell true"))
          .startsWith("r1 ERROR overloaded ")
          .contains("max_rules");
      wire.session(
          """
          > RULE SET errors.2 errors.rules. shell false
          < OK
          > REMOVERULE errors.1
          < OK
          > RULE SET errors.3 errors.rules. shell true
          < OK
          > REMOVERULE errors.2
          < OK
          > REMOVERULE errors.3
          < OK
          """);
    }
  }

  @Test
  void overloaded_names_the_limit_of_connections_and_closes_and_the_others_go_on(@TempDir Path own)
      throws Exception {
    Deque<Wire> wires = new ArrayDeque<>();
    try (ZtickServer full =
        ZtickServer.in(own).set("controller", "max_connections", MAX_CONNECTIONS).start()) {
      while (wires.size() < MAX_CONNECTIONS) {
        wires.add(full.connect());
      }
      try (Wire tooMany = full.connect()) {
        assertThat(tooMany.line()).startsWith("ERROR overloaded ").contains("max_connections");
        tooMany.expectClosed();
      }
      for (Wire wire : wires) {
        wire.send("r1 PING").expect("r1 OK");
      }
      wires.remove().close();
      wires.add(connectedAfterOthersHaveLeft(full));
    } finally {
      for (Wire wire : wires) {
        wire.close();
      }
    }
  }

  /// The server learns of a closed connection a little later than the client.
  private static Wire connectedAfterOthersHaveLeft(ZtickServer server) {
    return await()
        .atMost(ZtickServer.BOUND)
        .until(() -> connectUnlessOverloaded(server), Optional::isPresent)
        .orElseThrow();
  }

  private static Optional<Wire> connectUnlessOverloaded(ZtickServer server) throws IOException {
    Wire wire = server.connect();
    wire.write("PING\n");
    if (wire.line().equals("OK")) {
      return Optional.of(wire);
    }
    wire.close();
    return Optional.empty();
  }
}
