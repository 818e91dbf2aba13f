package io.ztick.scheduler;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// Everything below a directory, as it was when it was read: with a journal in use, what a `kill
/// -9` would leave.
///
/// @param files their bytes, each as the character of its number, by their paths
record FileTree(SortedMap<Path, String> files) {
  /// Reads until twice the same was read: a database may make files and delete others meanwhile.
  static FileTree of(Path directory) throws IOException {
    FileTree before = read(directory);
    FileTree now = read(directory);
    while (!now.equals(before)) {
      before = now;
      now = read(directory);
    }
    return now;
  }

  private static FileTree read(Path directory) throws IOException {
    var files = new TreeMap<Path, String>();
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        files.put(directory.relativize(path), Files.readString(path, ISO_8859_1));
      }
    } catch (NoSuchFileException | UncheckedIOException e) {
      if (!Files.exists(directory)) {
        throw e;
      }
      // A file went while they were listed: so many are no tree, and it is read again.
    }
    return new FileTree(files);
  }

  /// The files whose names hold this, in the order of their names.
  List<Path> named(String part) {
    return files.keySet().stream()
        .filter(path -> path.getFileName().toString().contains(part))
        .toList();
  }

  byte[] bytes(Path path) {
    String bytes = files.get(path);
    if (bytes == null) {
      throw new AssertionError("no file " + path + " in " + files.keySet());
    }
    return bytes.getBytes(ISO_8859_1);
  }

  /// Where the last byte that is not zero ends.
  static int used(byte[] bytes) {
    int used = bytes.length;
    while (used > 0 && bytes[used - 1] == 0) {
      used--;
    }
    return used;
  }

  FileTree without(Path path) {
    var others = new TreeMap<>(files);
    others.remove(path);
    return new FileTree(others);
  }

  FileTree with(Path path, UnaryOperator<byte[]> change) {
    var others = new TreeMap<>(files);
    others.put(path, new String(change.apply(bytes(path)), ISO_8859_1));
    return new FileTree(others);
  }

  /// Writes the files.
  ///
  /// @return the directory
  Path writeTo(Path directory) throws IOException {
    for (var file : files.entrySet()) {
      Path path = directory.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue(), ISO_8859_1);
    }
    return directory;
  }
}
