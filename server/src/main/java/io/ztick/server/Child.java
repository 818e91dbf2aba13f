package io.ztick.server;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A process that leads a session of its own, and the end of a pipe that reads what it prints.
/// Confined to the thread that started it, but for [#signalGroup].
///
/// Until the process is reaped its zombie keeps its id, which is the id of its group too, from
/// being used again.
final class Child implements AutoCloseable {

  /// Whether this is a system that [Libc] is written for: Linux from 5.3, glibc from 2.34.
  static final boolean SUPPORTED = supported();

  private static final int BUFFER_BYTES = 16 * 1024;
  private static final int CLOSED = -1;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment state = arena.allocate(Libc.STATE);
  private final MemorySegment buffer = arena.allocate(BUFFER_BYTES);

  /// Two of them, in this order. The kernel passes over one whose descriptor is closed.
  private final MemorySegment pollfds = arena.allocate(Libc.POLLFD, 2);

  private final MemorySegment end = pollfds.asSlice(0, Libc.POLLFD);
  private final MemorySegment output = pollfds.asSlice(Libc.POLLFD.byteSize(), Libc.POLLFD);

  private int pid;
  private boolean ended;
  private boolean reaped;

  private Child() {
    setDescriptor(end, CLOSED);
    setDescriptor(output, CLOSED);
    end.set(JAVA_SHORT, Libc.POLLFD_EVENTS, Libc.POLLIN);
    output.set(JAVA_SHORT, Libc.POLLFD_EVENTS, Libc.POLLIN);
  }

  /// Starts a process. The message of a failure is the system's.
  static Child start(List<byte[]> command, List<byte[]> environment, Path directory)
      throws IOException {
    var child = new Child();
    try {
      child.spawn(command, environment, directory.toString().getBytes(StandardCharsets.UTF_8));
      return child;
    } catch (IOException e) {
      child.close();
      throw e;
    }
  }

  private void spawn(List<byte[]> command, List<byte[]> environment, byte[] directory)
      throws IOException {
    Libc.Pipe pipe = Libc.openPipe();
    setDescriptor(output, pipe.read());
    try {
      pid = Libc.spawn(command, environment, directory, pipe.write());
    } finally {
      Libc.close(pipe.write());
    }
    setDescriptor(end, Libc.openPidfd(pid));
  }

  /// Waits until the process has ended, or printed something, or the time has passed. What was
  /// printed is appended to the tail.
  void await(long nanos, OutputTail tail) throws IOException {
    int millis = (int) Math.min(Integer.MAX_VALUE, nanos / 1_000_000 + 1);
    if (!Libc.poll(state, pollfds, millis)) {
      return;
    }
    if (end.get(JAVA_SHORT, Libc.POLLFD_REVENTS) != 0) {
      ended = true;
      closeDescriptor(end);
    }
    if (output.get(JAVA_SHORT, Libc.POLLFD_REVENTS) != 0) {
      read(tail);
    }
  }

  private void read(OutputTail tail) throws IOException {
    int length = Libc.read(state, descriptor(output), buffer);
    if (length == 0) {
      closeDescriptor(output);
    }
    tail.append(buffer.asSlice(0, length).asByteBuffer());
  }

  boolean ended() {
    return ended;
  }

  /// Whether nobody is left who could print, as far as it has been read.
  boolean silent() {
    return descriptor(output) == CLOSED;
  }

  /// Signals the process and all in its group. Not once it is reaped: the id may then be somebody
  /// else's.
  void signalGroup(int signal) {
    Libc.signalGroup(pid, signal);
  }

  /// Whether a process of the group still runs, be it not the leader. When nobody can tell: yes.
  boolean groupRuns() {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        if (runsInGroup(process)) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private boolean runsInGroup(Path process) {
    String stat;
    try {
      stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return false; // gone meanwhile
    }
    // The name before the last parenthesis may hold anything; behind it come state, parent and
    // group.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 4);
    return !fields[0].equals("Z") && fields[2].equals(Integer.toString(pid));
  }

  /// Waits for the end of the process and gives its id back to the system. Once.
  Libc.Exit reap() throws IOException {
    reaped = true;
    return Libc.reap(pid);
  }

  /// Kills the group of a process that has not been reaped.
  @Override
  public void close() throws IOException {
    try (arena) {
      closeDescriptor(end);
      closeDescriptor(output);
      if (pid != 0 && !reaped) {
        signalGroup(Libc.SIGKILL);
        reap();
      }
    }
  }

  private static int descriptor(MemorySegment pollfd) {
    return pollfd.get(JAVA_INT, Libc.POLLFD_FD);
  }

  private static void setDescriptor(MemorySegment pollfd, int descriptor) {
    pollfd.set(JAVA_INT, Libc.POLLFD_FD, descriptor);
  }

  private static void closeDescriptor(MemorySegment pollfd) {
    if (descriptor(pollfd) != CLOSED) {
      Libc.close(descriptor(pollfd));
      setDescriptor(pollfd, CLOSED);
    }
  }

  /// Links the functions of the C library, for which the first process would have to wait.
  static void prepare() {
    var _ = SUPPORTED;
  }

  private static boolean supported() {
    if (!System.getProperty("os.name").equals("Linux") || ADDRESS.byteSize() != Long.BYTES) {
      return false;
    }
    if (Linker.nativeLinker().defaultLookup().find(Libc.NEWEST_FUNCTION).isEmpty()) {
      return false;
    }
    try {
      Libc.close(Libc.openPidfd((int) ProcessHandle.current().pid()));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
