package io.ztick.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ztick.auth.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditTest {
  private static final InetAddress HERE = InetAddress.ofLiteral("192.0.2.7");
  private static final String NOW = "2026-12-01T00:00:00Z";
  private static final long MANY_BYTES = 1L << 30;

  @TempDir private Path directory;

  private Audit audit(long maxBytes, int files) throws IOException {
    return new Audit(
        AuditLog.open(
            new Configuration.Audit(
                Configuration.AuditTarget.FILE, directory.resolve("a/audit.log"), maxBytes, files)),
        InstantSource.fixed(Instant.parse(NOW)));
  }

  private List<String> lines(String file) throws IOException {
    return Files.readAllLines(directory.resolve("a").resolve(file));
  }

  @Test
  void an_event_is_an_object_a_line_for_the_owners_eyes() throws Exception {
    try (Audit audit = audit(MANY_BYTES, 1)) {
      audit.loginAccepted(Identity.ANYONE, HERE);
      audit.denied(Identity.ANYONE, HERE, "SET", "a \"reason\"\n");
    }

    assertThat(lines("audit.log"))
        .containsExactly(
            "{\"time\":\""
                + NOW
                + "\",\"event\":\"login_accepted\",\"token\":\"anyone\",\"token_id\":\"anyone\","
                + "\"address\":\"192.0.2.7\",\"origin\":\"none\"}",
            "{\"time\":\""
                + NOW
                + "\",\"event\":\"denied\",\"token\":\"anyone\",\"token_id\":\"anyone\","
                + "\"address\":\"192.0.2.7\",\"command\":\"SET\","
                + "\"reason\":\"a \\\"reason\\\"\\n\"}");
    assertThat(Files.getPosixFilePermissions(directory.resolve("a/audit.log")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void what_was_written_before_stays() throws Exception {
    for (int i = 0; i < 2; i++) {
      try (Audit audit = audit(MANY_BYTES, 1)) {
        audit.serverStopped();
      }
    }

    assertThat(lines("audit.log")).hasSize(2);
  }

  @Test
  void refusals_beyond_a_hundred_a_second_are_counted() throws Exception {
    try (Audit audit = audit(MANY_BYTES, 1)) {
      IntStream.range(0, 10_000).forEach(_ -> audit.denied(Identity.ANYONE, HERE, "SET", "no"));
      audit.serverStopped();
    }

    List<String> lines = lines("audit.log");
    long told = lines.stream().filter(line -> line.contains("\"denied\"")).count();
    long missing =
        lines.stream()
            .filter(line -> line.contains("\"events_missing\""))
            .mapToLong(line -> Long.parseLong(line.replaceAll(".*\"count\":(\\d+).*", "$1")))
            .sum();
    assertThat(told).isGreaterThanOrEqualTo(Audit.MAX_REFUSALS);
    assertThat(told + missing).isEqualTo(10_000);
    assertThat(missing).isPositive();
    assertThat(lines.getLast()).contains("\"server_stopped\"");
  }

  @Test
  void a_large_file_is_set_aside_and_only_so_many_are_kept() throws Exception {
    Path last = directory.resolve("a/audit.log.2");
    try (Audit audit = audit(1_000, 2)) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> {
                audit.serverStarted("x".repeat(500));
                return Files.exists(last);
              });
    }

    assertThat(Files.size(last)).isGreaterThanOrEqualTo(1_000);
    assertThat(directory.resolve("a/audit.log.3")).doesNotExist();
  }

  @Test
  void a_file_that_cannot_be_written_is_told() throws Exception {
    Files.writeString(directory.resolve("a"), "no directory");

    assertThatThrownBy(() -> audit(MANY_BYTES, 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("audit.log cannot be written");
  }
}
