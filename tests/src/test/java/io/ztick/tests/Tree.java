package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// A directory with everything in it.
final class Tree {
  private Tree() {}

  /// Copies a directory to a place where nothing is, rights included.
  static Path copy(Path from, Path to) throws IOException, InterruptedException {
    assertThat(to).doesNotExist();
    Tool.run("cp", "-a", from.toString(), to.toString());
    assertThat(contents(to)).isEqualTo(contents(from));
    return to;
  }

  /// Nothing has been written, apart from who had the lock last.
  static void assertUnchanged(Path root, Map<String, String> before, String what)
      throws IOException {
    Map<String, String> after = contents(root);
    Set<String> changed = new TreeSet<>(before.keySet());
    changed.addAll(after.keySet());
    changed.removeIf(
        file -> file.equals("lock") || Objects.equals(before.get(file), after.get(file)));
    assertThat(changed).as("changed files, %s", what).isEmpty();
  }

  /// A checksum of each file and an empty text for each directory, by name.
  static SortedMap<String, String> contents(Path root) throws IOException {
    SortedMap<String, String> contents = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.toList()) {
        String content = "";
        if (Files.isRegularFile(path)) {
          byte[] bytes = Files.readAllBytes(path);
          content = "%d bytes, hash %08x".formatted(bytes.length, Arrays.hashCode(bytes));
        }
        contents.put(root.relativize(path).toString(), content);
      }
    }
    return contents;
  }

  /// The files directly in a directory whose names match, in the order of the names.
  static List<Path> files(Path directory, String regex) throws IOException {
    try (Stream<Path> paths = Files.list(directory)) {
      return paths.filter(path -> path.getFileName().toString().matches(regex)).sorted().toList();
    }
  }
}
