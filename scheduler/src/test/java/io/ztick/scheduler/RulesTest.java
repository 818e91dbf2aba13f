package io.ztick.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RulesTest {
  private final Rules rules = new Rules();

  private void put(String id, String pattern) {
    rules.put(new Rule(id, pattern, new Runner.Shell("true")));
  }

  private @Nullable String match(String job) {
    Rule rule = rules.match(job);
    return rule == null ? null : rule.id();
  }

  private List<String> ids(@Nullable String after, int limit) {
    return rules.list(after, limit).stream().map(Rule::id).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "deploy.,  deploy.daily, true",
    "deploy.,  deploy.,      true",
    "deploy.,  deploy,       false",
    "deploy.,  Deploy.daily, false",
    "deploy.*, deploy.daily, true",
    "deploy.*, deploy.,      true",
    "deploy.*, deploy,       false",
    "*,        deploy,       true",
    "*,        *,            true",
    "**,       *deploy,      true",
    "**,       deploy,       false",
    "a*b,      a*bc,         true",
    "a*b,      axb,          false",
    "*.daily,  deploy.daily, false",
    "ü,        üx,           true",
    "😀,       😀x,          true",
    "😀,       😁,           false"
  })
  void pattern_is_a_prefix_of_which_one_trailing_star_does_not_count(
      String pattern, String job, boolean matches) {
    put("r", pattern);

    assertThat(match(job)).isEqualTo(matches ? "r" : null);
  }

  @Test
  void longest_pattern_wins() {
    put("1", "*");
    put("2", "a");
    put("3", "a.b.c");
    put("4", "a.b");

    assertThat(match("a.b.x")).isEqualTo("4");
    assertThat(match("a.b.c")).isEqualTo("3");
    assertThat(match("a.x")).isEqualTo("2");
    assertThat(match("x")).isEqualTo("1");
  }

  @Test
  void smallest_rule_id_wins_among_equal_patterns_with_star_or_without() {
    put("\ud83d\ude00", "a");
    put("\ue000", "a*");
    assertThat(match("a")).as("the smallest by bytes").isEqualTo("\ue000");

    put("r10", "a");
    put("r9", "a*");
    assertThat(match("a")).isEqualTo("r10");

    rules.remove("r10");
    assertThat(match("a")).isEqualTo("r9");
  }

  @Test
  void replaced_rule_no_longer_matches_its_old_pattern() {
    put("r", "a");
    put("r", "b");

    assertThat(match("a")).isNull();
    assertThat(match("b")).isEqualTo("r");
    assertThat(rules.size()).isEqualTo(1);
  }

  @Test
  void removed_rule_leaves_the_next_longest() {
    put("long", "a.b");
    put("short", "a");
    rules.remove("long");
    rules.remove("never there");

    assertThat(match("a.b")).isEqualTo("short");
    assertThat(rules.get("long")).isNull();
    assertThat(rules.size()).isEqualTo(1);
  }

  @Test
  void rules_are_listed_in_byte_order_and_resumed_behind_an_id() {
    for (String id : List.of("b", "\ud83d\ude00", "a", "\ue000", "ab")) {
      put(id, "p");
    }

    assertThat(ids(null, 9)).containsExactly("a", "ab", "b", "\ue000", "\ud83d\ude00");
    assertThat(ids(null, 2)).containsExactly("a", "ab");
    assertThat(ids("ab", 2)).containsExactly("b", "\ue000");
    assertThat(ids("aa", 1)).as("behind an id that has gone").containsExactly("ab");
    assertThat(ids("\ud83d\ude00", 2)).isEmpty();
  }
}
