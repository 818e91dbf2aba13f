package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The systemd unit of the distribution.
final class UnitFile {
  /// Where a package puts the program, and its configuration.
  private static final String PROGRAM = "/usr/bin/ztick";

  static final String CONFIGURATION = "/etc/ztick/ztick.toml";

  private UnitFile() {}

  static String text() throws IOException {
    return Files.readString(ZtickServer.home().resolve("conf/ztick.service"));
  }

  /// The values of a key, in order.
  static List<String> values(String key) throws IOException {
    return text()
        .lines()
        .filter(line -> line.startsWith(key + "="))
        .map(line -> line.substring(key.length() + 1))
        .toList();
  }

  static String value(String key) throws IOException {
    List<String> values = values(key);
    assertThat(values).as(key).hasSize(1);
    return values.getFirst();
  }

  /// The arguments that `ExecStart` gives the program.
  static List<String> arguments() throws IOException {
    List<String> words = List.of(value("ExecStart").split(" ", -1));
    assertThat(words.getFirst()).isEqualTo(PROGRAM);
    return words.subList(1, words.size());
  }

  /// A copy that starts the distribution where it lies.
  static Path adapted(Path directory) throws IOException {
    String program = ZtickServer.home().resolve("bin/ztick").toRealPath().toString();
    return Files.writeString(
        directory.resolve("ztick.service"), text().replace(PROGRAM + " ", program + " "));
  }
}
