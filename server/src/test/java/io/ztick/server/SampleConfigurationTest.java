package io.ztick.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tomlj.Toml;

/// Holds `conf/ztick.toml` and the defaults together.
class SampleConfigurationTest {
  private static final Path SAMPLE = Path.of("..", "conf", "ztick.toml");
  private static final Pattern UNSET_KEY = Pattern.compile("#([a-z_]+ = .*)");

  @TempDir private Path directory;

  @Test
  void the_sample_says_the_defaults() throws Exception {
    assertThat(Configuration.load(SAMPLE)).isEqualTo(Configuration.defaults());
    assertThat(ConfigurationFile.read(SAMPLE).warnings()).isEmpty();
  }

  @Test
  void the_sample_with_every_key_set_differs_only_in_the_keys_without_a_default() throws Exception {
    Path file = Pems.file(directory, "ztick.toml", withEveryKeySet());

    Configuration all = Configuration.load(file);

    Configuration defaults = Configuration.defaults();
    assertThat(all.log()).isEqualTo(defaults.log());
    assertThat(all.shell()).isEqualTo(defaults.shell());
    assertThat(all.controller())
        .usingRecursiveComparison()
        .ignoringFields("authFile", "tlsCert", "tlsKey", "tlsKeyPasswordFile")
        .isEqualTo(defaults.controller());
    assertThat(all.controller().authFile()).isEqualTo(directory.resolve("auth.toml"));
    assertThat(all.controller().tlsCert()).isEqualTo(directory.resolve("cert.pem"));
    assertThat(all.controller().tlsKey()).isEqualTo(directory.resolve("key.pem"));
    assertThat(all.controller().tlsKeyPasswordFile()).isEqualTo(directory.resolve("key.password"));
    assertThat(all.runs())
        .usingRecursiveComparison()
        .ignoringFields("directory")
        .isEqualTo(defaults.runs());
    assertThat(all.database())
        .usingRecursiveComparison()
        .ignoringFields("directory", "maxJobs")
        .isEqualTo(defaults.database());
  }

  @Test
  void the_sample_has_exactly_the_keys_that_there_are() throws Exception {
    var sample = Toml.parse(withEveryKeySet());

    assertThat(sample.errors()).isEmpty();
    assertThat(sample.dottedKeySet()).isEqualTo(keys());
  }

  @Test
  void every_key_of_the_sample_has_one_comment() throws Exception {
    var uncommented = new ArrayList<String>();
    String before = "";
    for (String line : Files.readAllLines(SAMPLE)) {
      boolean isKey = UNSET_KEY.matcher(line).matches() || line.matches("[a-z_]+ = .*");
      if (isKey && !before.startsWith("# ")) {
        uncommented.add(line);
      }
      before = line;
    }

    assertThat(uncommented).isEmpty();
  }

  private static String withEveryKeySet() throws IOException {
    List<String> lines = Files.readAllLines(SAMPLE);
    return String.join(
        "\n", lines.stream().map(line -> UNSET_KEY.matcher(line).replaceFirst("$1")).toList());
  }

  /// The components of the records, spelled as keys.
  private static Set<String> keys() {
    var keys = new TreeSet<String>();
    for (RecordComponent section : Configuration.class.getRecordComponents()) {
      Stream.of(section.getType().getRecordComponents())
          .map(key -> section.getName() + "." + key.getName().replaceAll("([A-Z])", "_$1"))
          .map(key -> key.toLowerCase(Locale.ROOT))
          .forEach(keys::add);
    }
    return keys;
  }
}
