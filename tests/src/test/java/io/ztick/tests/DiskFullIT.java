package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// When the disk says no: who is told what, how the server ends, and what is there once the disk is
/// mended.
class DiskFullIT {
  private static final int BATCH = 200;
  private static final int MAX_SETS = 2_000_000;
  private static final String ID = "full.%07d." + "x".repeat(200);

  @TempDir Path directory;

  /// The ids that were acknowledged, and all that were sent.
  private record Sent(int acknowledged, int sent) {}

  @Test
  void a_full_disk_ends_the_server_and_loses_nothing_acknowledged() throws Exception {
    try (PrivateMount disk = PrivateMount.tmpfs(ZtickServer.state(directory), "24m")) {
      Sent sent;
      try (ZtickServer server = ZtickServer.withJournal(directory).under(disk.enter()).start()) {
        sent = fill(server);
      }
      disk.mount("-o", "remount,size=512m");
      try (ZtickServer server = ZtickServer.withJournal(directory).under(disk.enter()).start()) {
        assertKept(server, sent);
        fillAgain(server);
      }
    }
  }

  @Test
  void a_limit_of_file_sizes_ends_the_server_and_loses_nothing_acknowledged() throws Exception {
    List<String> limited = List.of("sh", "-c", "ulimit -f 4000; exec \"$@\"", "sh");
    Sent sent;
    try (ZtickServer server = ZtickServer.withJournal(directory).under(limited).start()) {
      sent = fill(server);
    }
    try (ZtickServer server = ZtickServer.withJournal(directory).start()) {
      assertKept(server, sent);
      fillAgain(server);
    }
  }

  /// Sends changes until one is not acknowledged; then the server has to end as it should.
  private static Sent fill(ZtickServer server) throws Exception {
    try (Wire wire = server.connect()) {
      for (int first = 0; first < MAX_SETS; first += BATCH) {
        StringBuilder lines = new StringBuilder();
        for (int job = first; job < first + BATCH; job++) {
          lines.append("r%d SET %s 2099-04-01\n".formatted(job, ID.formatted(job)));
        }
        try {
          wire.write(lines.toString());
        } catch (IOException e) {
          assertThat(e).as("closed with an answer").isNull();
        }
        for (int job = first; job < first + BATCH; job++) {
          String answer = wire.line();
          if (!answer.equals("r" + job + " OK")) {
            assertThat(answer).startsWith("r" + job + " ERROR unavailable ");
            assertNothingElseIsAcknowledged(wire, job + 1);
            assertFailed(server);
            return new Sent(job, first + BATCH);
          }
        }
      }
    }
    throw new AssertionError("the disk is never full");
  }

  private static void assertNothingElseIsAcknowledged(Wire wire, int next) throws IOException {
    for (Optional<String> answer = wire.lineIfAny();
        answer.isPresent();
        answer = wire.lineIfAny()) {
      assertThat(answer.get()).startsWith("r" + next + " ERROR unavailable ");
      next++;
    }
  }

  private static void assertFailed(ZtickServer server) throws Exception {
    assertThat(server.exitCode()).as("exit code; its log: %s", server.log()).isEqualTo(1);
    assertThat(server.awaitLog("the journal failed")).doesNotContain("\tat ");
    assertThat(String.join("\n", server.log())).as("no stack traces").doesNotContain("\tat ");
  }

  /// Everything acknowledged is there, and nothing behind a gap.
  private static void assertKept(ZtickServer server, Sent sent) throws Exception {
    try (Wire wire = server.connect()) {
      List<String> rows = wire.rows("QUERY full.");
      assertThat(rows.size()).isBetween(sent.acknowledged(), sent.sent());
      for (int job = 0; job < rows.size(); job++) {
        assertThat(rows.get(job)).isEqualTo(ID.formatted(job) + " planned 4078684800000000000");
      }
    }
  }

  private static void fillAgain(ZtickServer server) throws Exception {
    try (Wire wire = server.connect()) {
      for (int job = 0; job < 100; job++) {
        wire.send("SET again.%d.%s 2099-04-01".formatted(job, ID)).expect("OK");
      }
    }
  }

  /// From the twentieth call of the thread on, each one on the journal's log fails.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "fdatasync:error=EIO:when=20+",
        "fdatasync:error=ENOSPC:when=20+",
        "write:error=EIO:when=20+",
        "write:error=EROFS:when=20+"
      })
  void an_error_of_the_disk_is_answered_with_unavailable(String fault) throws Exception {
    Tool.assumeInstalled("strace", "strace");
    int acknowledged = 0;
    try (ZtickServer server = ZtickServer.withJournal(directory).under(injecting(fault)).start();
        Wire other = server.connect();
        Wire wire = server.connect()) {
      other.send("other PING").expect("other OK");
      String answers = "";
      while (answers.isEmpty()) {
        assertThat(acknowledged).as("calls until the fault").isLessThan(1000);
        wire.write(
            "a%1$d SET %2$s 2099-04-01\nb%1$d GET %2$s\nc%1$d PING\n"
                .formatted(acknowledged, ID.formatted(acknowledged)));
        String first = wire.line();
        if (first.equals("a" + acknowledged + " OK")) {
          wire.expect("b" + acknowledged + " OK planned 4078684800000000000");
          wire.expect("c" + acknowledged + " OK");
          acknowledged++;
        } else {
          answers = first + "\n" + wire.remaining();
        }
      }
      Wire.assertLines(
          answers,
          "a" + acknowledged + " ERROR unavailable…",
          "b" + acknowledged + " ERROR unavailable…",
          "c" + acknowledged + " ERROR unavailable…");
      other.expectClosed();
      assertFailed(server);
    }
    assertThat(acknowledged).isGreaterThanOrEqualTo(10);
    try (ZtickServer server = ZtickServer.withJournal(directory).start()) {
      assertKept(server, new Sent(acknowledged, acknowledged + 1));
      fillAgain(server);
    }
  }

  /// strace that lets calls on any of the logs to come fail.
  private List<String> injecting(String fault) {
    List<String> command = new ArrayList<>(List.of("strace", "-D", "-f", "-qq", "--seccomp-bpf"));
    command.addAll(List.of("-o", "/dev/null", "-e", "trace=" + fault.replaceAll(":.*", "")));
    command.addAll(List.of("-e", "inject=" + fault));
    Path journal = ZtickServer.state(directory).resolve("journal");
    IntStream.range(1, 40)
        .mapToObj(number -> journal.resolve("%06d.log".formatted(number)).toString())
        .forEach(log -> command.addAll(List.of("-P", log)));
    return command;
  }

  @Test
  void a_directory_that_cannot_be_written_is_refused() throws Exception {
    try (ZtickServer server = ZtickServer.withJournal(directory).start();
        Wire wire = server.connect()) {
      wire.send("SET kept.job 2099-04-01").expect("OK");
      server.kill();
    }
    Path state = ZtickServer.state(directory);
    SortedMap<String, String> before = Tree.contents(state);
    try (PrivateMount disk = PrivateMount.readOnly(state);
        ZtickServer server = ZtickServer.withJournal(directory).under(disk.enter()).launch()) {
      assertThat(server.exitCode()).as("exit code; its log: %s", server.log()).isEqualTo(1);
      assertThat(server.log()).last().asString().startsWith("ztick: ").contains(state.toString());
      assertThat(String.join("\n", server.log())).doesNotContain("\tat ");
    }
    Tree.assertUnchanged(state, before, "refused");
    try (ZtickServer server = ZtickServer.withJournal(directory).start();
        Wire wire = server.connect()) {
      wire.send("GET kept.job").expect("OK planned 4078684800000000000");
    }
  }

  @Test
  void a_directory_that_is_a_file_is_refused() throws Exception {
    Path state = Files.writeString(ZtickServer.state(directory), "not a directory");
    try (ZtickServer server = ZtickServer.withJournal(directory).launch()) {
      assertThat(server.exitCode()).as("a problem in the configuration").isEqualTo(2);
      assertThat(server.log()).last().asString().contains("database.directory", state.toString());
    }
    assertThat(Tree.contents(directory)).containsOnlyKeys("", "state", "ztick.toml");
  }
}
