package io.ztick.protocol;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The command names: upper case and exact. A word is a command name by its text, quoted or not.
enum Verb {
  AUTH("[<secret>]"),
  SET("<job> <time>"),
  GET("<job>"),
  SHOW("<job>"),
  QUERY("[<prefix>]"),
  REMOVE("<job>"),
  RULE("SET <rule> <pattern> <runner> <arguments…>"),
  REMOVERULE("<rule>"),
  LISTRULES(""),
  STAT(""),
  DUE("[<n>] [<prefix>]"),
  BACKUP("<name>"),
  RELOAD(""),
  TOKEN("CREATE|LIST|REVOKE|ROTATE <arguments…>"),
  WHOAMI(""),
  CAN("<command> [<identifier>]"),
  PING(""),
  HELP(""),
  QUIT(""),
  KILL,
  LOG,
  NEXT,
  PAUSE,
  REPLAY,
  RESUME,
  RUN,
  RUNS,
  WATCH;

  private static final int LONGEST = 10;

  /// By length of the name, so that most words are told apart from every command without looking at
  /// them.
  private static final Verb[][] BY_LENGTH = byLength();

  private final @Nullable String arguments;

  /// A reserved name: `unknown_command` until it exists.
  Verb() {
    this.arguments = null;
  }

  Verb(String arguments) {
    this.arguments = arguments;
  }

  boolean exists() {
    return arguments != null;
  }

  /// The command and its arguments as a person writes them.
  String usage() {
    return arguments == null || arguments.isEmpty() ? name() : name() + " " + arguments;
  }

  /// Whether it names a job or a rule.
  boolean takesIdentifier() {
    return switch (this) {
      case SET, GET, SHOW, REMOVE, RULE, REMOVERULE -> true;
      case AUTH,
          QUERY,
          LISTRULES,
          STAT,
          DUE,
          BACKUP,
          RELOAD,
          TOKEN,
          WHOAMI,
          CAN,
          PING,
          HELP,
          QUIT ->
          false;
      case KILL, LOG, NEXT, PAUSE, REPLAY, RESUME, RUN, RUNS, WATCH -> false;
    };
  }

  /// Whether a line that starts with this name never has a request id.
  boolean ruleOutRequestId() {
    return switch (this) {
      case AUTH, RULE, CAN, SHOW, TOKEN, HELP -> true;
      case SET, GET, QUERY, REMOVE, REMOVERULE, LISTRULES, STAT, PING, QUIT -> false;
      case BACKUP, DUE, KILL, LOG, NEXT, PAUSE, RELOAD, REPLAY, RESUME, RUN, RUNS, WATCH, WHOAMI ->
          false;
    };
  }

  static @Nullable Verb of(byte[] bytes, int from, int to) {
    int length = to - from;
    if (length < 1 || length > LONGEST) {
      return null;
    }
    for (Verb verb : BY_LENGTH[length]) {
      if (verb.isAt(bytes, from)) {
        return verb;
      }
    }
    return null;
  }

  private boolean isAt(byte[] bytes, int from) {
    String name = name();
    for (int i = 0; i < name.length(); i++) {
      if (bytes[from + i] != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static Verb[][] byLength() {
    var table = new Verb[LONGEST + 1][];
    for (int length = 0; length <= LONGEST; length++) {
      List<Verb> verbs = new ArrayList<>();
      for (Verb verb : values()) {
        if (verb.name().length() == length) {
          verbs.add(verb);
        }
      }
      table[length] = verbs.toArray(Verb[]::new);
    }
    return table;
  }
}
