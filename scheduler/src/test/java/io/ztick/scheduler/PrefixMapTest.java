package io.ztick.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PrefixMapTest {
  private static final String[] LETTERS = {"a", "b", "\ud83d\ude00", "\ud83d\ude01", "\ue000"};

  private final PrefixMap<String> map = new PrefixMap<>();

  private void put(String... prefixes) {
    for (String prefix : prefixes) {
      map.put(prefix, "value of " + prefix);
    }
  }

  /// All prefixes of a text that the map knows, as it gives them: longest first.
  private List<String> prefixesOf(String text) {
    List<String> found = new ArrayList<>();
    var entry = map.longest(text);
    while (entry != null) {
      assertThat(entry.getValue()).isEqualTo("value of " + entry.getKey());
      found.add(entry.getKey());
      entry = map.shorter(text, entry.getKey());
    }
    return found;
  }

  @Test
  void prefixes_come_longest_first() {
    put("", "a", "a.b", "a.b.c", "a.c", "b");

    assertThat(prefixesOf("a.b.x")).containsExactly("a.b", "a", "");
  }

  @Test
  void what_lies_between_a_prefix_and_the_text_is_skipped() {
    put("a", "ab", "abca", "abcaz", "abcb", "abcc");

    assertThat(prefixesOf("abcd")).containsExactly("ab", "a");
  }

  @Test
  void a_text_is_a_prefix_of_itself_and_what_is_longer_is_not() {
    put("abc", "abcd");

    assertThat(prefixesOf("abc")).containsExactly("abc");
  }

  @Test
  void a_text_without_a_known_prefix_has_none() {
    put("b", "ab");

    assertThat(prefixesOf("a")).isEmpty();
    assertThat(prefixesOf("")).isEmpty();
  }

  @Test
  void random_texts_find_what_a_search_through_all_finds() {
    Random random = new Random(1);
    Set<String> known = new TreeSet<>();
    for (int i = 0; i < 5_000; i++) {
      String prefix = text(random, 6);
      if (random.nextBoolean()) {
        known.add(prefix);
        put(prefix);
      } else {
        known.remove(prefix);
        map.remove(prefix);
      }
      String text = text(random, 8);
      assertThat(prefixesOf(text))
          .as("operation %s, text %s", i, text)
          .isEqualTo(
              known.stream()
                  .filter(text::startsWith)
                  .sorted(Comparator.comparingInt(String::length).reversed())
                  .toList());
    }
  }

  private static String text(Random random, int max) {
    StringBuilder text = new StringBuilder();
    for (int length = random.nextInt(max + 1); length > 0; length--) {
      text.append(LETTERS[random.nextInt(LETTERS.length)]);
    }
    return text.toString();
  }
}
