package io.ztick.server;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/// A process started by [ProcessBuilder], where [SpawnedChild] is not supported. It has no session
/// of its own, so its group is what descends from it when it is signalled; a signal that ended it
/// looks like an exit code of 128 and more; its words are bytes of the locale; and the JDK closes
/// its output when it ends, so what it leaves behind is ended by SIGPIPE as soon as it prints.
final class JdkChild implements Child {

  /// How often it is looked whether something was printed: a blocking read could not be ended while
  /// somebody in the background holds the pipe.
  private static final long LOOK_NANOS = 5_000_000;

  /// For how many looks behind its end the last output of a process is waited for: the JDK moves it
  /// to the heap meanwhile, on a thread of its own.
  private static final int LAST_LOOKS = 4;

  private static final int BUFFER_BYTES = 16 * 1024;

  private final Process process;

  /// All that were found to belong to it.
  private final Set<ProcessHandle> group = ConcurrentHashMap.newKeySet();

  private volatile boolean closed;

  private JdkChild(Process process) {
    this.process = process;
    group.add(process.toHandle());
  }

  /// Starts a process. The message of a failure is the JDK's.
  static JdkChild start(List<byte[]> command, List<byte[]> environment, Path directory)
      throws IOException {
    var builder =
        new ProcessBuilder(command.stream().map(JdkChild::text).toList())
            .directory(directory.toFile())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true);
    builder.environment().clear();
    for (byte[] variable : environment) {
      String[] words = text(variable).split("=", 2);
      builder.environment().put(words[0], words[1]);
    }
    return new JdkChild(builder.start());
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public void watch(Processes processes, Listener listener) {
    processes.await(() -> listen(processes, listener));
  }

  /// On a thread of its own, until the process has ended and its output has been read.
  private void listen(Processes processes, Listener listener) {
    int looks = 0;
    while (looks <= LAST_LOOKS && !closed) {
      byte[] printed = read(process.getInputStream());
      if (printed.length > 0) {
        processes.execute(() -> listener.printed(ByteBuffer.wrap(printed)));
        continue;
      }
      looks = process.isAlive() ? 0 : looks + 1;
      LockSupport.parkNanos(LOOK_NANOS);
    }
    processes.execute(listener::silent);
    processes.execute(listener::ended);
  }

  private static byte[] read(InputStream output) {
    try {
      return output.readNBytes(Math.min(BUFFER_BYTES, output.available()));
    } catch (IOException e) {
      return new byte[0]; // the process ends, and the JDK takes the rest
    }
  }

  @Override
  public void signalGroup(int signal) {
    process.descendants().forEach(group::add);
    for (ProcessHandle member : group) {
      var _ = signal == Libc.SIGKILL ? member.destroyForcibly() : member.destroy();
    }
  }

  @Override
  public boolean groupRuns(ProcessGroups groups) {
    return group.stream().anyMatch(ProcessHandle::isAlive);
  }

  @Override
  public Exit reap() {
    return new Exit(true, process.exitValue());
  }

  @Override
  public void close() throws IOException {
    closed = true;
    if (process.isAlive()) {
      signalGroup(Libc.SIGKILL);
    }
    process.getInputStream().close();
  }
}
