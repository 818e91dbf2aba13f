package io.ztick.server;

import java.io.IOException;
import java.nio.ByteBuffer;

/// A process that was started for a run, and those that it starts itself: its group. Confined to
/// the reaper from [#watch] on, but for [#signalGroup].
sealed interface Child extends AutoCloseable permits SpawnedChild, JdkChild {

  /// Who hears of a process, on the reaper.
  interface Listener {
    /// The process has printed something. The bytes are there during the call only.
    void printed(ByteBuffer bytes);

    /// Nobody is left who could print. Once.
    void silent();

    /// The process has ended, the group perhaps not. Once.
    void ended();

    /// Nothing can be heard any more.
    void lost(Throwable cause);
  }

  /// How a process ended.
  ///
  /// @param byItself otherwise by a signal
  /// @param number the exit code, or the signal's number
  record Exit(boolean byItself, int number) {}

  /// Begins to tell of it, on the reaper of `processes`. Once.
  void watch(Processes processes, Listener listener) throws IOException;

  /// Signals the process and all of its group. On any thread, but not once it is reaped: the id may
  /// then be somebody else's.
  ///
  /// @param signal `Libc.SIGTERM` or `Libc.SIGKILL`
  void signalGroup(int signal);

  /// Whether a process of the group still runs, be it not the leader. When nobody can tell: yes.
  ///
  /// @param groups as they are since the process has ended
  boolean groupRuns(ProcessGroups groups);

  /// Gives the id of a process that has ended back to the system, and says how it ended. Once.
  Exit reap() throws IOException;

  /// Lets go of what belongs to the process; one that was not reaped is killed with its group.
  @Override
  void close() throws IOException;
}
