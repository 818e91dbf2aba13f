package io.ztick.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import io.ztick.auth.Identity;
import io.ztick.auth.Lifetime;
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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class AuditTest {
  private static final InetAddress HERE = InetAddress.ofLiteral("192.0.2.7");
  private static final String NOW = "2026-12-01T00:00:00Z";
  private static final long MANY_BYTES = 1L << 30;

  /// What it takes is as much as a full disk takes.
  private static final Path FULL = Path.of("/dev/full");

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
    assertForItsOwner("audit.log");
  }

  private void assertForItsOwner(String file) throws IOException {
    assertThat(Files.getPosixFilePermissions(directory.resolve("a").resolve(file)))
        .as(file)
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
    assertThat(told).isGreaterThanOrEqualTo(Audit.MAX_OF_STRANGERS);
    assertThat(told + missing).isEqualTo(10_000);
    assertThat(missing).isPositive();
    assertThat(lines.getLast()).contains("\"server_stopped\"");
  }

  @Test
  void what_tenants_do_is_bounded_like_refusals() throws Exception {
    var tenant =
        new Identity(
            Identity.Origin.TENANT, "t.x", "t.x", Identity.ANYONE.rights(), Lifetime.ALWAYS);
    try (Audit audit = audit(MANY_BYTES, 1)) {
      IntStream.range(0, 10_000).forEach(_ -> audit.loginAccepted(tenant, HERE));
      IntStream.range(0, 300).forEach(_ -> audit.loginAccepted(Identity.ANYONE, HERE));
    }

    List<String> lines = lines("audit.log");
    assertThat(lines.stream().filter(line -> line.contains("\"anyone\""))).hasSize(300);
    assertThat(lines.stream().filter(line -> line.contains("\"t.x\"")))
        .hasSizeBetween(Audit.MAX_OF_STRANGERS, 9_999);
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
    for (String file : List.of("audit.log", "audit.log.1", "audit.log.2")) {
      assertForItsOwner(file);
    }
  }

  @Test
  void a_line_that_a_crash_has_cut_is_ended() throws Exception {
    Files.createDirectory(directory.resolve("a"));
    Files.writeString(directory.resolve("a/audit.log"), "{\"time");
    try (Audit audit = audit(MANY_BYTES, 1)) {
      audit.serverStopped();
    }

    assertThat(lines("audit.log"))
        .hasSize(2)
        .startsWith("{\"time")
        .last(STRING)
        .endsWith("\"server_stopped\"}");
  }

  @Test
  void events_wait_for_a_disk_that_is_full() throws Exception {
    Path file = directory.resolve("a/audit.log");
    Files.createDirectory(directory.resolve("a"));
    Files.createSymbolicLink(file, FULL);
    try (Audit audit = audit(MANY_BYTES, 1)) {
      for (int i = 0; i < 3; i++) {
        audit.serverStarted("host:" + i);
      }
      Files.delete(file);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> Files.exists(file) && lines("audit.log").size() == 3);
    }

    assertThat(lines("audit.log"))
        .satisfiesExactly(
            line -> assertThat(line).contains("host:0"),
            line -> assertThat(line).contains("host:1"),
            line -> assertThat(line).contains("host:2"));
  }

  @Test
  @Timeout(60)
  void a_disk_that_stays_full_does_not_hold_up_the_end() throws Exception {
    Files.createDirectory(directory.resolve("a"));
    Files.createSymbolicLink(directory.resolve("a/audit.log"), FULL);

    audit(MANY_BYTES, 1).close();
    Audit audit = audit(MANY_BYTES, 1);
    audit.serverStopped();

    assertThatCode(audit::close).doesNotThrowAnyException();
  }

  @Test
  void a_file_that_cannot_be_written_is_told() throws Exception {
    Files.writeString(directory.resolve("a"), "no directory");

    assertThatThrownBy(() -> audit(MANY_BYTES, 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("audit.log cannot be written");
  }
}
