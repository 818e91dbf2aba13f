package io.ztick.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FloorTest {
  @TempDir private Path database;

  @Test
  void what_was_written_last_is_read() throws IOException {
    assertThat(Floor.read(database)).as("when nothing was written").isZero();
    Floor.write(database, 1);
    assertThat(Floor.read(database)).isEqualTo(1);
    Floor.write(database, Long.MAX_VALUE);
    assertThat(Floor.read(database)).isEqualTo(Long.MAX_VALUE);
    Floor.write(database, 23);
    assertThat(Floor.read(database)).isEqualTo(23);
  }

  @Test
  void write_that_a_crash_cut_short_changes_nothing() throws IOException {
    Floor.write(database, 1_000);
    Files.writeString(database.resolve("FLOOR.new"), "20");
    assertThat(Floor.read(database)).isEqualTo(1_000);

    Floor.write(database, 3);
    assertThat(Floor.read(database)).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "1e3", "1\n2", "\u00e9", "9223372036854775808"})
  void what_is_no_number_is_damage(String text) throws IOException {
    Files.writeString(database.resolve("FLOOR"), text);

    assertThatThrownBy(() -> Floor.read(database))
        .isInstanceOf(IOException.class)
        .hasMessage("the journal %s has a damaged file FLOOR", database);
  }

  @Test
  void database_that_ends_below_its_floor_is_refused() throws IOException {
    Path path = database.resolve("journal");
    Files.createDirectory(path);
    Store.create(path);
    Store.open(path).close();
    long reached = Floor.read(path);
    assertThat(reached).isPositive();

    Floor.write(path, reached + 1);
    assertThatThrownBy(() -> Store.openReadOnly(path))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "the journal %s cannot be trusted: it ends at %d, and its tables reached %d",
            path, reached, reached + 1);
    Floor.write(path, reached);
    Store.openReadOnly(path).close();
  }
}
