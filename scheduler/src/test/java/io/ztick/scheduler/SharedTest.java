package io.ztick.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import org.junit.jupiter.api.Test;

class SharedTest {
  private final Shared<String> shared = new Shared<>(new HashMap<>(), String::length);

  @Test
  void value_is_kept_once_as_long_as_one_holds_it() {
    int number = shared.hold("exit 3");
    assertThat(shared.hold("exit 3")).isEqualTo(number);
    assertThat(shared.bytes()).isEqualTo(6);

    shared.letGo(number);
    assertThat(shared.value(number)).isEqualTo("exit 3");
    shared.letGo(number);
    assertThat(shared.bytes()).isZero();
    assertThatThrownBy(() -> shared.value(number)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void number_that_nobody_holds_is_given_to_another_value() {
    int first = shared.hold("a");
    int second = shared.hold("b");
    shared.letGo(first);

    assertThat(shared.hold("c")).isEqualTo(first);
    assertThat(shared.value(first)).isEqualTo("c");
    assertThat(shared.value(second)).isEqualTo("b");
  }
}
