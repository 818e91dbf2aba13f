package io.ztick.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.ztick.auth.Addresses;
import io.ztick.auth.Identity;
import io.ztick.auth.Lifetime;
import io.ztick.auth.Names;
import io.ztick.auth.Namespace;
import io.ztick.auth.Rights;
import io.ztick.protocol.Command;
import io.ztick.protocol.LineDecoder;
import io.ztick.protocol.PlainLine;
import io.ztick.protocol.PlainLines;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {
  private static final String SCOPE = "insufficient namespace scope";
  private static final Identity DEPLOY = deploy(Names.all());

  private static Identity deploy(Names commands) {
    Names runners = Names.of(Set.of("http", "shell"));
    var rights = new Rights(new Namespace("deploy."), commands, runners, Addresses.ALL);
    return new Identity(Identity.Origin.FILE, "deploy", "deploy", rights, Lifetime.ALWAYS);
  }

  private final Gate gate = new Gate(Set.of("http", "direct"));

  @ParameterizedTest
  @ValueSource(strings = {"backup.daily", "deploy", "Deploy.x", "rule.deploy.x"})
  void a_job_outside_the_namespace_is_refused_to_every_command_that_names_it(String job) {
    assertThat(
            List.of(
                new Command.Set(job, 1),
                new Command.Get(job),
                new Command.Show(job),
                new Command.Remove(job)))
        .allSatisfy(command -> assertThat(gate.refusal(DEPLOY, command)).isEqualTo(SCOPE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"deploy.x", "deploy.", "deploy", "Deploy.x", "backup.daily", "d"})
  void a_plain_line_is_admitted_when_its_command_is(String job) {
    PlainLine line = plain("r1 GET " + job);
    boolean admitted = gate.refusal(DEPLOY, line.request().command()) == null;
    assertThat(gate.admits(DEPLOY, line)).isEqualTo(admitted);
  }

  @Test
  void a_rule_needs_its_id_and_its_pattern_inside_the_namespace() {
    assertThat(ruleSet("deploy.r", "deploy.", "http")).isNull();
    assertThat(ruleSet("rule.deploy.", "deploy.x*", "http")).isNull();
    assertThat(ruleSet("backup.r", "deploy.", "http")).isEqualTo(SCOPE);
    assertThat(ruleSet("deploy.r", "backup.", "http")).isEqualTo(SCOPE);
    assertThat(ruleSet("deploy.r", "deplo", "http")).isEqualTo(SCOPE);
    assertThat(ruleSet("deploy.r", "*", "http")).isEqualTo(SCOPE);
  }

  @Test
  void a_runner_needs_the_right_of_the_token_and_the_leave_of_the_server() {
    assertThat(ruleSet("deploy.r", "deploy.", "direct"))
        .isEqualTo("the token may not use the runner direct");
    assertThat(ruleSet("deploy.r", "deploy.", "shell"))
        .isEqualTo("the server does not allow the runner shell");
  }

  @Test
  void making_tokens_is_a_right_that_must_be_said() {
    List<Command> commands =
        List.of(
            new Command.TokenCreate("a", "deploy.", null, null, null, null, ""),
            new Command.TokenList(),
            new Command.TokenRevoke("a"),
            new Command.TokenRotate("a", null));
    assertThat(commands)
        .allSatisfy(
            command -> {
              assertThat(gate.refusal(DEPLOY, command))
                  .isEqualTo("the token may not use the command TOKEN");
              assertThat(gate.refusal(deploy(Names.of(Set.of("TOKEN"))), command)).isNull();
              assertThat(gate.refusal(Identity.ANYONE, command)).isNull();
            });
  }

  @ParameterizedTest
  @CsvSource({
    "SET, deploy.x",
    "SET, backup.x",
    "GET, deploy.x",
    "SHOW, backup.x",
    "REMOVE, deploy.x",
    "REMOVERULE, rule.deploy.x",
    "REMOVERULE, backup.x",
  })
  void what_a_client_can_is_what_it_is_not_refused(String name, String identifier) {
    Command command =
        switch (name) {
          case "SET" -> new Command.Set(identifier, 1);
          case "GET" -> new Command.Get(identifier);
          case "SHOW" -> new Command.Show(identifier);
          case "REMOVE" -> new Command.Remove(identifier);
          default -> new Command.RemoveRule(identifier);
        };
    for (Names commands : List.of(Names.all(), Names.of(Set.of("SET")), Names.of(Set.of()))) {
      assertThat(gate.refusal(deploy(commands), name, identifier))
          .isEqualTo(gate.refusal(deploy(commands), command));
    }
  }

  @Test
  void what_names_nothing_can_be_asked_for_too() {
    assertThat(gate.refusal(DEPLOY, "RULE", "rule.deploy.x")).isNull();
    assertThat(gate.refusal(DEPLOY, "RULE", "backup.x")).isEqualTo(SCOPE);
    assertThat(gate.refusal(DEPLOY, "STAT", null)).isNull();
    assertThat(gate.refusal(DEPLOY, "QUERY", "backup.")).isNull();
    assertThat(gate.refusal(DEPLOY, "PING", null)).isNull();
    assertThat(gate.refusal(DEPLOY, "RELOAD", null))
        .isEqualTo("RELOAD needs a token of the namespace *");
    assertThat(gate.refusal(DEPLOY, "TOKEN", null))
        .isEqualTo("the token may not use the command TOKEN");
    assertThat(gate.refusal(Identity.ANYONE, "BACKUP", null)).isNull();
  }

  @Test
  void a_reload_is_for_those_who_see_everything() {
    assertThat(gate.refusal(DEPLOY, new Command.Reload()))
        .isEqualTo("RELOAD needs a token of the namespace *");
    assertThat(gate.refusal(Identity.ANYONE, new Command.Reload())).isNull();
  }

  @Test
  void a_backup_is_for_those_who_see_everything() {
    assertThat(gate.refusal(DEPLOY, new Command.Backup("a")))
        .isEqualTo("BACKUP needs a token of the namespace *");
    assertThat(gate.refusal(Identity.ANYONE, new Command.Backup("a"))).isNull();
  }

  @Test
  void the_command_is_looked_at_first_then_the_namespace_and_the_runner_last() {
    Command outside = new Command.RuleSet("backup.r", "backup.", List.of("awf", "x"));

    assertThat(gate.refusal(deploy(Names.of(Set.of("SET"))), outside))
        .isEqualTo("the token may not use the command RULE");
    assertThat(gate.refusal(DEPLOY, outside)).isEqualTo(SCOPE);
    assertThat(ruleSet("deploy.r", "deploy.", "awf"))
        .isEqualTo("the token may not use the runner awf");
  }

  @Test
  void every_command_that_a_token_may_be_denied_is_denied_to_one_that_lists_another() {
    List<Command> commands =
        List.of(
            new Command.Set("deploy.x", 1),
            new Command.Get("deploy.x"),
            new Command.Show("deploy.x"),
            new Command.Query(""),
            new Command.Due(1, ""),
            new Command.Remove("deploy.x"),
            new Command.RuleSet("deploy.r", "deploy.", List.of("http", "x")),
            new Command.RemoveRule("deploy.r"),
            new Command.ListRules(),
            new Command.Stat(),
            new Command.Backup("a"),
            new Command.Reload(),
            new Command.TokenRevoke("a"));
    Set<String> denied = new HashSet<>();
    for (Command command : commands) {
      String refusal = String.valueOf(gate.refusal(deploy(Names.of(Set.of())), command));
      assertThat(refusal).startsWith("the token may not use the command ");
      String right = refusal.substring(refusal.lastIndexOf(' ') + 1);
      denied.add(right);
      assertThat(gate.refusal(deploy(Names.of(Set.of(right))), command))
          .isEqualTo(gate.refusal(deploy(Names.of(Gate.VOCABULARY.commands())), command));
    }
    assertThat(denied).isEqualTo(Gate.VOCABULARY.commands());
  }

  @Test
  void what_tells_a_client_about_itself_is_denied_to_nobody() {
    assertThat(
            List.of(
                new Command.Ping(),
                new Command.Help(),
                new Command.Quit(),
                new Command.WhoAmI(),
                new Command.Can("SET", "backup.x")))
        .allSatisfy(
            command -> assertThat(gate.refusal(deploy(Names.of(Set.of())), command)).isNull());
  }

  @ParameterizedTest
  @CsvSource({"GET, SET, false", "GET, GET, true", "SET, GET, false", "SET, SET, true"})
  void a_plain_line_needs_the_right_to_its_command(String verb, String right, boolean admitted) {
    String text = verb.equals("SET") ? "r1 SET deploy.x 1" : "r1 GET deploy.x";

    assertThat(gate.admits(deploy(Names.of(Set.of(right))), plain(text))).isEqualTo(admitted);
  }

  private static PlainLine plain(String text) {
    byte[] bytes = (text + "\n").getBytes(US_ASCII);
    var decoder = new LineDecoder(bytes.length);
    decoder.offer(bytes, 0, bytes.length);
    var lines = new PlainLines(1);
    lines.read(decoder);
    return lines.get(0);
  }

  @Test
  void listings_and_questions_about_the_server_are_never_refused() {
    assertThat(
            List.of(
                new Command.Query("backup."),
                new Command.ListRules(),
                new Command.Stat(),
                new Command.Ping(),
                new Command.Help(),
                new Command.Quit()))
        .allSatisfy(command -> assertThat(gate.refusal(DEPLOY, command)).isNull());
  }

  private @Nullable String ruleSet(String rule, String pattern, String runner) {
    return gate.refusal(DEPLOY, new Command.RuleSet(rule, pattern, List.of(runner, "x")));
  }
}
