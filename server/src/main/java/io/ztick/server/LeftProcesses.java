package io.ztick.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.ztick.scheduler.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The processes of a run whose server is gone, found by the environment that it gave them. A
/// server that was killed cannot have written down what it started last, but the kernel knows.
///
/// Numbers of plans are not unique among servers: what is the child of another server that lives is
/// its own.
final class LeftProcesses {
  private static final String SERVER = Main.class.getName();

  private LeftProcesses() {}

  /// The processes of earlier attempts of a run, as far as this user may look at them.
  static List<ProcessHandle> of(Run run) {
    Set<String> marks = Set.of("ZTICK_RUN_ID=" + run.id(), "ZTICK_JOB_ID=" + latin(run.job()));
    return ProcessHandle.allProcesses()
        .filter(process -> isOf(marks, process) && !isOfLivingServer(process))
        .toList();
  }

  private static boolean isOf(Set<String> marks, ProcessHandle process) {
    return Arrays.asList(read(process.pid(), "environ").split("\0", -1)).containsAll(marks);
  }

  /// Whether the leader of the process's session is the child of a server.
  private static boolean isOfLivingServer(ProcessHandle process) {
    Optional<ProcessHandle> leader = session(process).flatMap(ProcessHandle::of);
    return leader
        .flatMap(ProcessHandle::parent)
        .filter(parent -> read(parent.pid(), "cmdline").contains(SERVER))
        .isPresent();
  }

  private static Optional<Long> session(ProcessHandle process) {
    String stat = read(process.pid(), "stat");
    // The name before the last parenthesis may hold anything; behind it come state, parent, group
    // and session.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", 5);
    return fields.length < 4 ? Optional.empty() : Optional.of(Long.valueOf(fields[3]));
  }

  /// What the kernel says of a process; nothing when it is gone or somebody else's.
  private static String read(long pid, String file) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), file), ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  /// The bytes of a text, one character each.
  private static String latin(String text) {
    return new String(text.getBytes(UTF_8), ISO_8859_1);
  }
}
