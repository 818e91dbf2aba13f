package io.ztick.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.ztick.scheduler.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The processes of a run whose server is gone, found by the environment that it gave them, and
/// those of their sessions, which may have changed theirs. A server that was killed cannot have
/// written down what it started last, but the kernel knows.
///
/// Numbers of plans are not unique among servers, so what descends from another server that lives
/// is left alone. What has left its session and outlived its parent cannot be told apart.
final class LeftProcesses {
  private static final String SERVER = Main.class.getName();

  private final Set<String> marks;

  /// The sessions of all that was found so far: their leaders may be gone by the next look.
  private final Set<Long> sessions = new HashSet<>();

  /// Those of earlier attempts of a run.
  LeftProcesses(Run run) {
    marks = Set.of("ZTICK_RUN_ID=" + run.id(), "ZTICK_JOB_ID=" + latin(run.job()));
  }

  /// Looks for them, as far as this user may look at processes.
  List<ProcessHandle> find() {
    List<ProcessHandle> candidates =
        ProcessHandle.allProcesses().filter(process -> !isOfLivingServer(process)).toList();
    candidates.stream()
        .filter(this::isMarked)
        .map(LeftProcesses::session)
        .filter(this::isOfRun)
        .forEach(sessions::add);
    return candidates.stream()
        .filter(process -> isMarked(process) || isOfSessions(process))
        .toList();
  }

  /// Whether a session was begun for the run: its leader is marked. A marked process may also stand
  /// in somebody's terminal, whose other processes are no concern of ours.
  private boolean isOfRun(long session) {
    return ProcessHandle.of(session).filter(this::isMarked).isPresent();
  }

  private boolean isMarked(ProcessHandle process) {
    return Arrays.asList(read(process.pid(), "environ").split("\0", -1)).containsAll(marks);
  }

  private boolean isOfSessions(ProcessHandle process) {
    return sessions.contains(session(process)) && !isZombie(process);
  }

  /// Whether it is a server, or descends from one.
  private static boolean isOfLivingServer(ProcessHandle process) {
    Optional<ProcessHandle> ancestor = Optional.of(process);
    while (ancestor.isPresent()) {
      if (read(ancestor.get().pid(), "cmdline").contains(SERVER)) {
        return true;
      }
      ancestor = ancestor.get().parent();
    }
    return false;
  }

  private static boolean isZombie(ProcessHandle process) {
    String[] stat = stat(process);
    return stat.length == 0 || stat[0].equals("Z");
  }

  /// The number of its session; 0 when it is gone.
  private static long session(ProcessHandle process) {
    String[] stat = stat(process);
    return stat.length == 0 ? 0 : Long.parseLong(stat[3]);
  }

  /// State, parent, group, session and so on; empty when it is gone.
  private static String[] stat(ProcessHandle process) {
    String stat = read(process.pid(), "stat");
    // The name before the last parenthesis may hold anything.
    String rest = stat.substring(stat.lastIndexOf(')') + 1).strip();
    return rest.isEmpty() ? new String[0] : rest.split(" ", -1);
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
