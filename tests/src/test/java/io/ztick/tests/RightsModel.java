package io.ztick.tests;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a server with tokens has to answer, line by line, by the pages on tokens and on the wire.
///
/// In an expected line `§` stands for digits; one that ends in `…` for whatever follows; one that
/// is `…` for any rows.
final class RightsModel {
  private static final String NO_TOKEN = "ERROR not_found no such token";

  /// By name; those that were made at run time in the order in which they were made.
  final Map<String, ModelToken> tokens = new LinkedHashMap<>();

  /// How many connections a token has, by its name.
  final Map<String, Integer> connections = new HashMap<>();

  final NavigableMap<String, Job> jobs = new TreeMap<>();
  private final NavigableMap<String, Rule> rules = new TreeMap<>();
  private long plans;

  /// @param plan rises with each SET
  record Job(String status, long nanos, long plan) {}

  private record Rule(String pattern, String clause) {
    String prefix() {
      return withoutStar(pattern);
    }
  }

  private static String withoutStar(String prefix) {
    return prefix.endsWith("*") ? prefix.substring(0, prefix.length() - 1) : prefix;
  }

  /// The answer to a well-formed line without its request id; the line has its effect.
  ///
  /// @param secret with which its connection has logged in
  List<String> answer(ModelToken token, String secret, List<String> words) {
    ModelRights rights = token.effective();
    String command = command(words);
    String refusal = rights.refusal(command, named(words));
    if (!refusal.isEmpty()) {
      return List.of("ERROR auth_denied " + refusal);
    }
    String named = named(words);
    return switch (command) {
      case "SET" -> set(named, Long.parseLong(words.getLast()));
      case "GET" -> get(named);
      case "SHOW" -> show(named);
      case "REMOVE" -> List.of(jobs.remove(named) == null ? "ERROR not_found no such job" : "OK");
      case "QUERY" -> query(rights, named);
      case "DUE" -> due(rights, words);
      case "RULE" -> setRule(rights, words);
      case "REMOVERULE" ->
          List.of(rules.remove(named) == null ? "ERROR not_found no such rule" : "OK");
      case "LISTRULES" -> listRules(rights);
      case "STAT" -> stat(token, rights);
      case "BACKUP" -> List.of("ERROR bad_request there is no journal…");
      case "TOKEN" -> token(rights, words);
      case "WHOAMI" -> whoAmI(token, secret, rights);
      case "CAN" -> can(rights, words);
      case "PING" -> List.of("OK");
      default -> throw new IllegalArgumentException(words.toString());
    };
  }

  /// The right that a line needs.
  private static String command(List<String> words) {
    String both = words.size() > 1 ? words.get(0) + " " + words.get(1) : "";
    return switch (both) {
      case "RULE REMOVE" -> "REMOVERULE";
      case "RULE LIST" -> "LISTRULES";
      default -> words.getFirst();
    };
  }

  private static String named(List<String> words) {
    int at = words.getFirst().equals("RULE") ? 2 : 1;
    return words.size() > at ? words.get(at) : "";
  }

  private List<String> set(String job, long nanos) {
    plan(job, nanos);
    return List.of("OK");
  }

  private void plan(String job, long nanos) {
    jobs.put(job, new Job("planned", nanos, ++plans));
  }

  private List<String> get(String id) {
    Job job = jobs.get(id);
    return List.of(
        job == null ? "ERROR not_found no such job" : "OK " + job.status() + " " + job.nanos());
  }

  private List<String> show(String id) {
    Job job = jobs.get(id);
    if (job == null) {
      return List.of("ERROR not_found no such job");
    }
    List<String> rows = new ArrayList<>();
    rows.add("status " + job.status());
    rows.add("execution_ns " + job.nanos());
    rows.add("run_id §-" + job.nanos());
    if (!job.status().equals("planned")) {
      rows.add("…");
    }
    rows.add("OK");
    return rows;
  }

  private SortedMap<String, Job> visible(ModelRights rights) {
    SortedMap<String, Job> visible = new TreeMap<>(jobs);
    visible.keySet().removeIf(job -> !rights.cover(job));
    return visible;
  }

  private List<String> query(ModelRights rights, String asked) {
    String prefix = withoutStar(asked);
    List<String> rows = new ArrayList<>();
    visible(rights)
        .forEach(
            (id, job) -> {
              if (id.startsWith(prefix)) {
                rows.add(row(id, job));
              }
            });
    rows.add("OK");
    return rows;
  }

  private static String row(String id, Job job) {
    return word(id) + " " + job.status() + " " + job.nanos();
  }

  static String word(String text) {
    return text.matches("[^ \"\\\\]+") ? text : Words.quoted(text);
  }

  private List<String> due(ModelRights rights, List<String> words) {
    int limit = words.size() > 1 ? Integer.parseInt(words.get(1)) : 10;
    String prefix = words.size() > 2 ? withoutStar(words.get(2)) : "";
    List<String> rows = new ArrayList<>();
    visible(rights).entrySet().stream()
        .filter(entry -> entry.getValue().status().equals("planned"))
        .filter(entry -> entry.getKey().startsWith(prefix))
        .sorted(
            Map.Entry.comparingByValue(
                Comparator.comparingLong(Job::nanos).thenComparingLong(Job::plan)))
        .limit(limit)
        .forEach(entry -> rows.add(row(entry.getKey(), entry.getValue())));
    rows.add("OK");
    return rows;
  }

  private List<String> setRule(ModelRights rights, List<String> words) {
    String pattern = words.get(3);
    String runner = words.get(4);
    if (!rights.cover(pattern)) {
      return List.of("ERROR auth_denied " + ModelRights.SCOPE);
    }
    if (!rights.runners().contains(runner)) {
      return List.of("ERROR auth_denied the token may not use the runner " + runner);
    }
    String clause = String.join(" ", words.subList(4, words.size()));
    rules.put(words.get(2), new Rule(pattern, clause));
    return List.of("OK");
  }

  private List<String> listRules(ModelRights rights) {
    List<String> rows = new ArrayList<>();
    rules.forEach(
        (id, rule) -> {
          if (rights.coverRule(id) || rights.cover(rule.pattern())) {
            rows.add(word(id) + " " + word(rule.pattern()) + " " + rule.clause());
          }
        });
    rows.add("OK");
    return rows;
  }

  private List<String> stat(ModelToken token, ModelRights rights) {
    List<String> statuses = visible(rights).values().stream().map(Job::status).toList();
    List<String> rows = new ArrayList<>();
    rows.add("uptime_ns §");
    rows.add("connections " + connections.getOrDefault(token.name, 0));
    rows.add("jobs_total " + statuses.size());
    for (String status : List.of("planned", "triggered", "executed", "failed")) {
      rows.add("jobs_" + status + " " + statuses.stream().filter(status::equals).count());
    }
    rows.add("rules_total " + (listRules(rights).size() - 1));
    rows.addAll(
        List.of(
            "executions_pending 0",
            "executions_inflight 0",
            "persistence memory",
            "compression idle",
            "auth_enabled 1",
            "tls_enabled 0",
            "framerate 0"));
    if (rights.namespace().equals("*")) {
      rows.add("…");
    }
    rows.add("OK");
    return rows;
  }

  /// LIST, and what is refused of REVOKE and ROTATE.
  private List<String> token(ModelRights rights, List<String> words) {
    if (!words.get(1).equals("LIST")) {
      return List.of(refusedTarget(rights, words.get(2)));
    }
    List<String> rows = new ArrayList<>();
    for (ModelToken token : tokens.values()) {
      if (!token.isInFile() && rights.contain(token.rights)) {
        ModelRights given = token.rights;
        rows.add(
            "%s %s %s %s %s %s § %d \"\""
                .formatted(
                    token.id,
                    token.name,
                    word(given.namespace()),
                    given.shownCommands(),
                    given.shownRunners(),
                    given.shownFrom(),
                    given.expiresNanos()));
      }
    }
    rows.add("OK");
    return rows;
  }

  /// What REVOKE and ROTATE of a name or an id answer; empty when they do it.
  String refusedTarget(ModelRights rights, String target) {
    Optional<ModelToken> token = find(target).filter(found -> rights.contain(found.rights));
    if (token.isEmpty()) {
      return NO_TOKEN;
    }
    return token.get().isInFile()
        ? "ERROR auth_denied the token stands in the auth file and is changed there"
        : "";
  }

  Optional<ModelToken> find(String idOrName) {
    return tokens.values().stream()
        .filter(token -> token.name.equals(idOrName) || token.id.equals(idOrName))
        .findFirst();
  }

  /// The token that a secret is good for from there.
  Optional<ModelToken> logIn(String secret, int address, long nowNanos) {
    return tokens.values().stream()
        .filter(token -> token.isGood(secret, address, nowNanos))
        .findFirst();
  }

  private static List<String> whoAmI(ModelToken token, String secret, ModelRights rights) {
    return List.of(
        "name " + token.name,
        "id " + token.id,
        "origin " + (token.isInFile() ? "file" : "issued"),
        "namespace " + word(rights.namespace()),
        "commands " + rights.shownCommands(),
        "runners " + rights.shownRunners(),
        "from " + rights.shownFrom(),
        "expires_ns " + (token.isFormer(secret) ? "§" : rights.shownExpires()),
        "OK");
  }

  private static List<String> can(ModelRights rights, List<String> words) {
    String refusal = rights.refusal(words.get(1), words.size() > 2 ? words.get(2) : "");
    return List.of(refusal.isEmpty() ? "OK yes" : "OK no " + Words.quoted(refusal));
  }

  /// The rule that a job which becomes due is run by.
  Optional<String> ruleFor(String job) {
    return rules.entrySet().stream()
        .filter(entry -> job.startsWith(entry.getValue().prefix()))
        .min(
            Comparator.<Map.Entry<String, Rule>>comparingInt(
                    entry -> -entry.getValue().prefix().length())
                .thenComparing(Map.Entry::getKey))
        .map(Map.Entry::getKey);
  }

  String clause(String rule) {
    Rule found = rules.get(rule);
    return found == null ? "" : found.clause();
  }

  /// A job that was set to a time in the past has come to its end.
  void finish(String job, long nanos, String status) {
    plan(job, nanos);
    jobs.computeIfPresent(job, (id, planned) -> new Job(status, nanos, planned.plan()));
  }

  /// Takes a token away with all that it made, and returns how many these are.
  int revoke(ModelToken token) {
    List<ModelToken> gone =
        tokens.values().stream().filter(other -> other.descendsFrom(token)).toList();
    gone.forEach(other -> tokens.remove(other.name));
    return gone.size();
  }
}
