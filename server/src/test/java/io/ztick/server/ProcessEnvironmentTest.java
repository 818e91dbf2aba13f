package io.ztick.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessEnvironmentTest {
  private static final List<byte[]> OF_THE_JVM =
      List.of("LC_ALL=C.UTF-8".getBytes(UTF_8), "LANG=C".getBytes(UTF_8));

  @Test
  void the_locale_that_the_launcher_replaced_is_put_back() {
    assertThat(texts(ProcessEnvironment.withLcAll(OF_THE_JVM, "C")))
        .containsExactly("LANG=C", "LC_ALL=C");
  }

  @Test
  void a_locale_that_was_not_set_is_not_set_again() {
    assertThat(texts(ProcessEnvironment.withLcAll(OF_THE_JVM, ""))).containsExactly("LANG=C");
  }

  private static List<String> texts(List<byte[]> variables) {
    return variables.stream().map(variable -> new String(variable, UTF_8)).toList();
  }
}
