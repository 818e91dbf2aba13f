package io.ztick.scheduler;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Checks the clauses of `RULE SET`, so that what is wrong with one is said when it is set and not
/// when it is due.
final class RunnerParser {

  /// The longest exchange or routing key, a short string of AMQP 0-9-1.
  private static final int MAX_AMQP_NAME_BYTES = 255;

  /// Up to the last `@` in front of the host: words of a `shell` or `direct` clause are no checked
  /// URLs, and may hold one in the user or the password.
  private static final Pattern PASSWORD = Pattern.compile("(://[^/?#\\s:]*:)[^/?#\\s]*@");

  private RunnerParser() {}

  static Runner parse(List<String> clause) throws MalformedRunnerException {
    String name = clause.getFirst();
    List<String> arguments = clause.subList(1, clause.size());
    return switch (name) {
      case "shell" -> shell(arguments);
      case "direct" -> direct(arguments);
      case "http" -> http(arguments);
      case "awf" -> awf(arguments);
      case "amqp" -> amqp(arguments);
      case "redis" -> redis(arguments);
      default ->
          throw new MalformedRunnerException(
              name, "is no runner; shell, direct, http, awf, amqp or redis is expected");
    };
  }

  static String masked(String argument) {
    return PASSWORD.matcher(argument).replaceAll("$1***@");
  }

  private static Runner shell(List<String> arguments) throws MalformedRunnerException {
    String command = String.join(" ", arguments);
    if (command.isBlank()) {
      throw new MalformedRunnerException("shell", "takes a command");
    }
    return new Runner.Shell(command);
  }

  private static Runner direct(List<String> arguments) throws MalformedRunnerException {
    if (arguments.isEmpty() || arguments.getFirst().isEmpty()) {
      throw new MalformedRunnerException("direct", "takes an executable and its arguments");
    }
    return new Runner.Direct(arguments.getFirst(), arguments.subList(1, arguments.size()));
  }

  private static Runner http(List<String> arguments) throws MalformedRunnerException {
    expect(2, arguments, "http", "takes a method and a URL");
    Runner.Http.Method method =
        constant(Runner.Http.Method.values(), arguments.get(0), "is no method of http");
    return new Runner.Http(method, url(arguments.get(1), Set.of("http", "https")));
  }

  private static Runner awf(List<String> arguments) throws MalformedRunnerException {
    // A word that starts with a dash would be an option of awf.
    if (arguments.isEmpty() || arguments.getFirst().matches("(-.*)?")) {
      throw new MalformedRunnerException("awf", "takes a workflow and its inputs");
    }
    List<String> inputs = new ArrayList<>();
    for (int i = 1; i < arguments.size(); i += 2) {
      if (!arguments.get(i).equals("--input")) {
        throw new MalformedRunnerException(arguments.get(i), "stands where --input is expected");
      }
      if (i + 1 == arguments.size() || arguments.get(i + 1).indexOf('=') < 1) {
        String word = i + 1 == arguments.size() ? "--input" : arguments.get(i + 1);
        throw new MalformedRunnerException(word, "stands where key=value is expected");
      }
      inputs.add(arguments.get(i + 1));
    }
    return new Runner.Awf(arguments.getFirst(), inputs);
  }

  private static Runner amqp(List<String> arguments) throws MalformedRunnerException {
    expect(3, arguments, "amqp", "takes a DSN, an exchange and a routing key");
    for (String name : arguments.subList(1, 3)) {
      if (name.getBytes(StandardCharsets.UTF_8).length > MAX_AMQP_NAME_BYTES) {
        throw new MalformedRunnerException(name, "is longer than 255 bytes");
      }
    }
    URI dsn = url(arguments.get(0), Set.of("amqp", "amqps"));
    return new Runner.Amqp(dsn, arguments.get(1), arguments.get(2));
  }

  private static Runner redis(List<String> arguments) throws MalformedRunnerException {
    expect(3, arguments, "redis", "takes a URL, a command and a key");
    URI url = url(arguments.get(0), Set.of("redis", "rediss"));
    Runner.Redis.Verb verb =
        constant(Runner.Redis.Verb.values(), arguments.get(1), "is no command of redis");
    if (arguments.get(2).isEmpty()) {
      throw new MalformedRunnerException("", "stands where a key is expected");
    }
    return new Runner.Redis(url, verb, arguments.get(2));
  }

  private static void expect(int count, List<String> arguments, String runner, String what)
      throws MalformedRunnerException {
    if (arguments.size() != count) {
      throw new MalformedRunnerException(runner, what);
    }
  }

  private static <E extends Enum<E>> E constant(E[] constants, String word, String fault)
      throws MalformedRunnerException {
    for (E constant : constants) {
      if (constant.name().equals(word)) {
        return constant;
      }
    }
    throw new MalformedRunnerException(
        word, fault + "; one of " + Arrays.toString(constants) + " is expected");
  }

  private static URI url(String word, Set<String> schemes) throws MalformedRunnerException {
    try {
      URI url = new URI(word).parseServerAuthority();
      boolean known =
          url.getScheme() != null && schemes.contains(url.getScheme().toLowerCase(Locale.ROOT));
      if (known && url.getHost() != null && url.getPort() != 0 && url.getPort() <= 65_535) {
        return url;
      }
    } catch (URISyntaxException e) {
      // Answered below: the parser's own words would repeat the URL, and with it a password.
    }
    throw new MalformedRunnerException(
        masked(word), "is no URL of " + String.join(" or ", schemes.stream().sorted().toList()));
  }
}
