package io.ztick.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamespaceTest {

  @ParameterizedTest(name = "{0} and job {1}: {2}")
  @CsvSource({
    "deploy., deploy.daily, true",
    "deploy., deploy.release.v1.2.3, true",
    "deploy., deploy.weekly, true",
    "deploy., deploy., true",
    "deploy., deploy, false",
    "deploy., deployment.x, false",
    "deploy., Deploy.daily, false",
    "deploy., xdeploy.daily, false",
    "deploy., ' deploy.daily', false",
    "deploy., backup.daily, false",
    "deploy., app.task, false",
    "deploy., monitoring.alert, false",
    "deploy., rule.deploy., false",
    "deploy., rule.deploy.nightly, false",
    "deploy., '', false",
    "deploy, deployment.x, true",
    "*, deploy.daily, true",
    "*, backup.weekly, true",
    "*, rule.deploy., true",
    "*, '', true",
    "größe., größe.täglich, true",
    "größe., große.x, false",
    "größe., gro\u0308ße.x, false",
    "日本., 日本.毎日, true",
    "日本., 日.毎日, false",
    "🎉., 🎉.x, true",
    "🎉., 🎊.x, false",
  })
  void a_job_belongs_to_the_namespace_that_it_starts_with(
      String prefix, String job, boolean belongs) {
    var namespace = new Namespace(prefix);
    assertThat(namespace.contains(job)).isEqualTo(belongs);
    byte[] bytes = ("<" + job + ">").getBytes(UTF_8);
    if (bytes.length == job.length() + 2) {
      assertThat(namespace.containsAscii(bytes, 1, bytes.length - 1)).isEqualTo(belongs);
    }
  }

  @ParameterizedTest(name = "{0} and rule {1}: {2}")
  @CsvSource({
    "deploy., deploy.x, true",
    "deploy., deploy.rule1, true",
    "deploy., deploy., true",
    "deploy., rule.deploy., true",
    "deploy., rule.deploy.nightly, true",
    "deploy., rule.deploy, false",
    "deploy., rule.deployment.x, false",
    "deploy., rule., false",
    "deploy., rule, false",
    "deploy., rule.backup., false",
    "deploy., rule.rule.deploy.x, false",
    "deploy., Rule.deploy.x, false",
    "deploy., rules.deploy.x, false",
    "deploy., backup., false",
    "deploy., backup.rule, false",
    "deploy., '', false",
    "deploy, rule.deployment.x, true",
    "rules., rules.x, true",
    "rules., rule.rules.x, true",
    "rules., rule.x, false",
    "*, any.rule, true",
    "*, rule., true",
    "*, '', true",
    "größe., rule.größe., true",
    "größe., rule.größe.täglich, true",
    "größe., rule.große., false",
  })
  void a_rule_belongs_to_the_namespace_that_it_starts_with_also_behind_rule(
      String prefix, String rule, boolean belongs) {
    assertThat(new Namespace(prefix).containsRule(rule)).isEqualTo(belongs);
  }

  @ParameterizedTest(name = "{0} and pattern {1}: {2}")
  @CsvSource({
    "deploy., deploy., true",
    "deploy., deploy.*, true",
    "deploy., deploy.nightly, true",
    "deploy., deploy.nightly*, true",
    "deploy., deplo, false",
    "deploy., deploy, false",
    "deploy., deploy*, false",
    "deploy., *, false",
    "deploy., '', false",
    "deploy., backup., false",
    "deploy., rule.deploy., false",
    "*, *, true",
    "*, '', true",
    "*, backup., true",
    "größe., größe.*, true",
    "größe., größe*, false",
  })
  void a_pattern_belongs_to_the_namespace_when_it_reaches_no_further(
      String prefix, String pattern, boolean belongs) {
    assertThat(new Namespace(prefix).containsPattern(pattern)).isEqualTo(belongs);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "**", "deploy.*", "*deploy", "de*ploy", "r", "ru", "rul", "rule"})
  void what_is_no_namespace_cannot_be_made_one(String prefix) {
    assertThatIllegalArgumentException().isThrownBy(() -> new Namespace(prefix));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rule.", "rule.x", "rule.deploy."})
  void a_namespace_cannot_reach_into_what_is_behind_rule(String prefix) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Namespace(prefix))
        .withMessageContaining("rule.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rules.", "ruler", "Rule.", "RULE.", "run.", "x.rule."})
  void names_that_only_resemble_rule_are_namespaces(String prefix) {
    assertThat(new Namespace(prefix).contains(prefix + "x")).isTrue();
  }
}
