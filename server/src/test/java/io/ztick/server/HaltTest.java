package io.ztick.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class HaltTest {
  private static final int CODE = 7;

  /// In a JVM of its own, which ends.
  @EnabledOnOs(OS.LINUX)
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  @Test
  void it_does_not_wait_for_a_native_library_that_would_keep_the_process() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                KeptByALibrary.class.getName())
            .inheritIO()
            .start();
    try {
      assertThat(process.waitFor()).isEqualTo(CODE);
    } finally {
      process.destroyForcibly();
    }
  }

  /// Has `exit` wait for ever, as a library does that joins a thread which cannot end.
  static final class KeptByALibrary {
    private KeptByALibrary() {}

    @SuppressWarnings("restricted")
    public static void main(String[] arguments) throws Throwable {
      var linker = Linker.nativeLinker();
      var symbols = linker.defaultLookup();
      var atExit =
          linker.downcallHandle(
              symbols.findOrThrow("__cxa_atexit"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT,
                  ValueLayout.ADDRESS,
                  ValueLayout.ADDRESS,
                  ValueLayout.ADDRESS));
      MemorySegment pause = symbols.findOrThrow("pause");
      int registered = (int) atExit.invokeExact(pause, MemorySegment.NULL, MemorySegment.NULL);
      assertThat(registered).isZero();
      Halt.now(CODE);
    }
  }
}
