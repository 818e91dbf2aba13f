package io.ztick.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ByteOrderTest {

  /// Where the length of the UTF-8, or its order against UTF-16, changes.
  private static final String[] EDGES = {
    "\0",
    "a",
    "b",
    "\u007f",
    "\u0080",
    "\u07ff",
    "\u0800",
    "\ud7ff",
    "\ue000",
    "\ue001",
    "\uffff",
    "\ud800\udc00",
    "\ud800\udfff",
    "\ud83d\ude00",
    "\ud83d\ude01",
    "\udbff\udfff"
  };

  private static void assertOrderedByBytes(String left, String right) {
    int byBytes = Arrays.compareUnsigned(left.getBytes(UTF_8), right.getBytes(UTF_8));
    assertThat(Integer.signum(ByteOrder.INSTANCE.compare(left, right)))
        .as("%s and %s", left, right)
        .isEqualTo(Integer.signum(byBytes));
  }

  @Test
  void every_two_edges_are_in_the_order_of_their_bytes() {
    for (String left : EDGES) {
      for (String right : EDGES) {
        assertOrderedByBytes(left, right);
        assertOrderedByBytes("same" + left, "same" + right);
        assertOrderedByBytes(left + "z", right + "a");
        assertOrderedByBytes(left, left + right);
      }
    }
  }

  @Test
  void random_texts_are_in_the_order_of_their_bytes() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      assertOrderedByBytes(text(random), text(random));
    }
  }

  @Test
  void a_prefix_comes_first_however_long_the_rest_is() {
    String prefix = "a".repeat(10);
    for (int length : new int[] {1, 0x3ff, 0x400, 0x401, 70_000}) {
      assertOrderedByBytes(prefix, prefix + "b".repeat(length));
      assertOrderedByBytes(prefix + "b".repeat(length), prefix);
    }
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int length = random.nextInt(5); length > 0; length--) {
      text.append(EDGES[random.nextInt(EDGES.length)]);
    }
    return text.toString();
  }
}
