package io.ztick.protocol;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads what stands behind `TOKEN`: `CREATE`, `LIST`, `REVOKE` or `ROTATE` and their arguments.
/// What names, rights and times mean is not known here.
final class TokenWords {
  private static final Set<String> CREATE_KEYS =
      Set.of("ttl", "commands", "runners", "from", "note");
  private static final Set<String> ROTATE_KEYS = Set.of("overlap");

  private static final String CREATE =
      "TOKEN CREATE <name> <namespace> [ttl=<time>] [commands=…] [runners=…] [from=…] [note=…]";
  private static final String ROTATE = "TOKEN ROTATE <id or name> [overlap=<time>]";

  private TokenWords() {}

  static Command command(List<String> words) throws Fault {
    String form = words.isEmpty() ? "" : words.getFirst();
    List<String> rest = words.isEmpty() ? words : words.subList(1, words.size());
    return switch (form) {
      case "CREATE" -> create(rest);
      case "LIST" -> list(rest);
      case "REVOKE" -> new Command.TokenRevoke(only(rest));
      case "ROTATE" -> rotate(rest);
      default ->
          throw new Fault(
              "TOKEN is followed by CREATE, LIST, REVOKE or ROTATE, not " + Answers.shown(form));
    };
  }

  private static Command create(List<String> words) throws Fault {
    if (words.size() < 2) {
      throw new Fault("a name and a namespace are expected: " + CREATE);
    }
    Map<String, String> options = options(words.subList(2, words.size()), CREATE_KEYS, CREATE);
    String ttl = options.get("ttl");
    return new Command.TokenCreate(
        words.get(0),
        words.get(1),
        ttl == null ? null : length(ttl),
        options.get("commands"),
        options.get("runners"),
        options.get("from"),
        options.getOrDefault("note", ""));
  }

  private static Command list(List<String> words) throws Fault {
    if (!words.isEmpty()) {
      throw new Fault("TOKEN LIST takes no more words, not " + Answers.shown(words.getFirst()));
    }
    return new Command.TokenList();
  }

  private static String only(List<String> words) throws Fault {
    if (words.size() != 1) {
      throw new Fault("one id or name is expected: TOKEN REVOKE <id or name>");
    }
    return words.getFirst();
  }

  private static Command rotate(List<String> words) throws Fault {
    if (words.isEmpty()) {
      throw new Fault("an id or a name is expected: " + ROTATE);
    }
    Map<String, String> options = options(words.subList(1, words.size()), ROTATE_KEYS, ROTATE);
    String overlap = options.get("overlap");
    return new Command.TokenRotate(words.getFirst(), overlap == null ? null : length(overlap));
  }

  private static Map<String, String> options(List<String> words, Set<String> keys, String usage)
      throws Fault {
    Map<String, String> options = new HashMap<>();
    for (String word : words) {
      int end = word.indexOf('=');
      if (end < 0 || !keys.contains(word.substring(0, end))) {
        throw new Fault(Answers.shown(word) + " is none of " + usage);
      }
      if (options.put(word.substring(0, end), word.substring(end + 1)) != null) {
        throw new Fault(word.substring(0, end) + " is there twice");
      }
    }
    return options;
  }

  private static Duration length(String text) throws Fault {
    return Duration.ofNanos(Times.length(text));
  }
}
