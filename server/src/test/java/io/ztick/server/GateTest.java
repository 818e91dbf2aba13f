package io.ztick.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.ztick.auth.Identity;
import io.ztick.auth.Namespace;
import io.ztick.protocol.Command;
import io.ztick.protocol.LineDecoder;
import io.ztick.protocol.PlainLine;
import io.ztick.protocol.PlainLines;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {
  private static final String SCOPE = "insufficient namespace scope";
  private static final Identity DEPLOY =
      new Identity("deploy", new Namespace("deploy."), Set.of("http", "shell"));

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
    byte[] bytes = ("r1 GET " + job + "\n").getBytes(US_ASCII);
    var decoder = new LineDecoder(bytes.length);
    decoder.offer(bytes, 0, bytes.length);
    var lines = new PlainLines(1);
    lines.read(decoder);
    PlainLine line = lines.get(0);
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
  void a_backup_is_for_those_who_see_everything() {
    assertThat(gate.refusal(DEPLOY, new Command.Backup("a")))
        .isEqualTo("BACKUP needs a token of the namespace *");
    assertThat(gate.refusal(Identity.ANYONE, new Command.Backup("a"))).isNull();
  }

  @Test
  void the_namespace_is_looked_at_before_the_runner() {
    assertThat(ruleSet("backup.r", "backup.", "awf")).isEqualTo(SCOPE);
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
