package io.ztick.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.ztick.protocol.LineDecoder.Found;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineDecoderTest {

  /// What every segment is copied into, at changing places, and wiped after it was read.
  private final byte[] socket = new byte[4096];

  private int start;

  /// What a decoder finds in a segment; `…` behind the beginning of a line that is too long.
  private List<String> feed(LineDecoder decoder, String segment) {
    start = (start + 7) % 64;
    byte[] bytes = segment.getBytes(ISO_8859_1);
    System.arraycopy(bytes, 0, socket, start, bytes.length);
    decoder.offer(socket, start, start + bytes.length);
    List<String> found = drain(decoder);
    decoder.retain();
    Arrays.fill(socket, (byte) '\n');
    return found;
  }

  private static List<String> drain(LineDecoder decoder) {
    List<String> lines = new ArrayList<>();
    for (Found found = decoder.next(); found != Found.NOTHING; found = decoder.next()) {
      lines.add(found == Found.LINE ? line(decoder) : line(decoder) + "…");
    }
    return lines;
  }

  private static String line(LineDecoder decoder) {
    int length = decoder.to() - decoder.from();
    return new String(decoder.bytes(), decoder.from(), length, ISO_8859_1);
  }

  private List<String> lines(int limit, String... segments) {
    var decoder = new LineDecoder(limit);
    List<String> lines = new ArrayList<>();
    for (String segment : segments) {
      lines.addAll(feed(decoder, segment));
    }
    return lines;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a%0a | a",
        "a%0ab%0ac | a,b",
        "%0a%0aa%0a | ,,a",
        "a%0d%0a | a",
        "a%0d%0d%0a | a%0d",
        "%0d%0a%0d%0d%0a | ,%0d",
        "a%0db%0a | a%0db",
        "%0da%0a | %0da",
        "a%0a%0db%0a | a,%0db",
        "a%0d | ''",
      })
  void a_line_ends_with_LF_and_loses_one_CR_before_it(String stream, String expected) {
    String text = Lines.text(stream);
    String[] expectedLines = expected.isEmpty() ? new String[0] : Lines.text(expected).split(",");
    assertThat(lines(64, text)).containsExactly(expectedLines);
    assertThat(lines(64, text.split(""))).containsExactly(expectedLines);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "abc%0a | abc",
        "abcd%0a | abcd…",
        "abc | ''",
        "abcd | abcd…",
        "ab%0d%0a | ab",
        "abc%0d%0a | abc%0d…",
        "abcdefghijklmnop%0axyz%0a | abcd…,xyz",
        "abcd%0aefgh%0axyz%0a | abcd…,efgh…,xyz",
        "x%0aabcd | x,abcd…",
      })
  void a_line_may_be_as_long_as_the_limit_with_its_line_feed(String stream, String expected) {
    String text = Lines.text(stream);
    String[] expectedLines = expected.isEmpty() ? new String[0] : Lines.text(expected).split(",");
    assertThat(lines(4, text)).containsExactly(expectedLines);
    assertThat(lines(4, text.split(""))).containsExactly(expectedLines);
  }

  @Test
  void every_cut_of_a_stream_gives_the_same_lines() {
    String stream = "AUTH x\r\n\nr1 SET a 5\nmuch too long\r\n\r\r\nGET a\nnot ended";
    String[] expected = {"AUTH x", "", "r1 SET a 5", "much too lon…", "\r", "GET a"};
    for (int i = 0; i <= stream.length(); i++) {
      for (int k = i; k <= stream.length(); k++) {
        assertThat(lines(12, stream.substring(0, i), stream.substring(i, k), stream.substring(k)))
            .as("cut at %d and %d", i, k)
            .containsExactly(expected);
      }
    }
  }

  @Test
  void random_cuts_of_random_streams_give_the_lines_of_a_plain_split() {
    for (long seed = 0; seed < 5_000; seed++) {
      var random = new Random(seed);
      int limit = 1 + random.nextInt(9);
      var stream = new StringBuilder();
      while (stream.length() < 60) {
        stream.append("ab\r\n\n".charAt(random.nextInt(5)));
      }
      List<String> segments = new ArrayList<>();
      for (int i = 0; i < stream.length(); ) {
        int end = Math.min(stream.length(), i + random.nextInt(12));
        segments.add(stream.substring(i, end));
        i = end;
      }
      assertThat(lines(limit, segments.toArray(String[]::new)))
          .as("seed %d", seed)
          .isEqualTo(plainSplit(stream.toString(), limit));
    }
  }

  private static List<String> plainSplit(String stream, int limit) {
    List<String> lines = new ArrayList<>();
    int from = 0;
    while (from < stream.length()) {
      int lineFeed = stream.indexOf('\n', from);
      int end = lineFeed < 0 ? stream.length() : lineFeed;
      if (end - from >= limit) {
        lines.add(stream.substring(from, from + limit) + "…");
      } else if (lineFeed >= 0) {
        String line = stream.substring(from, end);
        lines.add(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
      }
      from = end + 1;
    }
    return lines;
  }

  @Test
  void a_line_that_is_too_long_is_reported_once_and_its_rest_is_not_stored() {
    var decoder = new LineDecoder(100);
    assertThat(feed(decoder, "x".repeat(99))).isEmpty();
    assertThat(feed(decoder, "x".repeat(1000))).containsExactly("x".repeat(100) + "…");
    for (int i = 0; i < 1024; i++) {
      assertThat(feed(decoder, "x".repeat(1024))).isEmpty();
      assertThat(decoder.bytes()).isEmpty();
    }
    assertThat(feed(decoder, "x\r\nGET a\n")).containsExactly("GET a");
  }

  @Test
  void an_unfinished_line_takes_no_more_than_twice_the_limit() {
    var decoder = new LineDecoder(1000);
    for (int i = 0; i < 999; i++) {
      assertThat(feed(decoder, "x")).isEmpty();
      assertThat(decoder.bytes().length).isLessThanOrEqualTo(2_000);
    }
    assertThat(feed(decoder, "\n")).containsExactly("x".repeat(999));
    assertThat(decoder.bytes()).isEmpty();
  }

  @Test
  void a_new_limit_holds_for_the_line_that_is_being_received() {
    var decoder = new LineDecoder(8);
    assertThat(feed(decoder, "1234567")).isEmpty();
    decoder.maxLineBytes(12);
    assertThat(feed(decoder, "8901\n")).containsExactly("12345678901");
    assertThat(feed(decoder, "1234567")).isEmpty();
    decoder.maxLineBytes(4);
    assertThat(feed(decoder, "8\nabc\nabcd\n")).containsExactly("1234…", "abc", "abcd…");
  }

  @Test
  void a_new_limit_holds_for_the_lines_behind_the_one_found_last() {
    var decoder = new LineDecoder(8);
    byte[] bytes = "AUTH s\n12345678901\n12345678901\n".getBytes(ISO_8859_1);
    decoder.offer(bytes, 0, bytes.length);
    assertThat(decoder.next()).isEqualTo(Found.LINE);
    decoder.maxLineBytes(12);
    assertThat(decoder.next()).isEqualTo(Found.LINE);
    assertThat(line(decoder)).isEqualTo("12345678901");
    decoder.maxLineBytes(11);
    assertThat(decoder.next()).isEqualTo(Found.TOO_LONG);
  }

  @Test
  void the_rest_of_a_line_that_was_too_long_is_skipped_under_every_later_limit() {
    var decoder = new LineDecoder(4);
    assertThat(feed(decoder, "123456")).containsExactly("1234…");
    decoder.maxLineBytes(64);
    assertThat(feed(decoder, "789\nabcdefgh\n")).containsExactly("abcdefgh");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"abc | abc", "x%0aabc | abc", "abc%0d | abc%0d", "' ' | ' '"})
  void what_stands_behind_the_last_line_feed_can_be_taken_once(String stream, String unfinished) {
    var decoder = new LineDecoder(8);
    feed(decoder, Lines.text(stream));
    assertThat(decoder.takeUnfinished()).isTrue();
    assertThat(line(decoder)).isEqualTo(Lines.text(unfinished));
    assertThat(decoder.takeUnfinished()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"''", "abc%0a", "much too long"})
  void nothing_is_unfinished_behind_a_line_feed_or_a_line_that_was_too_long(String stream) {
    var decoder = new LineDecoder(8);
    feed(decoder, Lines.text(stream));
    assertThat(decoder.takeUnfinished()).isFalse();
  }

  @Test
  void bytes_that_were_not_looked_at_are_told_apart_from_an_unfinished_line() {
    var decoder = new LineDecoder(8);
    byte[] bytes = "a\nb".getBytes(ISO_8859_1);
    decoder.offer(bytes, 0, bytes.length);
    assertThat(decoder.hasMore()).isTrue();
    assertThat(decoder.next()).isEqualTo(Found.LINE);
    assertThat(decoder.hasMore()).isTrue();
    assertThat(decoder.next()).isEqualTo(Found.NOTHING);
    assertThat(decoder.hasMore()).isFalse();
  }

  @Test
  void what_is_left_can_be_forgotten() {
    var decoder = new LineDecoder(64);
    feed(decoder, "a\nunfinished");
    decoder.clear();
    assertThat(decoder.bytes()).isEmpty();
    assertThat(decoder.takeUnfinished()).isFalse();
    assertThat(feed(decoder, "b\n")).containsExactly("b");
  }
}
