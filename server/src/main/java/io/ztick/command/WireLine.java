package io.ztick.command;

import io.ztick.protocol.Words;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A line in the language of the wire, as somebody typed it.
///
/// @param requestId what the answer is to begin with, if anything
/// @param words the command and its arguments
/// @param secret what stands behind `AUTH`
/// @param fault why it is no line, if it is none
record WireLine(
    @Nullable String requestId,
    List<String> words,
    @Nullable String secret,
    @Nullable String fault) {

  /// The commands of a server, as a person completes them.
  static final List<String> COMMANDS =
      List.of(
          "AUTH",
          "BACKUP",
          "CAN",
          "DUE",
          "GET",
          "HELP",
          "LISTRULES",
          "PING",
          "QUERY",
          "QUIT",
          "RELOAD",
          "REMOVE",
          "REMOVERULE",
          "RULE",
          "SET",
          "SHOW",
          "STAT",
          "TOKEN",
          "WHOAMI");

  /// What stands behind these is upper case too.
  private static final Set<String> OF_TWO_WORDS = Set.of("CAN", "RULE", "TOKEN");

  /// Lines that begin with these have no request id.
  private static final Set<String> WITHOUT_ID =
      Set.of("AUTH", "RULE", "CAN", "SHOW", "TOKEN", "HELP");

  /// As the server has it.
  private static final int LONGEST_ID_BYTES = 128;

  private static final Pattern BEFORE_SECRET =
      Pattern.compile("\\b(AUTH|TOKEN)\\b", Pattern.CASE_INSENSITIVE);

  private static final Pattern PASSWORD_IN_URL = Pattern.compile("://[^/\\s]*@");

  static WireLine parse(String line) {
    return parse(line.getBytes(StandardCharsets.UTF_8));
  }

  /// A line as it came, without its end: what is not UTF-8 is a fault of it.
  static WireLine parse(byte[] bytes) {
    String line = new String(bytes, StandardCharsets.UTF_8);
    var words = new Words();
    words.split(bytes, 0, bytes.length);
    List<String> texts = words.texts(0);
    if (words.fault() != null) {
      return new WireLine(null, texts, null, words.fault());
    }
    if (texts.isEmpty()) {
      return new WireLine(null, texts, null, null);
    }
    String first = texts.getFirst();
    if (name(first).equals("AUTH")) {
      return logIn(line.strip().substring(line.strip().indexOf(' ') + 1), texts);
    }
    boolean hasId =
        texts.size() > 1 && !WITHOUT_ID.contains(first) && COMMANDS.contains(texts.get(1));
    // `set get now` plans the job `get`: a courtesy must not turn a line into another one.
    if (hasId && texts.get(1).equals("AUTH")) {
      return new WireLine(first, List.of(), null, "AUTH takes no request id");
    }
    if (hasId && !isRequestId(first)) {
      return new WireLine(
          null, List.of(), null, "a request id has 1 to 128 bytes and no control characters");
    }
    if (hasId) {
      return new WireLine(first, texts.subList(1, texts.size()), null, null);
    }
    var named = new ArrayList<>(texts);
    named.set(0, name(first));
    if (OF_TWO_WORDS.contains(named.getFirst()) && named.size() > 1) {
      named.set(1, named.get(1).toUpperCase(Locale.ROOT));
    }
    return new WireLine(null, List.copyOf(named), null, null);
  }

  /// A secret may hold spaces, as it is or in quotes.
  private static WireLine logIn(String rest, List<String> texts) {
    String secret = texts.size() == 2 ? texts.get(1) : rest.strip();
    String fault = texts.size() < 2 || secret.isBlank() ? "a secret is expected behind AUTH" : null;
    return new WireLine(null, List.of("AUTH"), secret, fault);
  }

  boolean isBlank() {
    return words.isEmpty() && fault == null;
  }

  boolean isAuth() {
    return secret != null;
  }

  boolean isQuit() {
    return isCommand("QUIT");
  }

  /// Whether its answer may be longer than memory.
  boolean isListing() {
    return isCommand("QUERY") || isCommand("LISTRULES") || words.equals(List.of("RULE", "LIST"));
  }

  private boolean isCommand(String name) {
    return !words.isEmpty() && words.getFirst().equals(name);
  }

  /// A command name in any case, as the server wants it.
  private static String name(String word) {
    String upper = word.toUpperCase(Locale.ROOT);
    return COMMANDS.contains(upper) ? upper : word;
  }

  /// Whether the line holds a secret that must not be kept: that of a login, or a password in a
  /// URL.
  static boolean isSecret(String line) {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    var words = new Words();
    words.split(bytes, 0, bytes.length);
    if (words.texts(0).stream().limit(2).anyMatch(WireLine::announcesSecret)) {
      return true;
    }
    // A quote that somebody forgot makes the words uncertain.
    boolean torn = words.fault() != null && BEFORE_SECRET.matcher(line).find();
    return torn || PASSWORD_IN_URL.matcher(line).find();
  }

  private static boolean isRequestId(String word) {
    int bytes = word.getBytes(StandardCharsets.UTF_8).length;
    return bytes > 0
        && bytes <= LONGEST_ID_BYTES
        && word.codePoints().noneMatch(Character::isISOControl);
  }

  private static boolean announcesSecret(String word) {
    return word.equalsIgnoreCase("AUTH") || word.equalsIgnoreCase("TOKEN");
  }

  /// Without the secret.
  @Override
  public String toString() {
    return isAuth() ? "AUTH ***" : Texts.words(words);
  }
}
