package io.ztick.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileWatchTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @TempDir private Path directory;
  private Path file = Path.of("");
  private FileWatch watch = new FileWatch(List.of());
  private long now = -SECOND;

  @BeforeEach
  void begin() throws IOException {
    file = Files.writeString(directory.resolve("auth.toml"), "one");
    watch = new FileWatch(List.of(file));
  }

  private boolean isDueAfter(long nanos) {
    now += nanos;
    return watch.isDue(now);
  }

  @Test
  void files_that_stay_as_they_were_are_never_due() {
    assertThat(isDueAfter(0)).isFalse();
    assertThat(isDueAfter(100 * SECOND)).isFalse();
  }

  @Test
  void a_change_is_due_a_second_after_the_last_one() throws Exception {
    Files.writeString(file, "two and more");
    assertThat(isDueAfter(0)).isFalse();
    assertThat(isDueAfter(SECOND - 1)).isFalse();
    Files.writeString(file, "three and even more");
    assertThat(isDueAfter(1)).isFalse();
    assertThat(isDueAfter(SECOND - 1)).isFalse();
    assertThat(isDueAfter(1)).isTrue();
  }

  @Test
  void what_was_read_is_not_due_again() throws Exception {
    Files.writeString(file, "two and more");
    assertThat(isDueAfter(0)).isFalse();
    assertThat(isDueAfter(SECOND)).isTrue();
    watch.reads();
    assertThat(isDueAfter(100 * SECOND)).isFalse();
  }

  @Test
  void another_file_of_the_same_name_is_a_change() throws Exception {
    Path other = Files.writeString(directory.resolve("other"), "two");
    Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
    assertThat(isDueAfter(0)).isFalse();
    assertThat(isDueAfter(SECOND)).isTrue();
  }

  @Test
  void a_link_on_the_way_that_leads_elsewhere_is_a_change() throws Exception {
    Path one = Files.createDirectory(directory.resolve("one"));
    Path two = Files.createDirectory(directory.resolve("two"));
    Files.writeString(one.resolve("auth.toml"), "one");
    Files.writeString(two.resolve("auth.toml"), "two");
    Path link = Files.createSymbolicLink(directory.resolve("current"), one);
    watch = new FileWatch(List.of(link.resolve("auth.toml")));
    Files.delete(link);
    Files.createSymbolicLink(link, two);
    assertThat(isDueAfter(0)).isFalse();
    assertThat(isDueAfter(SECOND)).isTrue();
  }

  @Test
  void a_file_that_is_gone_or_comes_back_is_a_change() throws Exception {
    Files.delete(file);
    assertThat(isDueAfter(0)).isFalse();
    assertThat(isDueAfter(SECOND)).isTrue();
    watch.reads();
    Files.writeString(file, "two");
    assertThat(isDueAfter(0)).isFalse();
    assertThat(isDueAfter(SECOND)).isTrue();
  }
}
