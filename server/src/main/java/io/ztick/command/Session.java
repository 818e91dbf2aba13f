package io.ztick.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What surrounds a use of the command.
///
/// @param out bytes, because ids are UTF-8 whatever the locale
/// @param errors for one sentence a line
/// @param onTerminal whether a person looks at `out`
record Session(
    InputStream in,
    OutputStream out,
    PrintWriter errors,
    Map<String, String> environment,
    InstantSource clock,
    boolean onTerminal) {

  private static final int STDIN = 0;
  private static final int STDOUT = 1;

  static Session ofProcess(OutputStream out, PrintWriter errors) {
    return new Session(
        System.in, out, errors, System.getenv(), InstantSource.system(), isTerminal(STDOUT));
  }

  /// A variable that is set and not empty.
  @Nullable String variable(String name) {
    String value = environment.get(name);
    return value == null || value.isEmpty() ? null : value;
  }

  /// The directory of ztick for files of one kind, whether it exists or not.
  ///
  /// @param variable where the user may say where such directories are
  /// @param unlessSet where they are otherwise, in the user's home
  Path directory(String variable, String unlessSet) {
    String base = variable(variable);
    // A relative one is to be ignored, says the XDG specification of these directories.
    Path parent =
        base != null && base.startsWith("/")
            ? Path.of(base)
            : Path.of(System.getProperty("user.home")).resolve(unlessSet);
    return parent.resolve("ztick");
  }

  /// Whether colours and other escape sequences are welcome. See no-color.org.
  boolean isColoured() {
    return onTerminal && variable("NO_COLOR") == null && !"dumb".equals(environment.get("TERM"));
  }

  /// Whether a person types and looks.
  boolean isInteractive() {
    return onTerminal && isTerminal(STDIN);
  }

  /// Prints text as UTF-8.
  void print(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Prints a line.
  void line(String line) throws IOException {
    print(line + "\n");
  }

  /// `System.console()` would want both stdin and stdout to be terminals. Where there is no `/proc`
  /// everything is plain.
  private static boolean isTerminal(int descriptor) {
    try {
      Path target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor));
      return target.startsWith("/dev/pts")
          || target.toString().startsWith("/dev/tty")
          || target.equals(Path.of("/dev/console"));
    } catch (IOException e) {
      return false;
    }
  }
}
