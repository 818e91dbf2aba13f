package io.ztick.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OutputTailTest {

  @Test
  void the_last_bytes_stay_in_order_however_they_come() {
    var random = new Random(5);
    for (int round = 0; round < 1000; round++) {
      int maxBytes = random.nextInt(5000);
      var tail = new OutputTail(maxBytes);
      var all = new StringBuilder();
      for (int piece = random.nextInt(10); piece > 0; piece--) {
        String text = "abcdefghij".repeat(random.nextInt(300));
        all.append(text);
        append(tail, text);
      }
      assertThat(tail.text())
          .as("round %d", round)
          .isEqualTo(all.substring(Math.max(0, all.length() - maxBytes)));
    }
  }

  @Test
  void a_character_that_was_cut_is_left_out() {
    var tail = new OutputTail(4);
    append(tail, "xx€€");
    assertThat(tail.text()).isEqualTo("€");
  }

  private static void append(OutputTail tail, String text) {
    tail.append(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }
}
