package io.ztick.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Clauses are written with `|` between their words.
class RunnerTest {
  private static Runner parse(String clause) throws MalformedRunnerException {
    return Runner.parse(words(clause));
  }

  private static List<String> words(String clause) {
    return Arrays.asList(clause.split("\\|", -1));
  }

  private static MalformedRunnerException fault(String clause) {
    MalformedRunnerException fault =
        catchThrowableOfType(MalformedRunnerException.class, () -> parse(clause));
    assertThat(fault).as("%s is refused", clause).isNotNull();
    return fault;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "shell|echo hi",
        "direct|/bin/true",
        "direct|echo|a b||--|*",
        "http|GET|http://127.0.0.1/",
        "http|POST|https://example.com:65535/hook?a=b&c=%20#x",
        "http|PUT|http://[::1]:8080/x",
        "http|DELETE|HTTP://user:secret@example.com",
        "awf|deploy",
        "awf|deploy|--input|a=b",
        "awf|deploy|--input|a=|--input|b=c=d e",
        "amqp|amqp://guest:guest@localhost:5672/%2f|jobs|due",
        "amqp|amqps://[fe80::1]||",
        "redis|redis://localhost:6379/0|PUBLISH|due",
        "redis|rediss://:secret@localhost|RPUSH|due",
        "redis|redis://localhost|LPUSH|a key",
        "redis|redis://localhost|SET|due",
      })
  void every_clause_is_read_and_given_back(String clause) throws MalformedRunnerException {
    Runner runner = parse(clause);

    var again = new ArrayList<String>();
    again.add(runner.name());
    again.addAll(runner.arguments());
    assertThat(again).isEqualTo(words(clause));
    assertThat(Runner.parse(again)).isEqualTo(runner);
    assertThat(Runner.NAMES).contains(runner.name());
  }

  @ParameterizedTest
  @CsvSource({
    "shell|echo|hi,        echo hi",
    "shell|echo||x,        echo  x",
    "shell|echo  a|b  c,   echo  a b  c"
  })
  void words_of_a_shell_command_are_joined_by_single_spaces(String clause, String command)
      throws MalformedRunnerException {
    assertThat(parse(clause)).isEqualTo(new Runner.Shell(command));
  }

  @Test
  void parts_of_a_clause_stand_where_they_belong() throws MalformedRunnerException {
    assertThat(parse("direct|/bin/echo|a|b"))
        .isEqualTo(new Runner.Direct("/bin/echo", List.of("a", "b")));
    assertThat(parse("http|PUT|http://h/x"))
        .isEqualTo(new Runner.Http(Runner.Http.Method.PUT, URI.create("http://h/x")));
    assertThat(parse("awf|w|--input|a=b|--input|c=d"))
        .isEqualTo(new Runner.Awf("w", List.of("a=b", "c=d")));
    assertThat(parse("amqp|amqp://h|exchange|key"))
        .isEqualTo(new Runner.Amqp(URI.create("amqp://h"), "exchange", "key"));
    assertThat(parse("redis|redis://h|LPUSH|key"))
        .isEqualTo(new Runner.Redis(URI.create("redis://h"), Runner.Redis.Verb.LPUSH, "key"));
  }

  @ParameterizedTest
  @CsvSource({
    "'',                                       ''",
    "ssh|host,                                 ssh",
    "Shell|echo,                               Shell",
    "shell,                                    shell",
    "shell|,                                   shell",
    "shell|  |,                                shell",
    "direct,                                   direct",
    "direct|,                                  direct",
    "direct||a,                                direct",
    "http,                                     http",
    "http|GET,                                 http",
    "http|http://h/,                           http",
    "http|GET|http://h/|more,                  http",
    "http|get|http://h/,                       get",
    "http|PATCH|http://h/,                     PATCH",
    "http|GET|,                                ''",
    "http|GET|h/x,                             h/x",
    "http|GET|//h/x,                           //h/x",
    "http|GET|http:h,                          http:h",
    "http|GET|http:///x,                       http:///x",
    "http|GET|http://,                         http://",
    "http|GET|http://h/a b,                    http://h/a b",
    "http|GET|http://h:x/,                     http://h:x/",
    "http|GET|http://[::1/,                    http://[::1/",
    "http|GET|http://h:65536/,                 http://h:65536/",
    "http|GET|http://h:0/,                     http://h:0/",
    "http|GET|http://h:99999999999/,           http://h:99999999999/",
    "http|GET|ftp://h/,                        ftp://h/",
    "http|GET|redis://h/,                      redis://h/",
    "awf,                                      awf",
    "awf|,                                     awf",
    "awf|--help,                               awf",
    "awf|w|a=b,                                a=b",
    "awf|w|--input,                            --input",
    "awf|w|--input|a,                          a",
    "awf|w|--input|=b,                         =b",
    "awf|w|--input|,                           ''",
    "awf|w|--input|a=b|c=d,                    c=d",
    "awf|w|--Input|a=b,                        --Input",
    "amqp,                                     amqp",
    "amqp|amqp://h|e,                          amqp",
    "amqp|amqp://h|e|k|more,                   amqp",
    "amqp|http://h|e|k,                        http://h",
    "amqp|amqp://h:65536|e|k,                  amqp://h:65536",
    "redis,                                    redis",
    "redis|redis://h|SET,                      redis",
    "redis|redis://h|SET|k|v,                  redis",
    "redis|redis://h|set|k,                    set",
    "redis|redis://h|GET|k,                    GET",
    "redis|redis://h|SET|,                     ''",
    "redis|amqp://h|SET|k,                     amqp://h"
  })
  void malformed_clause_is_refused_by_its_wrong_word(String clause, String word) {
    MalformedRunnerException fault = fault(clause);

    assertThat(fault.word()).isEqualTo(word);
    assertThat(fault.expected()).isNotBlank();
  }

  @Test
  void exchange_and_routing_key_have_at_most_255_bytes() throws MalformedRunnerException {
    String longest = "ü".repeat(127) + "x";
    assertThat(parse("amqp|amqp://h|" + longest + "|" + longest)).isInstanceOf(Runner.Amqp.class);

    assertThat(fault("amqp|amqp://h|" + longest + "x|k").word()).isEqualTo(longest + "x");
    assertThat(fault("amqp|amqp://h|e|" + longest + "x").word()).isEqualTo(longest + "x");
  }

  @ParameterizedTest
  @CsvSource({
    "http|GET|http://user:secret@h/x,         GET|http://user:***@h/x",
    "http|GET|http://user@h/a:b@c,            GET|http://user@h/a:b@c",
    "http|GET|http://h:80/a@b,                GET|http://h:80/a@b",
    "amqp|amqp://user:se%40cr@[::1]:1/v|e|k,  amqp://user:***@[::1]:1/v|e|k",
    "redis|redis://:secret@h|SET|a:b@c,       redis://:***@h|SET|a:b@c",
    "direct|curl|-s|https://u:secret@h/,      curl|-s|https://u:***@h/",
    "shell|a http://u:p@h/ b ftp://v:q@i c@d, a http://u:***@h/ b ftp://v:***@i c@d",
    "shell|curl http://u:se@cret@h/x@y,       curl http://u:***@h/x@y",
    "shell|curl http://u@corp:secret@h/,      curl http://u@corp:***@h/",
    "awf|w|--input|url=http://u:secret@h,     w|--input|url=http://u:***@h"
  })
  void passwords_inside_urls_are_not_shown(String clause, String shown)
      throws MalformedRunnerException {
    Runner runner = parse(clause);

    assertThat(runner.shownArguments()).isEqualTo(words(shown));
    assertThat(String.join("|", runner.arguments()))
        .isEqualTo(clause.substring(clause.indexOf('|') + 1));
  }

  @Test
  void refusal_of_a_url_repeats_no_password() {
    MalformedRunnerException fault = fault("amqp|amqp://user:secret@h:65536|e|k");

    assertThat(fault.word()).isEqualTo("amqp://user:***@h:65536");
    assertThat(fault.expected()).isEqualTo("is no URL of amqp or amqps");
  }
}
