package io.ztick.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The process groups that run, as one look at all processes finds them. The look is taken when the
/// first question is asked; it costs some microseconds for each process of the machine.
final class ProcessGroups {

  /// Null before the look, and when it failed.
  private @Nullable Set<Integer> running;

  private boolean looked;

  /// Whether a process of the group runs, and not merely waits to be reaped. When nobody can tell:
  /// yes.
  boolean runs(int group) {
    if (!looked) {
      looked = true;
      running = look();
    }
    return running == null || running.contains(group);
  }

  private static @Nullable Set<Integer> look() {
    var found = new HashSet<Integer>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        addGroup(process, found);
      }
      return found;
    } catch (IOException e) {
      return null;
    }
  }

  private static void addGroup(Path process, Set<Integer> found) {
    String stat;
    try {
      stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return; // gone meanwhile
    }
    // The name before the last parenthesis may hold anything; behind it come state, parent and
    // group.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 4);
    if (!fields[0].equals("Z")) {
      found.add(Integer.parseInt(fields[2]));
    }
  }
}
