package io.ztick.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainLineTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET a",
        "SET a 5",
        "r1 GET a",
        "r000000001 SET deploy.daily.000123456 4078728000123456789",
        "OK GET ERROR",
        "/#~ GET !",
        "r1 SET a 0",
        "r1 GET GET",
        "1234 GET a",
        "12345 GET a",
      })
  void a_line_as_programs_send_it_is_plain(String line) {
    assertThat(plain(line)).isEqualTo(Lines.read(line));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "GET",
        "r1 GET",
        "r1 GET ",
        "r1  GET a",
        " r1 GET a",
        "r1 GET a ",
        "r1 GET a b",
        "r1 SET a",
        "r1 SET a ",
        "r1 SET a -5",
        "r1 SET a +5s",
        "r1 SET a now",
        "r1 SET a 5 5",
        "r1 SET a 9223372036854775807",
        "r1 GET é",
        "r1 GET \"a\"",
        "r1 GET a\\b",
        "r\\1 GET a",
        "r1 GET a%00",
        "r1 GET a%7f",
        "r1%09GET a",
        "r1 get a",
        "r1 GETX a",
        "r1 SHOW a",
        "GET STAT",
        "SET RUN 5",
        "AUTH GET a",
        "SHOW GET a",
        "GET GET a",
        "POST GET a",
        "Host: GET a",
      })
  void every_other_line_is_not(String line) {
    assertThat(plain(line)).isNull();
  }

  @Test
  void a_word_is_as_long_as_it_may_be() {
    assertThat(plain("r1 GET " + "a".repeat(255))).isNotNull();
    assertThat(plain("r1 GET " + "a".repeat(256))).isNull();
    assertThat(plain("r".repeat(128) + " GET a")).isNotNull();
    assertThat(plain("r".repeat(129) + " GET a")).isNull();
  }

  @Test
  void random_lines_mean_the_same_whichever_way_they_are_read() {
    var plain = new PlainLine();
    var parser = new LineParser();
    int plainLines = 0;
    for (long seed = 0; seed < 300_000; seed++) {
      var random = new Random(seed);
      byte[] line = line(random);
      int from = random.nextInt(3);
      byte[] bytes = new byte[from + line.length + 8];
      random.nextBytes(bytes);
      System.arraycopy(line, 0, bytes, from, line.length);
      int to = from + line.length;
      if (plain.read(bytes, from, to)) {
        plainLines++;
        Message words = parser.parse(bytes, from, to, Lines.NOW);
        assertThat((Object) plain.request()).as("seed %d", seed).isEqualTo(words);
        assertThat(plain.requestId()).as("seed %d", seed).isEqualTo(plain.request().requestId());
      }
    }
    assertThat(plainLines).isBetween(50_000, 250_000);
  }

  /// A plain line, perhaps with a word in the place of another, or some bytes changed, added or
  /// left out.
  private static byte[] line(Random random) {
    String[] words = {
      random.nextInt(4) == 0 ? "" : word(random) + " ",
      random.nextBoolean() ? "SET " : "GET ",
      word(random),
      random.nextBoolean() ? "" : " " + (random.nextLong() >> random.nextInt(64))
    };
    while (random.nextInt(4) == 0) {
      words[random.nextInt(words.length)] = NAMES[random.nextInt(NAMES.length)];
    }
    byte[] line = String.join("", words).getBytes(UTF_8);
    while (random.nextInt(3) == 0 && line.length > 0) {
      line = mutated(line, random);
    }
    return line;
  }

  private static final String[] NAMES = {
    "AUTH ", "SHOW ", "POST ", "Host: ", "SET ", "GET ", "RUN", " STAT", "TOKEN ", "é", " now", " ",
    "5 "
  };

  private static String word(Random random) {
    return "deploy.daily.0123456789".substring(random.nextInt(23));
  }

  private static byte[] mutated(byte[] line, Random random) {
    int at = random.nextInt(line.length);
    byte other = "  \"\\\n\t\0\u007f95aG".getBytes(UTF_8)[random.nextInt(12)];
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(Arrays.copyOf(line, at));
    int kind = random.nextInt(3);
    if (kind > 0) {
      bytes.write(random.nextInt(8) == 0 ? random.nextInt(256) : other);
    }
    int rest = kind == 1 ? at : at + 1;
    bytes.writeBytes(Arrays.copyOfRange(line, rest, line.length));
    return bytes.toByteArray();
  }

  /// What a plain line is read as; nothing when it is not plain.
  private static @Nullable String plain(String shown) {
    byte[] bytes = Lines.bytes(shown);
    var line = new PlainLine();
    return line.read(bytes, 0, bytes.length) ? Lines.read(line.request()) : null;
  }
}
