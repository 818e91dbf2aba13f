package io.ztick.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PlainLinesTest {
  private final PlainLines lines = new PlainLines(4);

  @Test
  void plain_lines_are_read_up_to_the_first_one_that_is_not() {
    LineDecoder decoder = decoder("r1 GET a\r\nSET b 5\nPING\nGET c\n", 100);
    lines.read(decoder);
    assertThat(lines.count()).isEqualTo(2);
    assertThat(Lines.read(lines.get(1).request())).isEqualTo("Set[job=b, executionNanos=5]");
    assertThat(taken(decoder)).containsExactly("r1 Get[job=a]", "Set[job=b, executionNanos=5]");
    assertThat(line(decoder)).isEqualTo("PING");
    assertThat(line(decoder)).isEqualTo("GET c");
  }

  @Test
  void what_was_forgotten_is_still_in_the_decoder() {
    LineDecoder decoder = decoder("GET a\nGET b\nGET c\n", 100);
    lines.read(decoder);
    assertThat(lines.next(decoder)).isNotNull();
    lines.forget();
    assertThat(lines.next(decoder)).isNull();
    assertThat(line(decoder)).isEqualTo("GET b");
  }

  @Test
  void a_line_is_left_alone_when_it_is_too_long_or_not_complete() {
    LineDecoder decoder = decoder("GET a\nGET bc\nGET d", 6);
    lines.read(decoder);
    assertThat(taken(decoder)).containsExactly("Get[job=a]");
    assertThat(decoder.next()).isEqualTo(LineDecoder.Found.TOO_LONG);
    lines.read(decoder);
    assertThat(lines.count()).isZero();
    assertThat(decoder.next()).isEqualTo(LineDecoder.Found.NOTHING);
  }

  @Test
  void random_streams_give_the_lines_that_a_decoder_gives() {
    for (long seed = 0; seed < 20_000; seed++) {
      var random = new Random(seed);
      var stream = new StringBuilder();
      for (int i = random.nextInt(20); i > 0; i--) {
        stream.append(PIECES.get(random.nextInt(PIECES.size())));
      }
      int limit = 4 + random.nextInt(12);
      List<String> expected = new ArrayList<>();
      LineDecoder all = decoder(stream.toString(), limit);
      for (String line = line(all); !line.equals("nothing"); line = line(all)) {
        expected.add(line);
      }
      List<String> found = new ArrayList<>();
      var decoder = new LineDecoder(limit);
      byte[] bytes = stream.toString().getBytes(UTF_8);
      int from = 0;
      while (from < bytes.length) {
        int to = Math.min(bytes.length, from + 1 + random.nextInt(30));
        decoder.offer(bytes.clone(), from, to);
        read(decoder, random, found);
        decoder.retain();
        from = to;
      }
      assertThat(found).as("seed %d", seed).isEqualTo(expected);
    }
  }

  private static final List<String> PIECES =
      List.of("GET a\n", "r1 GET bc\n", "SET a 5\r\n", "PING\n", "\n", "x", "GET a", "\r\n");

  /// Takes plain lines and others as a connection does.
  private void read(LineDecoder decoder, Random random, List<String> found) {
    lines.forget();
    String line = "";
    while (!line.equals("nothing")) {
      PlainLine plain = lines.next(decoder);
      if (plain == null) {
        lines.read(decoder);
        plain = lines.next(decoder);
      }
      if (plain != null) {
        found.add(
            new String(plain.bytes(), plain.idFrom(), plain.behind() - plain.idFrom(), UTF_8)
                .strip());
        if (random.nextInt(4) == 0) {
          lines.forget();
        }
      } else {
        line = line(decoder);
        if (!line.equals("nothing")) {
          found.add(line);
        }
      }
    }
  }

  private static LineDecoder decoder(String text, int limit) {
    var decoder = new LineDecoder(limit);
    byte[] bytes = text.getBytes(UTF_8);
    decoder.offer(bytes, 0, bytes.length);
    return decoder;
  }

  private List<String> taken(LineDecoder decoder) {
    List<String> taken = new ArrayList<>();
    PlainLine line = lines.next(decoder);
    while (line != null) {
      taken.add(Lines.read(line.request()));
      line = lines.next(decoder);
    }
    return taken;
  }

  private static String line(LineDecoder decoder) {
    return switch (decoder.next()) {
      case NOTHING -> "nothing";
      case TOO_LONG -> "too long";
      case LINE ->
          new String(decoder.bytes(), decoder.from(), decoder.to() - decoder.from(), UTF_8);
    };
  }
}
