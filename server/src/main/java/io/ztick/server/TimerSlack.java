package io.ztick.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// By how much Linux may let a thread sleep longer than it asked for: 50 µs unless told otherwise.
/// Told by a file and not by `prctl`, which needs native calls that a start would wait for.
final class TimerSlack {
  private static final Logger log = LoggerFactory.getLogger(TimerSlack.class);

  /// A link to `<process>/task/<thread>`, whose file exists only under the thread's own number.
  private static final Path THREAD = Path.of("/proc/thread-self");

  private TimerSlack() {}

  /// Lets the calling thread, and those it starts, wake up as exactly as the machine can. Where
  /// that is not allowed, or there is no such thing, everything stays as it is.
  static void remove() {
    try {
      Files.writeString(file(), "1");
    } catch (IOException e) {
      log.debug("timers stay as exact as they are: {}", e.toString());
    }
  }

  /// Of the calling thread, in nanoseconds.
  static Path file() throws IOException {
    Path thread = Files.readSymbolicLink(THREAD).getFileName();
    return Path.of("/proc").resolve(thread).resolve("timerslack_ns");
  }
}
