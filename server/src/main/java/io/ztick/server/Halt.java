package io.ztick.server;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;

/// The end of the process at once: nothing is written, closed or waited for any more.
@SuppressWarnings("restricted")
final class Halt {
  private Halt() {}

  /// Ends the process as `_exit` of POSIX does. {@link Runtime#halt} calls `exit`, which waits for
  /// the threads of RocksDB, and they may wait for the JVM, which has stopped: for ever.
  ///
  /// @param code of the exit, 0 to 255
  static void now(int code) {
    try {
      var linker = Linker.nativeLinker();
      var exit = linker.defaultLookup().findOrThrow("_exit");
      linker
          .downcallHandle(exit, FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT))
          .invokeExact(code);
    } catch (Throwable e) {
      // A system without it.
      Runtime.getRuntime().halt(code);
    }
  }
}
