package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The forms of a time.
class TimesIT {
  /// The server may read the wall clock a little more coarsely than this process.
  private static final long CLOCK_GRAIN_NANOS = 1_000_000;

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
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "1775044800000000000                   ; 2026-04-01T12:00:00Z",
        "0                                     ; 1970-01-01T00:00:00Z",
        "-5                                    ; 1969-12-31T23:59:59.999999995Z",
        "9223372036854775807                   ; 2262-04-11T23:47:16.854775807Z",
        "-9223372036854775808                  ; 1677-09-21T00:12:43.145224192Z",
        "2026-04-01 12:00:00                   ; 2026-04-01T12:00:00Z",
        "2026-04-01    12:00:00                ; 2026-04-01T12:00:00Z",
        "\"2026-04-01 12:00:00.250\"           ; 2026-04-01T12:00:00.250Z",
        "2026-04-01 12:00:00.5                 ; 2026-04-01T12:00:00.5Z",
        "2026-04-01 12:00:00.123456789         ; 2026-04-01T12:00:00.123456789Z",
        "\"2099-12-31 23:59:59.999999999\"     ; 2099-12-31T23:59:59.999999999Z",
        "2262-04-11 23:47:16.854775807         ; 2262-04-11T23:47:16.854775807Z",
        "1677-09-21 00:12:43.145224192         ; 1677-09-21T00:12:43.145224192Z",
        "2026-04-01                            ; 2026-04-01T00:00:00Z",
        "\"2026-04-01\"                        ; 2026-04-01T00:00:00Z",
        "2024-02-29                            ; 2024-02-29T00:00:00Z",
        "2000-02-29                            ; 2000-02-29T00:00:00Z",
        "2262-04-11                            ; 2262-04-11T00:00:00Z",
        "1677-09-22                            ; 1677-09-22T00:00:00Z",
        "1969-12-31                            ; 1969-12-31T00:00:00Z",
        "2026-04-01T12:00:00Z                  ; 2026-04-01T12:00:00Z",
        "2026-04-01T12:00:00.5+02:00           ; 2026-04-01T10:00:00.5Z",
        "2026-04-01T12:00:00-05:30             ; 2026-04-01T17:30:00Z",
        "2026-04-01T12:00:00.123456789Z        ; 2026-04-01T12:00:00.123456789Z",
        "2026-04-01T12:00:00+18:00             ; 2026-03-31T18:00:00Z",
        "2026-04-01T12:00:00-18:00             ; 2026-04-02T06:00:00Z",
        "2262-04-12T01:47:16.854775807+02:00   ; 2262-04-11T23:47:16.854775807Z",
      })
  void a_time_is_that_instant(String time, Instant instant) throws Exception {
    try (Wire wire = server.connect()) {
      wire.send("r1 SET times.form " + time).expect("r1 OK");
      assertThat(Instant.EPOCH.plusNanos(wire.executionNanos("times.form"))).isEqualTo(instant);
      wire.send("REMOVE times.form").expect("OK");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\"",
        "tomorrow",
        "NOW",
        "Now",
        "\"now \"",
        "1.5",
        "1e9",
        "0x10",
        "1_000",
        "--5",
        "-",
        "+",
        "\" 5\"",
        "\u0661\u0662",
        "\uff11",
        "9223372036854775808",
        "-9223372036854775809",
        "99999999999999999999999999",
        "2026-02-29",
        "2025-02-29",
        "1900-02-29",
        "2026-02-30",
        "2026-04-31",
        "2026-13-01",
        "2026-00-01",
        "2026-04-00",
        "2026-04-32",
        "26-04-01",
        "2026-4-1",
        "2026-04",
        "2026/04/01",
        "20260401T120000Z",
        "+2026-04-01",
        "-2026-04-01",
        "02026-04-01",
        "\uff12026-04-01",
        "2026-02-30 12:00:00",
        "2026-04-01 24:00:00",
        "2026-04-01 12:60:00",
        "2026-04-01 12:00:60",
        "2026-04-01 23:59:60",
        "2026-04-01 25:00:00",
        "2026-04-01 12:00",
        "2026-04-01 12",
        "2026-04-01 1:00:00",
        "2026-04-01 12:00:00.",
        "2026-04-01 12:00:00,5",
        "2026-04-01 12:00:00.1234567890",
        "2026-04-01 12:00:00Z",
        "2026-04-01 -12:00:00",
        "2026-04-01 now",
        "2026-04-01 +1h",
        "\"2026-04-01  12:00:00\"",
        "\"2026-04-01 12:00:00 \"",
        "\"2026-04-01\\t12:00:00\"",
        "2026-04-01T12:00:00",
        "2026-04-01t12:00:00Z",
        "2026-04-01T12:00:00z",
        "2026-04-01T12:00Z",
        "2026-04-01T24:00:00Z",
        "2026-04-01T12:00:60Z",
        "2026-02-30T12:00:00Z",
        "2026-04-01T12:00:00+18:01",
        "2026-04-01T12:00:00-18:01",
        "2026-04-01T12:00:00+19:00",
        "2026-04-01T12:00:00+02:60",
        "2026-04-01T12:00:00+02",
        "2026-04-01T12:00:00+0200",
        "2026-04-01T12:00:00+2:00",
        "2026-04-01T12:00:00UTC",
        "2026-04-01T12:00:00Z[UTC]",
        "2026-04-01T12:00:00.1234567890Z",
        "2026-04-01T12:00:00.Z",
        "2026-04-01T Z",
        "2262-04-11 23:47:16.854775808",
        "2262-04-12",
        "2262-04-12T00:00:00Z",
        "2262-04-11T23:47:16-02:00",
        "1677-09-21 00:12:43.145224191",
        "1677-09-21",
        "1677-09-20",
        "9999-12-31",
        "0000-01-01",
        "10000-01-01",
        "+5",
        "+h",
        "+1x",
        "+1H",
        "+1 h",
        "+1.5h",
        "+-1h",
        "++1h",
        "+1h+1m",
        "+1h 30m",
        "+30m1h",
        "+1ms1s",
        "+1ns1us",
        "+1h1h",
        "+1s1ms1s",
        "+1h30",
        "+1min",
        "+1w",
        "+1y",
        "\"+1h \"",
        "1h",
        "-1h",
        "+\u0661h",
        "+99999999999999999999s",
        "+9223372036854775807d",
        "+9223372036854775807s",
        "+9223372036854775807ns",
        "+106752d"
      })
  void every_other_text_is_a_bad_request_and_nothing_is_stored(String time) throws Exception {
    try (Wire wire = server.connect()) {
      wire.send("r1 SET times.none " + time).expect("r1 ERROR bad_request…");
      wire.send("r2 GET times.none").expect("r2 ERROR not_found…");
      wire.send("SET times.kept 2099-04-01").expect("OK");
      wire.send("r3 SET times.kept " + time).expect("r3 ERROR bad_request…");
      wire.send("r4 GET times.kept").expect("r4 OK planned 4078684800000000000");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "now, 0",
    "+90s, 90000000000",
    "+1h30m, 5400000000000",
    "+250ms, 250000000",
    "+1d, 86400000000000",
    "+2h, 7200000000000",
    "+3m, 180000000000",
    "+5us, 5000",
    "+6ns, 6",
    "+1d2h3m4s5ms6us7ns, 93784005006007",
    "+1d7ns, 86400000000007",
    "+100h, 360000000000000",
    "+80000d, 6912000000000000000"
  })
  void a_time_from_now_is_measured_when_the_line_is_read(String time, long nanos) throws Exception {
    try (Wire wire = server.connect()) {
      long before = wallNanos();
      wire.send("r1 SET times.now " + time).expect("r1 OK");
      long after = wallNanos();
      assertThat(wire.executionNanos("times.now"))
          .isBetween(before + nanos - CLOCK_GRAIN_NANOS, after + nanos);
    }
  }

  @Test
  void a_time_in_the_past_is_legal_and_due_at_once() throws Exception {
    try (Wire wire = server.connect()) {
      for (String time : new String[] {"-5", "2001-01-01", "now", "-9223372036854775808"}) {
        wire.send("SET times.past " + time).expect("OK").awaitStatus("times.past", "failed");
      }
    }
  }

  private static long wallNanos() {
    return ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now());
  }
}
