package io.ztick.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Reads what a line says: its request id, its command and the arguments, by the wire page. Reused
/// from line to line; confined to its caller's thread.
public final class LineParser {

  /// The longest request id in bytes.
  static final int MAX_REQUEST_ID_BYTES = 128;

  /// The longest identifier or pattern in bytes.
  static final int MAX_IDENTIFIER_BYTES = 255;

  /// The most jobs that a `DUE` lists.
  static final int MAX_DUE_JOBS = 1000;

  private static final int DEFAULT_DUE_JOBS = 10;

  private static final Pattern NUMBER = Pattern.compile("[0-9]+");

  private static final Pattern BACKUP_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  private static final String COMMANDS =
      Arrays.stream(Verb.values())
          .filter(Verb::exists)
          .map(Verb::name)
          .collect(Collectors.joining(" ", "the commands are ", ""));

  private final Words words = new Words();

  /// Reads a line.
  ///
  /// @param bytes holds the line from `from` to `to`, without its line feed
  /// @param nowNanos the time that `now` and `+…` count from, nanoseconds since the epoch
  /// @return nothing for a blank line, which gets no answer
  public @Nullable Message parse(byte[] bytes, int from, int to, long nowNanos) {
    words.split(bytes, from, to);
    if (words.count() == 0 && words.fault() == null) {
      return null;
    }
    if (words.count() > 0 && words.verb(0) == Verb.AUTH && words.isText()) {
      return new Message.Request(null, auth(to));
    }
    return message(words.fault(), ErrorCode.BAD_REQUEST, nowNanos);
  }

  /// Reads the beginning of a line that is refused whatever it says, for the request id of the
  /// answer.
  public Message refuse(byte[] bytes, int from, int to, ErrorCode code, String sentence) {
    words.splitBeginning(bytes, from, to);
    return message(sentence, code, 0);
  }

  /// What a person may type, a line for each form of a command, for the rows of `HELP`.
  public static List<String> usages() {
    return Arrays.stream(Verb.values()).filter(Verb::exists).map(Verb::usage).toList();
  }

  private Message message(@Nullable String fault, ErrorCode code, long nowNanos) {
    if (words.count() == 0) {
      return refused(null, code, String.valueOf(fault));
    }
    String first = words.text(0);
    if (first.equals("POST") || first.equalsIgnoreCase("Host:")) {
      return new Message.Refused(null, ErrorCode.BAD_REQUEST, "this is not an HTTP port", true);
    }
    int verbIndex = verbIndex();
    String id = verbIndex == 0 ? null : first;
    if (id != null && !isRequestId(id)) {
      id = null;
      if (fault == null && verbIndex > 0) {
        fault = "a request id has 1 to 128 bytes and no control characters";
      }
    }
    if (fault != null) {
      return refused(verbIndex < 0 ? null : id, code, fault);
    }
    Verb verb = verbIndex < 0 ? null : words.verb(verbIndex);
    if (verb == null || !verb.exists()) {
      return refused(id, ErrorCode.UNKNOWN_COMMAND, COMMANDS);
    }
    try {
      return new Message.Request(id, command(verb, verbIndex + 1, nowNanos));
    } catch (Fault e) {
      return refused(id, ErrorCode.BAD_REQUEST, e.sentence());
    }
  }

  /// Where the command name stands: 1 behind a request id, 0 without one, -1 when there is none.
  private int verbIndex() {
    Verb first = words.verb(0);
    if (first != null && first.ruleOutRequestId()) {
      return 0;
    }
    if (words.count() > 1 && words.verb(1) != null) {
      return 1;
    }
    return first == null ? -1 : 0;
  }

  private Command.Auth auth(int end) {
    byte[] secret =
        words.restIsOneQuotedWord()
            ? words.text(1).getBytes(StandardCharsets.UTF_8)
            : words.rawRest(end);
    return new Command.Auth(new Secret(secret));
  }

  private Command command(Verb verb, int first, long nowNanos) throws Fault {
    return switch (verb) {
      case SET -> set(first, nowNanos);
      case GET -> new Command.Get(only("job", verb, first));
      case SHOW -> new Command.Show(only("job", verb, first));
      case REMOVE -> new Command.Remove(only("job", verb, first));
      case REMOVERULE -> new Command.RemoveRule(only("rule", verb, first));
      case QUERY -> query(first);
      case RULE -> rule(first);
      case LISTRULES -> alone(verb, first, new Command.ListRules());
      case STAT -> alone(verb, first, new Command.Stat());
      case RELOAD -> alone(verb, first, new Command.Reload());
      case TOKEN -> TokenWords.command(words.texts(first));
      case WHOAMI -> alone(verb, first, new Command.WhoAmI());
      case CAN -> can(first);
      case PING -> alone(verb, first, new Command.Ping());
      case HELP -> alone(verb, first, new Command.Help());
      case QUIT -> alone(verb, first, new Command.Quit());
      case AUTH -> throw new Fault("AUTH takes no request id");
      case DUE -> due(first);
      case BACKUP -> backup(first);
      case KILL, LOG, NEXT, PAUSE, REPLAY, RESUME, RUN, RUNS, WATCH ->
          throw new AssertionError(verb);
    };
  }

  private Command set(int first, long nowNanos) throws Fault {
    int count = words.count() - first;
    if (count < 2 || count > 3) {
      throw new Fault("a job and a time are expected: " + Verb.SET.usage());
    }
    String job = identifier("job", first);
    if (count == 2 && words.isDecimal(first + 1)) {
      return new Command.Set(job, words.decimal(first + 1));
    }
    String time = String.join(" ", words.texts(first + 1));
    return new Command.Set(job, Times.parse(time, nowNanos));
  }

  private Command query(int first) throws Fault {
    int count = words.count() - first;
    if (count > 1) {
      throw new Fault("at most one word is expected: " + Verb.QUERY.usage());
    }
    return new Command.Query(count == 0 ? "" : prefix(first));
  }

  /// A first word of digits is the number, so a prefix of digits needs a number in front of it.
  private Command due(int first) throws Fault {
    int count = words.count() - first;
    if (count > 2) {
      throw new Fault("at most two words are expected: " + Verb.DUE.usage());
    }
    boolean limited = count > 0 && NUMBER.matcher(words.text(first)).matches();
    if (count == 2 && !limited) {
      throw new Fault(
          "a number and a prefix are expected, not " + Answers.shown(words.text(first)));
    }
    int limit = limited ? limit(words.text(first)) : DEFAULT_DUE_JOBS;
    int prefix = limited ? first + 1 : first;
    return new Command.Due(limit, prefix < words.count() ? prefix(prefix) : "");
  }

  private static int limit(String number) throws Fault {
    // Longer ones would not fit, and ones with leading zeros are longer for nothing.
    int limit = number.length() > 9 ? 0 : Integer.parseInt(number);
    if (limit < 1 || limit > MAX_DUE_JOBS) {
      throw new Fault("1 to " + MAX_DUE_JOBS + " jobs can be listed, not " + Answers.shown(number));
    }
    return limit;
  }

  private String prefix(int index) {
    String prefix = words.text(index);
    return prefix.endsWith("*") ? prefix.substring(0, prefix.length() - 1) : prefix;
  }

  private Command backup(int first) throws Fault {
    if (words.count() != first + 1) {
      throw new Fault("one name is expected: " + Verb.BACKUP.usage());
    }
    String name = words.text(first);
    if (!BACKUP_NAME.matcher(name).matches()) {
      throw new Fault(
          "a name has 1 to 64 of A-Z a-z 0-9 . _ - and begins with a letter or digit, not "
              + Answers.shown(name));
    }
    return new Command.Backup(name);
  }

  private Command can(int first) throws Fault {
    int count = words.count() - first;
    if (count < 1 || count > 2) {
      throw new Fault("a command and an identifier are expected: " + Verb.CAN.usage());
    }
    Verb verb = words.verb(first);
    if (verb == null || !verb.exists()) {
      throw new Fault("CAN is followed by a command, not " + Answers.shown(words.text(first)));
    }
    if (count == 2) {
      return new Command.Can(verb.name(), identifier("job or rule", first + 1));
    }
    if (verb.takesIdentifier()) {
      throw new Fault("CAN " + verb + " is followed by a job or a rule: " + Verb.CAN.usage());
    }
    return new Command.Can(verb.name(), null);
  }

  private Command rule(int first) throws Fault {
    int count = words.count() - first;
    String form = count == 0 ? "" : words.text(first);
    return switch (form) {
      case "SET" -> ruleSet(first + 1);
      case "REMOVE" -> new Command.RemoveRule(only("rule", Verb.REMOVERULE, first + 1));
      case "LIST" -> alone(Verb.LISTRULES, first + 1, new Command.ListRules());
      default ->
          throw new Fault("RULE is followed by SET, REMOVE or LIST, not " + Answers.shown(form));
    };
  }

  private Command ruleSet(int first) throws Fault {
    if (words.count() - first < 3) {
      throw new Fault("a rule, a pattern and a runner are expected: " + Verb.RULE.usage());
    }
    String rule = identifier("rule", first);
    String pattern = identifier("pattern", first + 1);
    return new Command.RuleSet(rule, pattern, clause(first + 2));
  }

  private List<String> clause(int first) throws Fault {
    List<String> clause = words.texts(first);
    for (String word : clause) {
      if (word.indexOf('\0') >= 0) {
        throw new Fault("the word " + Answers.shown(word) + " holds a NUL");
      }
    }
    return clause;
  }

  private Command alone(Verb verb, int first, Command command) throws Fault {
    if (words.count() > first) {
      throw new Fault(verb + " takes no more words, not " + Answers.shown(words.text(first)));
    }
    return command;
  }

  private String only(String what, Verb verb, int first) throws Fault {
    if (words.count() != first + 1) {
      throw new Fault("one " + what + " is expected: " + verb.usage());
    }
    return identifier(what, first);
  }

  private String identifier(String what, int index) throws Fault {
    String word = words.text(index);
    if (word.isEmpty() || exceeds(word, MAX_IDENTIFIER_BYTES) || hasControl(word)) {
      throw new Fault(
          "a "
              + what
              + " has 1 to 255 bytes and no control characters, not "
              + Answers.shown(word));
    }
    return word;
  }

  private static boolean isRequestId(String word) {
    return !word.isEmpty() && !exceeds(word, MAX_REQUEST_ID_BYTES) && !hasControl(word);
  }

  private static boolean exceeds(String word, int maxBytes) {
    // A UTF-16 unit is one to three bytes of UTF-8, so most words need not be encoded to be
    // measured.
    return word.length() > maxBytes
        || (word.length() > maxBytes / 3
            && word.getBytes(StandardCharsets.UTF_8).length > maxBytes);
  }

  private static boolean hasControl(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (Character.isISOControl(word.charAt(i))) {
        return true;
      }
    }
    return false;
  }

  private static Message.Refused refused(@Nullable String id, ErrorCode code, String sentence) {
    return new Message.Refused(id, code, sentence, false);
  }
}
