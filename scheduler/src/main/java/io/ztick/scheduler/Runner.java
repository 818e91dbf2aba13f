package io.ztick.scheduler;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// What a rule does: the clause `<runner> <arguments…>` of `RULE SET`, checked and in parts.
public sealed interface Runner {

  /// Every runner's name.
  Set<String> NAMES = Set.of("shell", "direct", "http", "awf", "amqp", "redis");

  /// The runners that start a process as the server's user.
  Set<String> PROCESSES = Set.of("shell", "direct", "awf");

  /// The runners whose clauses are checked but which this version cannot run.
  Set<String> NOT_YET = Set.of("amqp", "redis");

  /// The runner's name, the first word of its clause.
  String name();

  /// The words behind the name, as `LISTRULES` shows them and `RULE SET` takes them, passwords
  /// included.
  List<String> arguments();

  /// Reads a clause.
  ///
  /// @param clause `<runner> <arguments…>`, at least the runner's name
  /// @throws MalformedRunnerException when it names no runner or the arguments are not those of the
  ///   runner
  static Runner parse(List<String> clause) throws MalformedRunnerException {
    return RunnerParser.parse(clause);
  }

  /// The {@link #arguments()} as they may be shown: a password inside a URL is `***`.
  default List<String> shownArguments() {
    return arguments().stream().map(RunnerParser::masked).toList();
  }

  /// `path args… <command>` with `path` and `args` of `[shell]`.
  record Shell(String command) implements Runner {
    @Override
    public String name() {
      return "shell";
    }

    @Override
    public List<String> arguments() {
      return List.of(command);
    }
  }

  /// A program, looked up in PATH when it has no `/`, without a shell.
  record Direct(String executable, List<String> rest) implements Runner {
    public Direct {
      rest = List.copyOf(rest);
    }

    @Override
    public String name() {
      return "direct";
    }

    @Override
    public List<String> arguments() {
      return prepended(executable, rest);
    }
  }

  /// An HTTP call.
  record Http(Method method, URI url) implements Runner {

    /// The methods a clause may name.
    public enum Method {
      GET,
      POST,
      PUT,
      DELETE
    }

    @Override
    public String name() {
      return "http";
    }

    @Override
    public List<String> arguments() {
      return List.of(method.name(), url.toString());
    }
  }

  /// `awf run <workflow> [--input <key=value>]…`.
  record Awf(String workflow, List<String> inputs) implements Runner {
    public Awf {
      inputs = List.copyOf(inputs);
    }

    @Override
    public String name() {
      return "awf";
    }

    @Override
    public List<String> arguments() {
      var words = new ArrayList<String>();
      words.add(workflow);
      for (String input : inputs) {
        words.add("--input");
        words.add(input);
      }
      return words;
    }
  }

  /// Publishes the job id to an exchange.
  record Amqp(URI dsn, String exchange, String routingKey) implements Runner {
    @Override
    public String name() {
      return "amqp";
    }

    @Override
    public List<String> arguments() {
      return List.of(dsn.toString(), exchange, routingKey);
    }
  }

  /// Sends one command with the job id.
  record Redis(URI url, Verb verb, String key) implements Runner {

    /// The commands a clause may name.
    public enum Verb {
      PUBLISH,
      RPUSH,
      LPUSH,
      SET
    }

    @Override
    public String name() {
      return "redis";
    }

    @Override
    public List<String> arguments() {
      return List.of(url.toString(), verb.name(), key);
    }
  }

  private static List<String> prepended(String first, List<String> rest) {
    var words = new ArrayList<String>(rest.size() + 1);
    words.add(first);
    words.addAll(rest);
    return words;
  }
}
