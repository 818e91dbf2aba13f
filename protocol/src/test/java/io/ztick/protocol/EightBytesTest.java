package io.ztick.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EightBytesTest {

  @Test
  void searches_find_what_a_look_at_each_byte_finds() {
    byte[] lineFeedOrNeighbour = {'\n', '\n' - 1, '\n' + 1, (byte) ('\n' | 0x80), 0};
    byte[] notPlainOrNeighbour = {
      ' ', '!', '"', '#', '[', '\\', ']', '~', 0x7f, (byte) 0x80, -1, 0, '\n', (byte) 0xa2
    };
    for (long seed = 0; seed < 100_000; seed++) {
      var random = new Random(seed);
      byte[] bytes = new byte[random.nextInt(40)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) ('!' + random.nextInt(4));
      }
      scatter(bytes, random.nextBoolean() ? lineFeedOrNeighbour : notPlainOrNeighbour, random);
      int from = random.nextInt(bytes.length + 1);
      int to = from + random.nextInt(bytes.length - from + 1);
      int lineFeed = from;
      while (lineFeed < to && bytes[lineFeed] != '\n') {
        lineFeed++;
      }
      assertThat(EightBytes.lineFeed(bytes, from, to)).as("seed %d", seed).isEqualTo(lineFeed);
      int notPlain = from;
      while (notPlain < to && isPlain(bytes[notPlain])) {
        notPlain++;
      }
      assertThat(EightBytes.notPlain(bytes, from, to)).as("seed %d", seed).isEqualTo(notPlain);
    }
  }

  @Test
  void every_byte_in_every_lane_is_told_apart() {
    for (int lane = 0; lane < 8; lane++) {
      for (int b = 0; b < 256; b++) {
        byte[] bytes = "########".getBytes(US_ASCII);
        bytes[lane] = (byte) b;
        assertThat(EightBytes.notPlain(bytes, 0, 8)).isEqualTo(isPlain((byte) b) ? 8 : lane);
        assertThat(EightBytes.lineFeed(bytes, 0, 8)).isEqualTo(b == '\n' ? lane : 8);
        byte[] digits = "00000000".getBytes(US_ASCII);
        digits[lane] = (byte) b;
        boolean digit = b >= '0' && b <= '9';
        assertThat(EightBytes.decimal(digits, 0, 8))
            .isEqualTo(digit ? Long.parseLong(new String(digits, US_ASCII)) : -1);
      }
    }
  }

  @Test
  void decimals_are_read_as_the_library_reads_them() {
    for (long seed = 0; seed < 100_000; seed++) {
      var random = new Random(seed);
      long value = random.nextLong() >>> (2 + random.nextInt(62));
      assertThat(decimal("x" + value)).as("seed %d", seed).isEqualTo(value);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "00000000000000000007",
        "0000000000000000007",
        "8999999999999999999",
        "9000000000000000000",
        "9223372036854775807",
        "9223372036854775808",
        "",
        "-5",
        "+5",
        "1.5",
        "12345678x",
      })
  void what_might_not_fit_or_is_no_number_is_refused(String text) {
    boolean read = text.matches("[0-9]{1,18}|[0-8][0-9]{18}");
    assertThat(decimal("x" + text)).isEqualTo(read ? Long.parseLong(text) : -1);
  }

  private static long decimal(String behindOneByte) {
    byte[] bytes = (behindOneByte + "9").getBytes(US_ASCII);
    return EightBytes.decimal(bytes, 1, bytes.length - 1);
  }

  private static void scatter(byte[] bytes, byte[] pool, Random random) {
    for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
      bytes[random.nextInt(bytes.length)] = pool[random.nextInt(pool.length)];
    }
  }

  private static boolean isPlain(byte b) {
    return " \"\\".indexOf(b) < 0 && b >= ' ' && b < 0x7f;
  }
}
