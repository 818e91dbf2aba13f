package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is due next, by `DUE`.
class DueIT {
  private static final String TOKENS =
      """
      [token.few]
      secret = "secret-of-few"
      namespace = "few."

      [token.many]
      secret = "secret-of-many"
      namespace = "many."

      [token.admin]
      secret = "secret-of-admin"
      namespace = "*"
      """;

  @TempDir Path directory;
  private ZtickServer server;

  @BeforeEach
  void start() throws Exception {
    server = ZtickServer.in(directory).auth(TOKENS).start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void jobs_come_in_due_order_and_those_of_the_same_time_in_the_order_of_their_sets()
      throws Exception {
    play(
        """
        > r1 SET few.c 2099-04-03
        > r2 SET few.b 2099-04-01
        > r3 SET few.a 2099-04-02
        > r4 SET "few.with space" 2099-04-01
        > r5 SET few.past 1999-01-01
        < r1 OK
        < r2 OK
        < r3 OK
        < r4 OK
        < r5 OK
        > r6 DUE
        < r6 few.b planned 4078684800000000000
        < r6 "few.with space" planned 4078684800000000000
        < r6 few.a planned 4078771200000000000
        < r6 few.c planned 4078857600000000000
        < r6 OK
        > DUE 2 few.*
        < few.b planned 4078684800000000000
        < "few.with space" planned 4078684800000000000
        < OK
        > REMOVE few.b
        < OK
        > SET few.a 2099-04-04
        < OK
        > DUE 9 few.
        < "few.with space" planned 4078684800000000000
        < few.c planned 4078857600000000000
        < few.a planned 4078944000000000000
        < OK
        > DUE 9 elsewhere.
        < OK
        """);
  }

  @Test
  void a_job_that_runs_stands_in_front_of_those_that_wait() throws Exception {
    try (Wire wire = server.connect("secret-of-few")) {
      wire.send("RULE SET few.rule few.run shell exec sleep 600").expect("OK");
      wire.send("SET few.later 2099-04-01").expect("OK");
      wire.send("SET few.run 1000000000").expect("OK").awaitStatus("few.run", "triggered");

      assertThat(wire.rows("DUE"))
          .containsExactly("few.run triggered 1000000000", "few.later planned 4078684800000000000");

      // Planned anew it waits for the end of its run.
      wire.send("SET few.run 2000000000").expect("OK");
      assertThat(wire.rows("DUE 1")).containsExactly("few.run planned 2000000000");
    }
  }

  @Test
  void a_token_sees_what_is_due_in_its_namespace_behind_a_crowd_of_others() throws Exception {
    int crowd = 6000;
    try (Wire admin = server.connect("secret-of-admin");
        Wire few = server.connect("secret-of-few");
        Wire many = server.connect("secret-of-many")) {
      admin.write(
          IntStream.range(0, crowd)
              .mapToObj("SET many.%1$05d 2099-04-01T00:00:00.%1$09dZ\n"::formatted)
              .collect(Collectors.joining()));
      for (int i = 0; i < crowd; i++) {
        admin.expect("OK");
      }
      for (int i = 20; i > 0; i--) {
        few.send("SET few.%02d 2099-05-%02d".formatted(i, i)).expect("OK");
      }

      List<String> expected = new ArrayList<>();
      for (int i = 1; i <= 20; i++) {
        expected.add("few.%02d planned ".formatted(i));
      }
      assertThat(few.rows("DUE 1000").stream().map(DueIT::withoutTime).toList())
          .isEqualTo(expected);
      assertThat(few.rows("DUE 3").stream().map(DueIT::withoutTime).toList())
          .isEqualTo(expected.subList(0, 3));
      assertThat(few.rows("DUE 1000 many.")).isEmpty();
      assertThat(many.rows("DUE 1000 few.")).isEmpty();
      assertThat(many.rows("DUE 1000"))
          .hasSize(1000)
          .startsWith("many.00000 planned 4078684800000000000")
          .endsWith("many.00999 planned 4078684800000000999");
      assertThat(many.rows("DUE 1000 many.05"))
          .hasSize(1000)
          .startsWith("many.05000 planned 4078684800000005000")
          .endsWith("many.05999 planned 4078684800000005999");
      assertThat(admin.rows("DUE")).hasSize(10);
    }
  }

  @Test
  void what_is_malformed_is_refused() throws Exception {
    play(
        """
        > r1 DUE 0
        < r1 ERROR bad_request 1 to 1000 jobs can be listed, not "0"
        > r2 DUE 1001
        < r2 ERROR bad_request 1 to 1000 jobs can be listed, not "1001"
        > r3 DUE few. 5
        < r3 ERROR bad_request a number and a prefix are expected, not "few."
        > r4 DUE 1 2 3
        < r4 ERROR bad_request at most two words are expected: DUE [<n>] [<prefix>]
        """);
  }

  private static String withoutTime(String row) {
    return row.substring(0, row.lastIndexOf(' ') + 1);
  }

  private void play(String script) throws Exception {
    try (Wire wire = server.connect("secret-of-few")) {
      wire.session(script);
    }
  }
}
