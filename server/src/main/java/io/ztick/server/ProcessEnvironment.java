package io.ztick.server;

import io.ztick.scheduler.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The environment of the processes of runs: a few variables of the server's own, byte for byte,
/// and what identifies the run. Immutable.
final class ProcessEnvironment {

  private static final Logger log = LoggerFactory.getLogger(ProcessEnvironment.class);

  private static final Path ENVIRON = Path.of("/proc/self/environ");
  private static final Set<String> ALWAYS = Set.of("PATH", "HOME", "USER", "LANG", "TZ");
  private static final String LOCALE_PREFIX = "LC_";

  /// Set by the launcher, to what `LC_ALL` was, when it had to choose a UTF-8 locale for the JVM.
  private static final String HIDDEN_LC_ALL = "ztick.lc_all";

  private static final Set<String> OF_RUN =
      Set.of(
          "ZTICK_JOB_ID", "ZTICK_RULE_ID", "ZTICK_EXECUTION_NS", "ZTICK_RUN_ID", "ZTICK_ATTEMPT");

  private final List<byte[]> inherited;

  /// @param variables `NAME=value`
  /// @param names those that go to processes besides the ones that always do
  ProcessEnvironment(List<byte[]> variables, List<String> names) {
    var wanted = new HashSet<>(ALWAYS);
    wanted.addAll(names);
    wanted.removeAll(OF_RUN);
    inherited = variables.stream().filter(variable -> isWanted(name(variable), wanted)).toList();
  }

  /// With variables that this process was started with.
  static ProcessEnvironment ofServer(List<String> names) {
    List<byte[]> variables = variablesOfServer();
    String launcherHid = System.getProperty(HIDDEN_LC_ALL);
    return new ProcessEnvironment(
        launcherHid == null ? variables : withLcAll(variables, launcherHid), names);
  }

  /// The variables as they were before the launcher gave the JVM a locale of its own.
  static List<byte[]> withLcAll(List<byte[]> variables, String value) {
    var restored = new ArrayList<>(variables);
    restored.removeIf(variable -> name(variable).equals("LC_ALL"));
    if (!value.isEmpty()) {
      restored.add(bytes("LC_ALL=" + value));
    }
    return restored;
  }

  /// Not from `System.getenv`, which reads it by the locale and under `LC_ALL=C` loses every byte
  /// beyond ASCII, nor from the C library, whose functions take long to link.
  private static List<byte[]> variablesOfServer() {
    byte[] environ;
    try {
      environ = Files.readAllBytes(ENVIRON);
    } catch (IOException e) {
      // Where processes cannot be started, or of a Java with rights that its user has not.
      log.warn("{} cannot be read: the variables of runs may lose what is not ASCII", ENVIRON, e);
      return System.getenv().entrySet().stream()
          .map(variable -> bytes(variable.getKey() + "=" + variable.getValue()))
          .toList();
    }
    var variables = new ArrayList<byte[]>();
    int start = 0;
    for (int i = 0; i < environ.length; i++) {
      if (environ[i] == 0) {
        variables.add(Arrays.copyOfRange(environ, start, i));
        start = i + 1;
      }
    }
    return variables;
  }

  private static boolean isWanted(String name, Set<String> wanted) {
    return name.startsWith(LOCALE_PREFIX) || wanted.contains(name);
  }

  private static String name(byte[] variable) {
    int length = 0;
    while (length < variable.length && variable[length] != '=') {
      length++;
    }
    return new String(variable, 0, length, StandardCharsets.UTF_8);
  }

  List<byte[]> of(Run run) {
    var variables = new ArrayList<>(inherited);
    variables.add(bytes("ZTICK_JOB_ID=" + run.job()));
    variables.add(bytes("ZTICK_RULE_ID=" + run.rule().id()));
    variables.add(bytes("ZTICK_EXECUTION_NS=" + run.executionNanos()));
    variables.add(bytes("ZTICK_RUN_ID=" + run.id()));
    variables.add(bytes("ZTICK_ATTEMPT=" + run.attempt()));
    return variables;
  }

  private static byte[] bytes(String variable) {
    return variable.getBytes(StandardCharsets.UTF_8);
  }
}
