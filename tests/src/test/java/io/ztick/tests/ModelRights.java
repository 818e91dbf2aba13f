package io.ztick.tests;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What a token may, as the page on tokens has it: a model to compare the server with, which knows
/// nothing of the server's code.
///
/// @param notBeforeNanos from when on it is good, since the epoch
/// @param expiresNanos when it ends, since the epoch; {@link #NEVER} if it does not
record ModelRights(
    String namespace,
    SortedSet<String> commands,
    SortedSet<String> runners,
    List<Range> from,
    long notBeforeNanos,
    long expiresNanos) {
  static final long NEVER = Long.MAX_VALUE;
  static final String SCOPE = "insufficient namespace scope";
  static final Set<String> COMMANDS =
      Set.of(
          "SET GET SHOW QUERY DUE REMOVE RULE REMOVERULE LISTRULES STAT BACKUP RELOAD TOKEN"
              .split(" ", -1));
  static final List<String> RUNNERS = List.of("awf", "direct", "http", "shell");
  private static final Set<String> WITHOUT_NAMESPACE = Set.of("BACKUP", "RELOAD");
  private static final Set<String> OF_JOBS = Set.of("SET", "GET", "SHOW", "REMOVE");
  private static final Set<String> OF_RULES = Set.of("RULE", "REMOVERULE");

  /// An IPv4 network.
  record Range(int base, int bits) {
    static final Range ALL = new Range(0, 0);

    boolean holds(int address) {
      return bits == 0 || (address ^ base) >>> (32 - bits) == 0;
    }

    boolean holds(Range other) {
      return bits <= other.bits && holds(other.base);
    }

    @Override
    public String toString() {
      return dotted(base) + "/" + bits;
    }

    static String dotted(int address) {
      return "%d.%d.%d.%d"
          .formatted(address >>> 24, address >>> 16 & 0xff, address >>> 8 & 0xff, address & 0xff);
    }
  }

  /// All commands, as a token has them that names none.
  static SortedSet<String> allCommands(String namespace) {
    SortedSet<String> all = new TreeSet<>(COMMANDS);
    if (!namespace.equals("*")) {
      all.remove("TOKEN");
    }
    return all;
  }

  /// All runners; the star tells them from a list that names each.
  static SortedSet<String> allRunners() {
    SortedSet<String> all = new TreeSet<>(RUNNERS);
    all.add("*");
    return all;
  }

  /// What a token has whose maker has this: never more than the maker.
  ModelRights boundBy(ModelRights maker) {
    return new ModelRights(
        containsNamespace(maker.namespace) ? maker.namespace : namespace,
        common(commands, maker.commands),
        common(runners, maker.runners),
        commonRanges(maker.from),
        Math.max(notBeforeNanos, maker.notBeforeNanos),
        Math.min(expiresNanos, maker.expiresNanos));
  }

  private static SortedSet<String> common(Set<String> some, Set<String> others) {
    SortedSet<String> common = new TreeSet<>(some);
    common.retainAll(others);
    return common;
  }

  private List<Range> commonRanges(List<Range> others) {
    List<Range> common = new ArrayList<>();
    for (Range own : from) {
      for (Range other : others) {
        if (own.holds(other)) {
          common.add(other);
        } else if (other.holds(own)) {
          common.add(own);
        }
      }
    }
    return common.stream().distinct().sorted(ModelRights::compare).toList();
  }

  static int compare(Range one, Range other) {
    return Integer.compareUnsigned(one.base, other.base);
  }

  /// Whether a token with these rights could hand out those.
  boolean contain(ModelRights others) {
    return containsNamespace(others.namespace)
        && commands.containsAll(others.commands)
        && runners.containsAll(others.runners)
        && others.from.stream().allMatch(other -> from.stream().anyMatch(own -> own.holds(other)));
  }

  boolean containsNamespace(String other) {
    return namespace.equals("*") || other.startsWith(namespace);
  }

  boolean isGood(int address, long nowNanos) {
    return notBeforeNanos <= nowNanos && nowNanos < expiresNanos && isFrom(address);
  }

  boolean isFrom(int address) {
    return from.stream().anyMatch(range -> range.holds(address));
  }

  /// Whether an identifier of a job, or a pattern, lies in the namespace.
  boolean cover(String text) {
    return namespace.equals("*") || text.startsWith(namespace);
  }

  boolean coverRule(String rule) {
    return cover(rule) || rule.startsWith("rule." + namespace);
  }

  /// Why a command is refused, looking at no more than the thing it names; empty if it is not.
  String refusal(String command, String named) {
    if (!COMMANDS.contains(command)) {
      return "";
    }
    if (!commands.contains(command)) {
      return "the token may not use the command " + command;
    }
    if (WITHOUT_NAMESPACE.contains(command) && !namespace.equals("*")) {
      return command + " needs a token of the namespace *";
    }
    boolean outside =
        (OF_JOBS.contains(command) && !cover(named))
            || (OF_RULES.contains(command) && !coverRule(named));
    return outside ? SCOPE : "";
  }

  String shownCommands() {
    return commands.equals(allCommands(namespace)) ? "*" : list(commands);
  }

  String shownRunners() {
    return runners.contains("*") ? "*" : list(runners);
  }

  String shownFrom() {
    return from.contains(Range.ALL) ? "*" : list(from);
  }

  String shownExpires() {
    return expiresNanos == NEVER ? "never" : Long.toString(expiresNanos);
  }

  private static String list(Collection<?> parts) {
    return parts.isEmpty()
        ? "\"\""
        : parts.stream().map(Object::toString).collect(Collectors.joining(","));
  }
}
