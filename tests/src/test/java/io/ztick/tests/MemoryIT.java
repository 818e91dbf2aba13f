package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server with little memory says `overloaded` and lives, whatever its clients fill it with.
class MemoryIT {
  private static final String OVERLOADED = "ERROR overloaded ";
  private static final int BATCH = 500;

  @TempDir Path directory;
  private ZtickServer server;
  private Wire other;

  @BeforeEach
  void start() throws Exception {
    server = ZtickServer.in(directory).environment("ZTICK_HEAP", "64m").start();
    other = server.connect();
    other.send("SET kept.job 2099-04-01").expect("OK");
  }

  @AfterEach
  void stop() throws Exception {
    other.close();
    server.close();
  }

  @Test
  void jobs_with_long_ids_that_are_not_latin_1_are_refused_in_time() throws Exception {
    String filler = "\u20ac" + "x".repeat(240);
    String refusal = "";
    try (Wire wire = server.connect()) {
      for (int first = 0; first < 400_000 && refusal.isEmpty(); first += BATCH) {
        StringBuilder sets = new StringBuilder();
        for (int job = first; job < first + BATCH; job++) {
          sets.append("SET many.%06d.%s 2099-04-01\n".formatted(job, filler));
        }
        refusal = refusal(wire, sets, BATCH);
      }
      assertThat(refusal).as("the answer of a full server").isNotEmpty();
    }
    assertServes();
  }

  @Test
  void rules_with_long_commands_are_refused_in_time() throws Exception {
    String command = "x".repeat(60_000);
    String refusal = "";
    try (Wire wire = server.connect()) {
      for (int rule = 0; rule < 5000 && refusal.isEmpty(); rule++) {
        String line = "RULE SET many.%1$d many.%1$d. shell %2$s\n".formatted(rule, command);
        refusal = refusal(wire, line, 1);
      }
      assertThat(refusal).as("the answer of a full server").isNotEmpty();
    }
    assertServes();
  }

  @Test
  void runs_that_wait_with_replaced_rules_leave_room() throws Exception {
    // Nobody listens on port 1.
    String url = "http://127.0.0.1:1/" + "x".repeat(60_000);
    try (Wire wire = server.connect()) {
      for (int round = 0; round < 2000; round++) {
        wire.write("RULE SET p p. http GET " + url + round + "\nSET p." + round + " now\n");
        for (int answer = 0; answer < 2; answer++) {
          assertThat(wire.line()).matches("OK|" + OVERLOADED + ".+");
        }
      }
    }
    assertServes();
  }

  @Test
  void unfinished_lines_of_many_connections_leave_room() throws Exception {
    String unfinished = "SET " + "x".repeat(60_000);
    List<Wire> wires = new ArrayList<>();
    try {
      for (int client = 0; client < 1500; client++) {
        Wire wire = server.connect();
        wires.add(wire);
        try {
          wire.write(unfinished);
        } catch (SocketException e) {
          assertThat(e).as("the server has closed it").isNotNull();
        }
        other.send("r1 PING").expect("r1 OK");
      }
      assertServes();
    } finally {
      for (Wire wire : wires) {
        wire.close();
      }
    }
    try (Wire wire = server.connect()) {
      wire.send("r1 PING").expect("r1 OK");
    }
  }

  /// Sends so many lines at once; an answer that is not `OK`, which must be the limit's.
  private static String refusal(Wire wire, CharSequence text, int lines) throws IOException {
    wire.write(text.toString());
    String refusal = "";
    for (int line = 0; line < lines; line++) {
      String answer = wire.line();
      if (!answer.equals("OK")) {
        assertThat(answer).startsWith(OVERLOADED);
        refusal = answer;
      }
    }
    return refusal;
  }

  private void assertServes() throws IOException {
    for (int turn = 0; turn < 100; turn++) {
      other.send("r1 GET kept.job").expect("r1 OK planned…");
      other.send("r2 SET kept.job 2099-04-01").expect("r2 OK");
    }
    assertThat(server.isAlive()).isTrue();
  }
}
