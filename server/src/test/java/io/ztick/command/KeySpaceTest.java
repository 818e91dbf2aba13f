package io.ztick.command;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The numbers that a load is about.
class KeySpaceTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 1000, 65_536, 100_003})
  void a_walk_meets_each_number_once(int keys) {
    for (long seed = 0; seed < 3; seed++) {
      var space = new KeySpace(keys, seed);
      var met = new BitSet();
      for (int i = 0; i < keys; i++) {
        met.set(space.walk());
      }
      assertThat(met.cardinality()).isEqualTo(keys);
      assertThat(met.length()).isEqualTo(keys);
    }
  }

  @Test
  void a_walk_leaves_no_neighbours_beside_each_other() {
    var space = new KeySpace(10_000, 1);
    int beside = 0;
    int last = space.walk();
    for (int i = 1; i < 10_000; i++) {
      int next = space.walk();
      beside += Math.abs(next - last) <= 10 ? 1 : 0;
      last = next;
    }
    assertThat(beside).isLessThan(100);
  }

  @Test
  void the_same_seed_gives_the_same_numbers() {
    var one = new KeySpace(1000, 7);
    var same = new KeySpace(1000, 7);
    var other = new KeySpace(1000, 8);
    int different = 0;
    for (int i = 0; i < 100; i++) {
      int number = one.any();
      assertThat(same.any()).isEqualTo(number).isBetween(0, 999);
      different += other.any() == number ? 0 : 1;
    }
    assertThat(different).isGreaterThan(90);
  }

  @Test
  void digits_are_those_of_the_number() {
    byte[] bytes = new byte[11];
    for (int number : new int[] {0, 7, 999, 1000, 123_456_789, 999_999_999}) {
      Digits.nine(bytes, 1, number);
      assertThat(new String(bytes, 1, 9, US_ASCII)).isEqualTo("%09d".formatted(number));
    }
  }
}
