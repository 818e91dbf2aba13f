package io.ztick.server;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/// One section of a configuration file. Each key is asked for once, by its type, with its default
/// and its bounds; [#finish] then refuses the keys that nobody asked for.
final class ConfigurationSection {
  private static final Pattern DURATION =
      Pattern.compile(
          "(?=.)(?:(\\d{1,9})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?(?:(\\d{1,9})ms)?");
  private static final List<ChronoUnit> UNITS =
      List.of(
          ChronoUnit.DAYS,
          ChronoUnit.HOURS,
          ChronoUnit.MINUTES,
          ChronoUnit.SECONDS,
          ChronoUnit.MILLIS);

  /// `[IPv6 address]:port` or `host:port`.
  private static final Pattern ADDRESS =
      Pattern.compile("(?:\\[([^\\[\\]]*:[^\\[\\]]*)]|([^:\\[\\]]+)):(\\d{1,5})");

  private static final int MAX_PORT = 65_535;

  private final String name;
  private final TomlTable table;
  private final Path base;
  private final Findings findings;
  private final Set<String> known = new TreeSet<>();
  private final Set<String> former = new TreeSet<>();

  /// Relative paths are relative to `base`.
  ConfigurationSection(String name, TomlTable table, Path base, Findings findings) {
    this.name = name;
    this.table = table;
    this.base = base;
    this.findings = findings;
  }

  /// Turns what TOML holds into what is meant, or says why it cannot.
  interface Reading<T extends @Nullable Object> {
    T of(Object value) throws Refused;
  }

  /// Refuses some of the texts of an array.
  interface Check {
    void accept(String text) throws Refused;
  }

  /// The message names the value and the rule that it breaks.
  static final class Refused extends Exception {
    Refused(String message) {
      super(message);
    }

    Refused(Object value, String rule) {
      this(shown(value) + " " + rule);
    }
  }

  <T extends @Nullable Object> T value(String key, T absent, Reading<T> reading) {
    known.add(key);
    Object value = table.get(List.of(key));
    if (value == null) {
      return absent;
    }
    try {
      return reading.of(value);
    } catch (Refused e) {
      problem(key, String.valueOf(e.getMessage()));
      return absent;
    }
  }

  int integer(String key, int absent, int least, int most) {
    return Math.toIntExact(number(key, absent, least, most));
  }

  long number(String key, long absent, long least, long most) {
    return value(
        key,
        absent,
        value -> {
          if (value instanceof Long number && least <= number && number <= most) {
            return number;
          }
          throw new Refused(value, "is not an integer from " + least + " to " + most);
        });
  }

  /// One of a closed set, by its name in small letters.
  <E extends Enum<E>> E oneOf(String key, E absent) {
    return value(
        key,
        absent,
        value -> {
          List<E> all = List.of(absent.getDeclaringClass().getEnumConstants());
          for (E each : all) {
            if (value.equals(word(each))) {
              return each;
            }
          }
          String names =
              all.stream().map(ConfigurationSection::word).collect(Collectors.joining(", "));
          throw new Refused(value, "is not one of " + names);
        });
  }

  private static String word(Enum<?> each) {
    return each.name().toLowerCase(Locale.ROOT);
  }

  boolean flag(String key, boolean absent) {
    return value(
        key,
        absent,
        value -> {
          if (value instanceof Boolean flag) {
            return flag;
          }
          throw new Refused(value, "is not true or false");
        });
  }

  /// The default and the bounds are written as in the file.
  Duration duration(String key, String absent, String least, String most) {
    return value(
        key,
        length(absent),
        value -> {
          Duration length = parseDuration(value);
          if (length.compareTo(length(least)) < 0 || length.compareTo(length(most)) > 0) {
            throw new Refused(value, "is not between \"" + least + "\" and \"" + most + "\"");
          }
          return length;
        });
  }

  /// A host name is looked up here, once.
  InetSocketAddress address(String key, InetSocketAddress absent) {
    return value(key, absent, ConfigurationSection::parseAddress);
  }

  /// A path, or the name of a credential.
  @Nullable Path file(String key, Credentials credentials) {
    return this.<@Nullable Path>value(
        key,
        null,
        value ->
            value instanceof String text && Credentials.isNamedBy(text)
                ? credentials.file(text(value))
                : parsePath(value));
  }

  Path path(String key, Path absent) {
    return value(key, absent, this::parsePath);
  }

  List<String> texts(String key, List<String> absent, Check check) {
    return value(
        key,
        absent,
        value -> {
          if (value instanceof TomlArray array) {
            return texts(key, array, check);
          }
          throw new Refused(value, "is not an array of texts such as [\"a\", \"b\"]");
        });
  }

  /// A key of the original: its value no longer matters.
  void former(String key, String why) {
    former.add(key);
    if (has(key)) {
      warning(key, why);
    }
  }

  /// To be called when each key has been asked for.
  void finish() {
    for (String key : table.keySet()) {
      if (!known.contains(key) && !former.contains(key)) {
        problem(key, "unknown key; [" + name + "] has " + String.join(", ", known));
      }
    }
  }

  boolean has(String key) {
    return table.contains(List.of(key));
  }

  void problem(String key, String text) {
    findings.problem(position(key), name + "." + LogText.escaped(key) + ": " + text);
  }

  void warning(String key, String text) {
    findings.warning(position(key), name + "." + key + ": " + text);
  }

  /// A value as a message shows it.
  static String shown(Object value) {
    return switch (value) {
      case String text -> "\"" + LogText.escaped(text) + "\"";
      case TomlArray _ -> "an array";
      case TomlTable _ -> "a table";
      default -> value.toString();
    };
  }

  private @Nullable TomlPosition position(String key) {
    return table.inputPositionOf(List.of(key));
  }

  private List<String> texts(String key, TomlArray array, Check check) {
    var texts = new ArrayList<String>();
    for (int i = 0; i < array.size(); i++) {
      try {
        String text = text(array.get(i));
        check.accept(text);
        texts.add(text);
      } catch (Refused e) {
        findings.problem(array.inputPositionOf(i), name + "." + key + ": " + e.getMessage());
      }
    }
    return texts;
  }

  private static String text(Object value) throws Refused {
    if (!(value instanceof String text)) {
      throw new Refused(value, "is not a text in quotes");
    }
    // Neither a path nor an argument of a process can hold it.
    if (text.indexOf('\0') >= 0) {
      throw new Refused(value, "holds a NUL character");
    }
    return text;
  }

  private Path parsePath(Object value) throws Refused {
    String text = text(value);
    if (text.isEmpty()) {
      throw new Refused(value, "is not a path");
    }
    try {
      return base.resolve(text);
    } catch (InvalidPathException e) {
      throw new Refused(value, "is not a path: " + e.getReason());
    }
  }

  private static InetSocketAddress parseAddress(Object value) throws Refused {
    var matcher = ADDRESS.matcher(value instanceof String text ? text : "");
    if (!matcher.matches() || Integer.parseInt(matcher.group(3)) > MAX_PORT) {
      throw new Refused(
          value,
          "is not an address such as \"127.0.0.1:5678\", \"[::1]:5678\", \"host.example:5678\" or"
              + " \"*:5678\"");
    }
    int port = Integer.parseInt(matcher.group(3));
    String host = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
    try {
      String address = host.equals("*") ? allAddresses() : host;
      return new InetSocketAddress(InetAddress.getByName(address), port);
    } catch (UnknownHostException e) {
      throw new Refused(value, "names a host that cannot be found");
    }
  }

  /// A socket of IPv6 takes IPv4 as well, but there must be IPv6 for it.
  private static String allAddresses() {
    try {
      boolean ipv6 =
          NetworkInterface.networkInterfaces()
              .flatMap(NetworkInterface::inetAddresses)
              .anyMatch(Inet6Address.class::isInstance);
      return ipv6 ? "::" : "0.0.0.0";
    } catch (SocketException e) {
      return "0.0.0.0";
    }
  }

  /// A duration from the table of defaults and bounds.
  private static Duration length(String text) {
    try {
      return parseDuration(text);
    } catch (Refused e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static Duration parseDuration(Object value) throws Refused {
    var matcher = DURATION.matcher(value instanceof String text ? text : "");
    if (!matcher.matches()) {
      throw new Refused(value, "is not a duration such as \"250ms\", \"5s\" or \"1h30m\"");
    }
    Duration length = Duration.ZERO;
    for (int i = 0; i < UNITS.size(); i++) {
      String amount = matcher.group(i + 1);
      if (amount != null) {
        length = length.plus(Long.parseLong(amount), UNITS.get(i));
      }
    }
    return length;
  }
}
