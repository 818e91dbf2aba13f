package io.ztick.server;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The functions of the C library that a process takes. Numbers and layouts are those of Linux on
/// 64 bits with glibc: nothing here may be called where [SpawnedChild#isSupported] is false.
@SuppressWarnings("restricted")
final class Libc {

  /// The one that came last to glibc, in 2.34, of the functions that are used here.
  static final String NEWEST_FUNCTION = "posix_spawn_file_actions_addclosefrom_np";

  static final int SIGKILL = 9;
  static final int SIGTERM = 15;

  /// What the functions that take a `state` need to hand out `errno`.
  private static final MemoryLayout STATE = Linker.Option.captureStateLayout();

  private static final int SIGCHLD = 17;
  private static final int P_PID = 1;
  private static final int WEXITED = 4;
  private static final int O_CLOEXEC = 0x80000;
  private static final int EINTR = 4;
  private static final short SETSIGDEF_SETSIGMASK_SETSID = 0x04 | 0x08 | 0x80;

  /// The same number on every architecture; glibc has a function of its own for it only since 2.36.
  private static final long PIDFD_OPEN = 434;

  /// Sizes of glibc's `posix_spawnattr_t` (336) and `posix_spawn_file_actions_t` (80), with room to
  /// spare.
  private static final long OPAQUE_BYTES = 512;

  private static final long SIGSET_BYTES = 128;
  private static final long SIGINFO_BYTES = 128;
  private static final int CLD_EXITED = 1;
  private static final long SI_CODE = 8;
  private static final long SI_STATUS = 24;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup SYMBOLS = LINKER.defaultLookup();
  private static final Linker.Option CAPTURE_ERRNO = Linker.Option.captureCallState("errno");
  private static final long ERRNO =
      STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle ACTIONS_INIT =
      returningInt("posix_spawn_file_actions_init", ADDRESS);
  private static final MethodHandle ACTIONS_DESTROY =
      returningInt("posix_spawn_file_actions_destroy", ADDRESS);
  private static final MethodHandle ADD_DUP2 =
      returningInt("posix_spawn_file_actions_adddup2", ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle ADD_OPEN =
      returningInt(
          "posix_spawn_file_actions_addopen", ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle ADD_CLOSE_FROM =
      returningInt(NEWEST_FUNCTION, ADDRESS, JAVA_INT);
  private static final MethodHandle ADD_CHDIR =
      returningInt("posix_spawn_file_actions_addchdir_np", ADDRESS, ADDRESS);
  private static final MethodHandle SPAWN =
      returningInt("posix_spawnp", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  private static final MethodHandle STRERROR =
      LINKER.downcallHandle(symbol("strerrordesc_np"), FunctionDescriptor.of(ADDRESS, JAVA_INT));
  private static final MethodHandle KILL = returningInt("kill", JAVA_INT, JAVA_INT);
  private static final MethodHandle CLOSE = returningInt("close", JAVA_INT);
  private static final MethodHandle PIPE2 = capturingErrno("pipe2", ADDRESS, JAVA_INT);
  private static final MethodHandle WAITID =
      capturingErrno("waitid", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle SYSCALL =
      LINKER.downcallHandle(
          symbol("syscall"),
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT),
          CAPTURE_ERRNO,
          Linker.Option.firstVariadicArg(1));

  private static final MemorySegment ATTRIBUTES = attributes();

  static {
    // Inherited as ignored, which some parents leave behind, the signal would make the kernel
    // forget exit codes.
    MethodHandle signal =
        LINKER.downcallHandle(symbol("signal"), FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS));
    call(() -> ((MemorySegment) signal.invokeExact(SIGCHLD, MemorySegment.NULL)).address());
  }

  private Libc() {}

  /// Starts a process as the leader of a session of its own: input from `/dev/null`, output and
  /// errors to the descriptor `output`, no other descriptor open, every signal at its default and
  /// none blocked.
  ///
  /// @param command its first word is looked up in PATH when it has no `/`
  /// @return the process id
  static int spawn(List<byte[]> command, List<byte[]> environment, byte[] directory, int output)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment actions = arena.allocate(OPAQUE_BYTES, Long.BYTES);
      check(call(() -> (int) ACTIONS_INIT.invokeExact(actions)));
      try {
        addActions(arena, actions, directory, output);
        MemorySegment pid = arena.allocate(JAVA_INT);
        MemorySegment argv = strings(arena, command);
        MemorySegment envp = strings(arena, environment);
        MemorySegment file = argv.get(ADDRESS, 0);
        check(call(() -> (int) SPAWN.invokeExact(pid, file, actions, ATTRIBUTES, argv, envp)));
        return pid.get(JAVA_INT, 0);
      } finally {
        check(call(() -> (int) ACTIONS_DESTROY.invokeExact(actions)));
      }
    }
  }

  private static void addActions(Arena arena, MemorySegment actions, byte[] directory, int output)
      throws IOException {
    // In this order it is right even when `output` is itself one of the three.
    check(call(() -> (int) ADD_DUP2.invokeExact(actions, output, 1)));
    check(call(() -> (int) ADD_DUP2.invokeExact(actions, output, 2)));
    MemorySegment nothing = arena.allocateFrom("/dev/null");
    check(call(() -> (int) ADD_OPEN.invokeExact(actions, 0, nothing, 0, 0)));
    check(call(() -> (int) ADD_CLOSE_FROM.invokeExact(actions, 3)));
    MemorySegment path = string(arena, directory);
    check(call(() -> (int) ADD_CHDIR.invokeExact(actions, path)));
  }

  /// A descriptor that becomes readable when the process has ended.
  static int openPidfd(int pid) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      return (int) repeating(state, () -> (long) SYSCALL.invokeExact(state, PIDFD_OPEN, pid, 0));
    }
  }

  /// A new pipe, which no process inherits by itself.
  static Pipe openPipe() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      MemorySegment ends = arena.allocate(JAVA_INT, 2);
      repeating(state, () -> (int) PIPE2.invokeExact(state, ends, O_CLOEXEC));
      return new Pipe(ends.getAtIndex(JAVA_INT, 0), ends.getAtIndex(JAVA_INT, 1));
    }
  }

  /// The descriptors of a pipe's two ends.
  record Pipe(int read, int write) {}

  /// Waits for the end of a child, and lets its id go.
  static Child.Exit reap(int pid) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      MemorySegment info = arena.allocate(SIGINFO_BYTES, Long.BYTES);
      repeating(state, () -> (int) WAITID.invokeExact(state, P_PID, pid, info, WEXITED));
      return new Child.Exit(
          info.get(JAVA_INT, SI_CODE) == CLD_EXITED, info.get(JAVA_INT, SI_STATUS));
    }
  }

  /// Signals every process of a group; one without members is no error.
  static void signalGroup(int group, int signal) {
    call(() -> (int) KILL.invokeExact(-group, signal));
  }

  static void close(int descriptor) {
    call(() -> (int) CLOSE.invokeExact(descriptor));
  }

  private static MemorySegment attributes() {
    MemorySegment attributes = Arena.global().allocate(OPAQUE_BYTES, Long.BYTES);
    MemorySegment none = Arena.global().allocate(SIGSET_BYTES, Long.BYTES);
    MemorySegment all = Arena.global().allocate(SIGSET_BYTES, Long.BYTES).fill((byte) 0xff);
    MethodHandle init = returningInt("posix_spawnattr_init", ADDRESS);
    MethodHandle setFlags = returningInt("posix_spawnattr_setflags", ADDRESS, JAVA_SHORT);
    MethodHandle setDefault = returningInt("posix_spawnattr_setsigdefault", ADDRESS, ADDRESS);
    MethodHandle setMask = returningInt("posix_spawnattr_setsigmask", ADDRESS, ADDRESS);
    call(() -> (int) init.invokeExact(attributes));
    call(() -> (int) setFlags.invokeExact(attributes, SETSIGDEF_SETSIGMASK_SETSID));
    call(() -> (int) setDefault.invokeExact(attributes, all));
    call(() -> (int) setMask.invokeExact(attributes, none));
    return attributes;
  }

  private static MemorySegment string(Arena arena, byte[] bytes) {
    MemorySegment string = arena.allocate(bytes.length + 1L);
    MemorySegment.copy(bytes, 0, string, JAVA_BYTE, 0, bytes.length);
    return string;
  }

  private static MemorySegment strings(Arena arena, List<byte[]> strings) {
    MemorySegment pointers = arena.allocate(ADDRESS, strings.size() + 1L);
    for (int i = 0; i < strings.size(); i++) {
      pointers.setAtIndex(ADDRESS, i, string(arena, strings.get(i)));
    }
    return pointers;
  }

  private static byte[] bytes(MemorySegment string) {
    return string
        .reinterpret(Long.MAX_VALUE)
        .getString(0, StandardCharsets.ISO_8859_1)
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private static MemorySegment symbol(String name) {
    return SYMBOLS.findOrThrow(name);
  }

  private static MethodHandle returningInt(String name, MemoryLayout... parameters) {
    return LINKER.downcallHandle(symbol(name), FunctionDescriptor.of(JAVA_INT, parameters));
  }

  private static MethodHandle capturingErrno(String name, MemoryLayout... parameters) {
    return LINKER.downcallHandle(
        symbol(name), FunctionDescriptor.of(JAVA_INT, parameters), CAPTURE_ERRNO);
  }

  /// The result of a function that returns -1 and sets `errno` when it fails; repeated when a
  /// signal came between.
  private static long repeating(MemorySegment state, Call call) throws IOException {
    long result;
    do {
      result = call(call);
    } while (result < 0 && state.get(JAVA_INT, ERRNO) == EINTR);
    check(result < 0 ? state.get(JAVA_INT, ERRNO) : 0);
    return result;
  }

  /// The result of a function that returns an error number.
  private static void check(long error) throws IOException {
    if (error != 0) {
      MemorySegment text =
          MemorySegment.ofAddress(
              call(() -> ((MemorySegment) STRERROR.invokeExact((int) error)).address()));
      throw new IOException(new String(bytes(text), StandardCharsets.US_ASCII));
    }
  }

  private interface Call {
    long run() throws Throwable;
  }

  private static long call(Call call) {
    try {
      return call.run();
    } catch (Throwable e) {
      throw new AssertionError("a call of the C library cannot throw", e);
    }
  }
}
