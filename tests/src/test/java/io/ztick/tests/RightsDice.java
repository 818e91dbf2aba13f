package io.ztick.tests;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;

/// Throws rights, identifiers and lines, most of them at the edges of namespaces.
final class RightsDice {
  private static final List<String> NAMESPACES =
      List.of("a", "a.", "a.b", "a.b.", "a.b.c.", "ab", "ab.", "b.", "b.a.", "ruler.", "é.", "*");
  private static final int MAX_NAMESPACE = 12;
  private static final List<String> SUFFIXES =
      List.of("", "x", "y z", "b", "b.", "b.x", "c.1", ".");
  private static final List<String> PARTS = List.of("", "", "b.", "x.");
  private static final List<String> ELSEWHERE = List.of("rule.", "rule", "x", "*", ".", "A.x");
  private static final List<String> MALFORMED =
      List.of(
          "SET",
          "SET a.x",
          "SET a.x never",
          "SET b.x 2099-02-30",
          "GET",
          "GET a. b.",
          "SHOW",
          "REMOVE a. b.",
          "QUERY a. b.",
          "DUE 0",
          "DUE 1001 a.",
          "RULE",
          "RULE SET a. a.",
          "RULE SET a. a. teleport x",
          "RULE SET a. a. http FETCH http://x/",
          "RULE REMOVE",
          "REMOVERULE",
          "LISTRULES a.",
          "STAT a.",
          "BACKUP",
          "RELOAD a.",
          "TOKEN",
          "TOKEN LIST a.",
          "TOKEN REVOKE",
          "TOKEN ROTATE",
          "TOKEN CREATE x",
          "TOKEN CREATE x a. power=all",
          "WHOAMI a.",
          "CAN",
          "CAN SET",
          "CAN FLY a.");
  private static final List<ModelRights.Range> RANGES =
      List.of(
          range(10, 0, 16), range(20, 0, 16), range(10, 5, 24), range(20, 9, 24), range(0, 0, 8));

  private static final List<String> ASKED =
      List.of(
          "SET GET SHOW QUERY DUE REMOVE RULE REMOVERULE LISTRULES STAT BACKUP RELOAD TOKEN PING"
              .split(" ", -1));

  /// In the year 2096.
  private static final long FAR_NANOS = 4_000_000_000_000_000_000L;

  private final Random random;
  private final List<String> clauses;

  /// @param fire a program that rules of the runner shell start
  RightsDice(Random random, String fire) {
    this.random = random;
    clauses =
        List.of(
            "shell " + fire,
            "direct true",
            "direct false",
            "http GET http://127.0.0.1:1/x",
            "awf none");
  }

  private static ModelRights.Range range(int second, int third, int bits) {
    return new ModelRights.Range(127 << 24 | second << 16 | third << 8, bits);
  }

  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  int upTo(int last) {
    return 1 + random.nextInt(last);
  }

  <T> T of(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  String secret() {
    return "secret-%016x".formatted(random.nextLong());
  }

  ModelRights rights() {
    String namespace = of(NAMESPACES);
    SortedSet<String> commands = ModelRights.allCommands(namespace);
    if (chance(60)) {
      commands = part(ModelRights.COMMANDS, 70);
      commands.remove(of(List.of("STAT", "DUE", "SHOW", "TOKEN")));
    }
    long day = Duration.ofDays(1).toNanos();
    long now = seconds(nowNanos());
    boolean later = chance(5);
    boolean over = !later && chance(7);
    return new ModelRights(
        namespace,
        commands,
        chance(50) ? ModelRights.allRunners() : runners(ModelRights.RUNNERS),
        chance(60) ? List.of(ModelRights.Range.ALL) : ranges(),
        later ? now + day : chance(90) ? 0 : now - 2 * day,
        over ? now - day : chance(80) ? ModelRights.NEVER : now + 2 * day);
  }

  /// Rights with somewhat less than those; what is made by their token has less then, too.
  ModelRights narrowed(ModelRights rights) {
    SortedSet<String> commands = part(rights.commands(), 90);
    if (commands.equals(ModelRights.allCommands(rights.namespace()))) {
      commands.remove("STAT");
    }
    long soon = seconds(nowNanos()) + Duration.ofHours(9).toNanos();
    boolean ends = chance(30) && rights.notBeforeNanos() < soon;
    return new ModelRights(
        within(rights.namespace()),
        commands,
        chance(50) ? rights.runners() : runners(rights.runners()),
        chance(70) ? rights.from() : ranges(),
        rights.notBeforeNanos(),
        ends ? Math.min(rights.expiresNanos(), soon) : rights.expiresNanos());
  }

  private String within(String namespace) {
    if (namespace.equals("*")) {
      return of(NAMESPACES);
    }
    return namespace.length() < MAX_NAMESPACE ? namespace + of(PARTS) : namespace;
  }

  static long nowNanos() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000 + now.getNano();
  }

  private static long seconds(long nanos) {
    return nanos - nanos % 1_000_000_000;
  }

  private SortedSet<String> part(Collection<String> all, int percent) {
    SortedSet<String> part = new TreeSet<>();
    for (String one : new TreeSet<>(all)) {
      if (chance(percent)) {
        part.add(one);
      }
    }
    return part;
  }

  /// Never all of them: a list of all is not told from the star.
  private SortedSet<String> runners(Collection<String> all) {
    SortedSet<String> part = part(all, 60);
    part.remove("*");
    part.remove(of(ModelRights.RUNNERS));
    return part;
  }

  private List<ModelRights.Range> ranges() {
    ModelRights.Range first = of(RANGES);
    ModelRights.Range second = of(RANGES);
    return first.holds(second) || second.holds(first)
        ? List.of(first)
        : List.of(first, second).stream().sorted(ModelRights::compare).toList();
  }

  /// An address of this machine, as often as not of the ranges.
  int address(List<ModelRights.Range> ranges) {
    boolean anywhere = ranges.isEmpty() || chance(30);
    ModelRights.Range range = anywhere ? ModelRights.Range.ALL : of(ranges);
    int free = range.bits() == 0 ? 8 : range.bits();
    int base = range.bits() == 0 ? 127 << 24 : range.base();
    return base | random.nextInt(2, (1 << (32 - free)) - 1);
  }

  /// Some of what a maker may hand out.
  ModelRights childOf(ModelRights maker) {
    String namespace = within(maker.namespace());
    SortedSet<String> commands = part(maker.commands(), 75);
    if (commands.equals(ModelRights.allCommands(namespace))) {
      commands.remove("STAT");
    }
    ModelRights.Range from = of(maker.from());
    return new ModelRights(
        namespace,
        commands,
        maker.runners().contains("*") && chance(50)
            ? ModelRights.allRunners()
            : runners(maker.runners()),
        List.of(from.bits() == 0 && chance(30) ? of(RANGES) : from),
        0,
        ModelRights.NEVER);
  }

  /// An identifier, rather one of the namespace than not.
  String id(String namespace) {
    String start = namespace.equals("*") || chance(30) ? of(NAMESPACES) : namespace;
    String id =
        switch (random.nextInt(12)) {
          case 0 -> of(ELSEWHERE);
          case 1 -> start.substring(0, start.length() - 1);
          case 2 -> start.substring(0, start.length() - 1) + (char) (1 + last(start));
          case 3, 4 -> "rule." + start + of(SUFFIXES);
          default -> start + of(SUFFIXES);
        };
    return id.isEmpty() ? "x" : id;
  }

  private static char last(String text) {
    return text.charAt(text.length() - 1);
  }

  String malformed() {
    return of(MALFORMED);
  }

  /// The words of a line that the model answers.
  ///
  /// @param targets names and ids of tokens
  List<String> words(ModelRights rights, List<String> targets) {
    String namespace = rights.namespace();
    String id = id(namespace);
    return switch (random.nextInt(32)) {
      case 0, 1, 2, 3, 4, 5 -> List.of("SET", id, Long.toString(FAR_NANOS + random.nextInt(40)));
      case 6, 7, 8 -> List.of("GET", id);
      case 9 -> List.of("SHOW", id);
      case 10, 11, 12 -> List.of("REMOVE", id);
      case 13 -> chance(20) ? List.of("QUERY") : List.of("QUERY", prefix(namespace));
      case 14 -> List.of("DUE", Integer.toString(upTo(20)), prefix(namespace));
      case 15 -> chance(50) ? List.of("DUE") : List.of("DUE", Integer.toString(upTo(20)));
      case 16, 17, 18, 19, 20 -> ruleSet(id, pattern(namespace));
      case 21, 22 -> List.of("REMOVERULE", id);
      case 23 -> List.of("RULE", "REMOVE", id);
      case 24 -> chance(50) ? List.of("LISTRULES") : List.of("RULE", "LIST");
      case 25 -> List.of("STAT");
      case 26 -> List.of("WHOAMI");
      case 27, 28 -> List.of("CAN", of(ASKED), id);
      case 29 -> List.of("TOKEN", of(List.of("REVOKE", "ROTATE")), of(targets));
      case 30 -> chance(30) ? List.of("TOKEN", "LIST") : List.of("PING");
      default -> List.of("BACKUP", "a");
    };
  }

  private String prefix(String namespace) {
    return id(namespace) + (chance(20) ? "*" : "");
  }

  private String pattern(String namespace) {
    return chance(5) ? "*" : prefix(namespace);
  }

  private List<String> ruleSet(String id, String pattern) {
    List<String> words = new ArrayList<>(List.of("RULE", "SET", id, pattern));
    words.addAll(List.of(of(clauses).split(" ", -1)));
    return words;
  }
}
