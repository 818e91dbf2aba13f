package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which rule a job gets, and which clauses a rule may have.
class RulesIT {
  @TempDir static Path directory;
  private static ZtickServer server;

  @BeforeAll
  static void start() throws Exception {
    server = ZtickServer.in(directory).start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @AfterEach
  void removeRules() throws Exception {
    try (Wire wire = server.connect()) {
      for (String rule : wire.table("LISTRULES").keySet()) {
        wire.send("REMOVERULE " + Words.quoted(rule)).expect("OK");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "starts with its pattern,  rule.a=m.,                        m.job,    rule.a",
    "the whole id,             rule.a=m.job,                     m.job,    rule.a",
    "bytes and not words,      rule.a=m.jo,                      m.job,    rule.a",
    "one trailing * dropped,   rule.a=m.*,                       m.job,    rule.a",
    "also of the whole id,     rule.a=m.job*,                    m.job,    rule.a",
    "one and not two,          rule.a=m.** rule.b=m.,            m.job,    rule.b",
    "the second is a byte,     rule.a=m.** rule.b=m.,            m.*job,   rule.a",
    "a star inside is a byte,  rule.a=m.*.x rule.b=m.,           m.a.x,    rule.b",
    "* alone matches all,      rule.a=*,                         other,    rule.a",
    "the longest wins,         rule.a=m. rule.b=m.jo rule.c=m.j, m.job,    rule.b",
    "the longest beats *,      rule.a=* rule.b=m,                m.job,    rule.b",
    "without the star,         rule.a=m.j* rule.b=m.jo,          m.job,    rule.b",
    "smallest id among equal,  rule.c=m. rule.a=m. rule.b=m.,    m.job,    rule.a",
    "equal without the star,   rule.b=m. rule.a=m.*,             m.job,    rule.a",
    "smallest id by bytes,     rule.é=m. rule.z=m. rule.Z=m.,    m.job,    rule.Z",
    "bytes of UTF-8,           rule.a=m.é rule.b=m.,             m.éa,     rule.a",
    "another id,               rule.a=m.jobs rule.b=n.,          m.job,    ",
    "upper case is another,    rule.a=M.,                        m.job,    ",
    "a longer pattern is not,  rule.a=m.job.,                    m.job,    ",
  })
  void a_rule_matches_a_job_whose_id(String what, String rules, String job, String chosen)
      throws Exception {
    try (Wire wire = server.connect()) {
      for (String rule : rules.split(" ", -1)) {
        int separator = rule.indexOf('=');
        wire.send(
                "RULE SET %s %s direct true"
                    .formatted(rule.substring(0, separator), rule.substring(separator + 1)))
            .expect("OK");
      }
      wire.send("SET " + job + " now").expect("OK");
      wire.awaitStatus(job, chosen == null ? "failed" : "executed");
      if (chosen == null) {
        assertThat(wire.table("SHOW " + job)).as(what).containsEntry("outcome", "no rule");
      } else {
        assertThat(wire.table("SHOW " + job))
            .as(what)
            .containsEntry("rule", chosen)
            .containsEntry("outcome", "ok");
      }
      wire.send("REMOVE " + job).expect("OK");
    }
  }

  @Test
  void the_rule_is_looked_up_at_the_moment_the_job_becomes_due() throws Exception {
    try (Wire wire = server.connect()) {
      wire.send("RULE SET due.before due. direct false").expect("OK");
      wire.send("SET due.job +3s").expect("OK");
      wire.send("RULE SET due.after due.j direct true").expect("OK");
      wire.send("REMOVERULE due.before").expect("OK");
      wire.awaitStatus("due.job", "executed");
      assertThat(wire.table("SHOW due.job")).containsEntry("rule", "due.after");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "shell true",
        "shell echo a b c",
        "shell \"echo a; echo b\"",
        "shell \"\\\"quoted\\\" and \\\\ \\n\"",
        "shell \"a  b\" c",
        "direct true",
        "direct /bin/echo \"a b\" \"\" c",
        "direct echo shell http",
        "http GET http://127.0.0.1/",
        "http GET http://127.0.0.1:8080/path?query=a&b=c",
        "http POST https://example.com/hook",
        "http PUT http://[::1]:8080/x",
        "http DELETE http://localhost/x",
        "awf deploy",
        "awf deploy --input a=b",
        "awf deploy --input a=b --input \"c=d e=f\" --input empty="
      })
  void a_clause_is_accepted_and_its_listed_row_can_be_sent_back(String clause) throws Exception {
    try (Wire wire = server.connect()) {
      wire.send("r1 RULE SET clause.a clause.* " + clause).expect("r1 OK");
      List<String> listed = wire.rows("LISTRULES");
      assertThat(listed).hasSize(1);
      assertThat(Words.of(listed.getFirst()))
          .startsWith("clause.a", "clause.*", clause.substring(0, clause.indexOf(' ')));
      wire.send("REMOVERULE clause.a").expect("OK");
      wire.send("RULE SET " + listed.getFirst()).expect("OK");
      assertThat(wire.rows("LISTRULES")).isEqualTo(listed);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "shell",
        "direct",
        "http",
        "http GET",
        "http http://127.0.0.1/",
        "http GET http://127.0.0.1/ more",
        "http PATCH http://127.0.0.1/",
        "http get http://127.0.0.1/",
        "http GET 127.0.0.1",
        "http GET /path",
        "http GET ftp://127.0.0.1/",
        "http GET file:///etc/passwd",
        "http GET http:///path",
        "http GET http://",
        "http GET \"http://127.0.0.1/a b\"",
        "http GET \"\"",
        "http GET http://127.0.0.1:99999/",
        "awf",
        "awf deploy more",
        "awf deploy --input",
        "awf deploy --input novalue",
        "awf deploy --input a=b --input",
        "awf deploy --output a=b",
        "amqp",
        "amqp amqp://127.0.0.1",
        "amqp amqp://127.0.0.1 exchange",
        "amqp amqp://127.0.0.1 exchange key more",
        "amqp http://127.0.0.1 exchange key",
        "redis",
        "redis redis://127.0.0.1",
        "redis redis://127.0.0.1 PUBLISH",
        "redis redis://127.0.0.1 FLUSHALL key",
        "redis redis://127.0.0.1 PUBLISH key more",
        "redis http://127.0.0.1 PUBLISH key",
        "ftp get",
        "SHELL true",
        "\"\" true"
      })
  void a_malformed_clause_is_a_bad_request_at_rule_set(String clause) throws Exception {
    try (Wire wire = server.connect()) {
      assertThat(wire.ask("r1 RULE SET clause.bad clause. " + clause))
          .matches("r1 ERROR bad_request .+")
          .doesNotContain("is not available yet");
      wire.send("r2 LISTRULES").expect("r2 OK");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "amqp, amqp://guest:guest@127.0.0.1:5672/ exchange key",
    "redis, redis://127.0.0.1:6379/0 PUBLISH channel",
    "redis, redis://127.0.0.1 RPUSH list",
    "redis, redis://127.0.0.1 LPUSH list",
    "redis, redis://127.0.0.1 SET key"
  })
  void amqp_and_redis_are_parsed_and_refused(String runner, String arguments) throws Exception {
    try (Wire wire = server.connect()) {
      wire.send("r1 RULE SET clause.later clause. " + runner + " " + arguments)
          .expect("r1 ERROR bad_request runner " + runner + " is not available yet");
      wire.send("r2 LISTRULES").expect("r2 OK");
    }
  }

  @Test
  void an_empty_pattern_is_a_bad_request() throws Exception {
    try (Wire wire = server.connect()) {
      wire.send("r1 RULE SET clause.empty \"\" shell true").expect("r1 ERROR bad_request…");
    }
  }

  @Test
  void a_password_inside_a_url_is_shown_as_three_stars() throws Exception {
    try (Wire wire = server.connect()) {
      wire.send("RULE SET clause.url clause. http GET http://joe:hunter2@127.0.0.1:81/x?y")
          .expect("OK");
      wire.send("LISTRULES")
          .expect("clause.url clause. http GET http://joe:***@127.0.0.1:81/x?y")
          .expect("OK");
    }
  }
}
