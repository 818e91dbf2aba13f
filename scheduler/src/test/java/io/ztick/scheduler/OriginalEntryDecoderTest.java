package io.ztick.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Payloads are written in hexadecimal, with spaces where they help.
class OriginalEntryDecoderTest {
  private static final long NANOS = 1_605_457_800_000_000_000L;

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  private static OriginalEntry decode(String hex) throws RefusedEntryException {
    return OriginalEntryDecoder.decode(bytes(hex));
  }

  private static OriginalEntry ruleSet(String id, String pattern, String... clause) {
    return new OriginalEntry.RuleSet(id, pattern, List.of(clause));
  }

  /// What the original's own tests encode and decode, and runners that they leave out.
  static Stream<Arguments> payloads() {
    return Stream.of(
        Arguments.of(
            "00 00 04 74 6f 74 6f 16 47 bb 5c ee e1 50 00 00",
            new OriginalEntry.JobSet("toto", NANOS, Status.PLANNED)),
        Arguments.of(
            "00 00 05 74 61 74 61 74 16 47 bb 5c ee e1 50 00 02",
            new OriginalEntry.JobSet("tatat", NANOS, Status.EXECUTED)),
        Arguments.of(
            "00 0004 c3bc 0a 00 8000000000000000 01",
            new OriginalEntry.JobSet("ü\n\0", Long.MIN_VALUE, Status.TRIGGERED)),
        Arguments.of(
            "00 0000 ffffffffffffffff 03", new OriginalEntry.JobSet("", -1, Status.FAILED)),
        Arguments.of(
            "01 00 01 74 00 04 74 6f 74 6f 00 00 04 74 69 74 69",
            ruleSet("t", "toto", "shell", "titi")),
        Arguments.of(
            "01 0002 7461 0003 746f74 01 0005 7469746974 0000 0001 61",
            ruleSet("ta", "tot", "amqp", "titit", "", "a")),
        Arguments.of(
            "01 0001 61 0001 62 02 0009 2f62696e2f6563686f 0001 0002 6869",
            ruleSet("a", "b", "direct", "/bin/echo", "hi")),
        Arguments.of("01 0001 61 0001 62 02 0001 78 0000", ruleSet("a", "b", "direct", "x")),
        Arguments.of(
            "01 0001 61 0001 62 03 0001 77 0002 0003 613d62 0001 63",
            ruleSet("a", "b", "awf", "w", "--input", "a=b", "--input", "c")),
        Arguments.of(
            "01 0001 61 0001 62 04 0003 474554 0008 687474703a2f2f78",
            ruleSet("a", "b", "http", "GET", "http://x")),
        Arguments.of(
            "01 0001 61 0001 62 05 0009 72656469733a2f2f78 0007 5055424c495348 0002 6368",
            ruleSet("a", "b", "redis", "redis://x", "PUBLISH", "ch")),
        Arguments.of("02 00 03 66 6f 6f", new OriginalEntry.JobRemoved("foo")),
        Arguments.of("03 00 03 62 61 72", new OriginalEntry.RuleRemoved("bar")));
  }

  @ParameterizedTest
  @MethodSource("payloads")
  void every_payload_says_what_the_original_wrote(String hex, OriginalEntry entry)
      throws RefusedEntryException {
    assertThat(decode(hex)).isEqualTo(entry);
  }

  @ParameterizedTest
  @MethodSource("payloads")
  void payload_that_is_cut_anywhere_or_has_a_byte_too_many_is_refused(String hex) {
    byte[] payload = bytes(hex);
    for (int length = 0; length < payload.length; length++) {
      byte[] cut = Arrays.copyOf(payload, length);
      assertThatThrownBy(() -> OriginalEntryDecoder.decode(cut))
          .as("the first %d bytes", length)
          .isInstanceOf(RefusedEntryException.class)
          .hasMessageMatching("[A-Za-z ]+ has \\d+ bytes of the \\d+ expected");
    }
    byte[] longer = Arrays.copyOf(payload, payload.length + 1);
    assertThatThrownBy(() -> OriginalEntryDecoder.decode(longer))
        .isInstanceOf(RefusedEntryException.class)
        .hasMessage("1 bytes too many");
  }

  @ParameterizedTest
  @CsvSource({
    "'',                                type has 0 bytes of the 1 expected",
    "04 0001 61,                        type is 4 where 0 to 3 is expected",
    "ff,                                type is 255 where 0 to 3 is expected",
    "00,                                length of the job has 0 bytes of the 2 expected",
    "00 ffff 61,                        job has 1 bytes of the 65535 expected",
    "00 0001 61 00,                     execution time has 1 bytes of the 8 expected",
    "00 0001 61 0000000000000000,       status has 0 bytes of the 1 expected",
    "00 0001 61 0000000000000000 04,    status is 4 where 0 to 3 is expected",
    "00 0001 61 0000000000000000 00 00, 1 bytes too many",
    "01 0001 61 0001 62 06,             runner is 6 where 0 to 5 is expected",
    "01 0001 61 0001 62 80,             runner is 128 where 0 to 5 is expected",
    "01 0000 0000 02 0001 78 ffff 0000, length of the argument has 0 bytes of the 2 expected",
    "01 0001 61 0001 62 03 0001 77 0001 0002 61, input has 1 bytes of the 2 expected",
    "02 0001 ff,                        job is not UTF-8",
    "03 0001 ff,                        rule is not UTF-8",
    "01 0001 61 0001 ff 00 0001 62,     pattern is not UTF-8",
    "01 0001 61 0001 62 00 0001 ff,     command is not UTF-8"
  })
  void refusal_says_what_is_wrong(String hex, String reason) {
    assertThatThrownBy(() -> decode(hex))
        .isInstanceOf(RefusedEntryException.class)
        .hasMessage(reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"80", "c080", "e282", "eda080", "f4908080", "f8888080", "61ff"})
  void what_is_not_exactly_UTF_8_is_refused(String hex) {
    assertThatThrownBy(() -> decode("02 000" + hex.length() / 2 + hex))
        .isInstanceOf(RefusedEntryException.class)
        .hasMessage("job is not UTF-8");
  }

  @Test
  void replacement_character_that_was_written_as_such_is_a_character() throws Exception {
    assertThat(decode("02 0003 efbfbd")).isEqualTo(new OriginalEntry.JobRemoved("\ufffd"));
  }
}
