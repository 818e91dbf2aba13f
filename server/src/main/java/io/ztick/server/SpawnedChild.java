package io.ztick.server;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A process that leads a session of its own, started by `posix_spawn`, and the end of a pipe that
/// reads what it prints. The kernel says when it has ended, through a descriptor like any other.
///
/// Until the process is reaped its zombie keeps its id, which is the id of its group too, from
/// being used again.
final class SpawnedChild implements Child {

  private final int pid;
  private final Watched end;
  private final Watched output;
  private boolean reaped;

  private SpawnedChild(int pid, int pidfd, int pipe) {
    this.pid = pid;
    end = new Watched(pidfd);
    output = new Watched(pipe);
  }

  /// Whether this is a system that [Libc] is written for, Linux from 5.3 with glibc from 2.34, and
  /// one whose epoll Netty knows. Links the functions of the C library when it is asked first.
  static boolean isSupported() {
    return Support.SUPPORTED;
  }

  /// Starts a process, for which its thread waits some tenths of a millisecond. The message of a
  /// failure is the system's.
  static SpawnedChild start(List<byte[]> command, List<byte[]> environment, Path directory)
      throws IOException {
    Libc.Pipe pipe = Libc.openPipe();
    int pid;
    try {
      byte[] path = directory.toString().getBytes(StandardCharsets.UTF_8);
      pid = Libc.spawn(command, environment, path, pipe.write());
    } catch (IOException e) {
      Libc.close(pipe.read());
      throw e;
    } finally {
      Libc.close(pipe.write());
    }
    try {
      return new SpawnedChild(pid, Libc.openPidfd(pid), pipe.read());
    } catch (IOException e) {
      Libc.close(pipe.read());
      Libc.signalGroup(pid, Libc.SIGKILL);
      var _ = Libc.reap(pid);
      throw e;
    }
  }

  @Override
  public void watch(Processes processes, Listener listener) throws IOException {
    end.watch(
        processes,
        listener,
        () -> {
          end.close();
          listener.ended();
        });
    output.watch(processes, listener, () -> read(processes.buffer(), listener));
  }

  private void read(ByteBuffer buffer, Listener listener) throws IOException {
    int length = output.fd().read(buffer, 0, buffer.capacity());
    if (length < 0) {
      output.close();
      listener.silent();
    } else {
      listener.printed(buffer.clear().limit(length));
    }
  }

  @Override
  public void signalGroup(int signal) {
    Libc.signalGroup(pid, signal);
  }

  @Override
  public boolean groupRuns(ProcessGroups groups) {
    return groups.runs(pid);
  }

  @Override
  public Exit reap() throws IOException {
    reaped = true;
    return Libc.reap(pid);
  }

  @Override
  public void close() throws IOException {
    end.close();
    output.close();
    if (!reaped) {
      signalGroup(Libc.SIGKILL);
      var _ = reap();
    }
  }

  /// What happens when a descriptor is ready.
  private interface Ready {
    void run() throws IOException;
  }

  /// A descriptor that is open until it is closed here.
  private static final class Watched implements EpollIoHandle {
    private final FileDescriptor descriptor;
    private @Nullable IoRegistration registration;
    private @Nullable Listener listener;
    private @Nullable Ready ready;

    Watched(int descriptor) {
      this.descriptor = new FileDescriptor(descriptor);
    }

    void watch(Processes processes, Listener newListener, Ready newReady) throws IOException {
      listener = newListener;
      ready = newReady;
      registration = processes.register(this);
      registration.submit(EpollIoOps.EPOLLIN);
    }

    @Override
    public FileDescriptor fd() {
      return descriptor;
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
      if (ready == null || listener == null || !descriptor.isOpen()) {
        return;
      }
      try {
        ready.run();
      } catch (IOException | RuntimeException | Error e) {
        // Netty would log it, wait for a second, and go on without an end of the run.
        listener.lost(e);
      }
    }

    @Override
    public void close() throws IOException {
      if (registration != null) {
        registration.cancel();
        registration = null;
      }
      if (descriptor.isOpen()) {
        descriptor.close();
      }
    }
  }

  /// Asked for when the first process is started, not when this class is named.
  private static final class Support {
    static final boolean SUPPORTED = supported();

    private static boolean supported() {
      if (!System.getProperty("os.name").equals("Linux")
          || ValueLayout.ADDRESS.byteSize() != Long.BYTES
          || !Epoll.isAvailable()) {
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
}
