package io.ztick.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineParserTest {

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "     "})
  void a_blank_line_is_skipped(String line) {
    assertThat(Lines.parse(line)).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "r1 GET a | r1 Get[job=a]",
        "'  r1   GET   a  ' | r1 Get[job=a]",
        "GET a | Get[job=a]",
        "GET GET | GET ERROR bad_request one job is expected",
        "GET GET a | GET Get[job=a]",
        "GET SET a | GET ERROR bad_request a job and a time are expected",
        "SET GET a | SET Get[job=a]",
        "PING PING | PING Ping[]",
        "PING STAT | PING Stat[]",
        "REMOVE REMOVERULE x | REMOVE RemoveRule[rule=x]",
        "SHOW GET | Show[job=GET]",
        "SHOW SHOW | Show[job=SHOW]",
        "RULE SET GET p shell | RuleSet[rule=GET, pattern=p, clause=[shell]]",
        "RULE GET x | ERROR bad_request RULE is followed by SET, REMOVE or LIST, not \"GET\"",
        "HELP PING | ERROR bad_request HELP takes no more words, not \"PING\"",
        "r1 SHOW a | r1 Show[job=a]",
        "r1 HELP | r1 Help[]",
        "r1 RULE LIST | r1 ListRules[]",
        "\"GET\" a | Get[job=a]",
        "r1 \"GET\" a | r1 Get[job=a]",
        "r1 \"\\u{47}ET\" a | r1 Get[job=a]",
        "\"SHOW\" GET | Show[job=GET]",
        "r1\"GET\"a | r1 Get[job=a]",
        "\"r 1\" GET a | \"r 1\" Get[job=a]",
        "\"\\\"\\\\\" GET a | \"\\\"\\\\\" Get[job=a]",
        "größe GET a | größe Get[job=a]",
        "OK GET a | OK Get[job=a]",
        "%c2%a0 GET a | %c2%a0 Get[job=a]",
      })
  void the_request_id_is_found_by_the_first_two_words(String line, String read) {
    assertThat(Lines.read(line)).startsWith(Lines.text(read));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x | x ERROR unknown_command",
        "get a | get ERROR unknown_command",
        "r1 get a | r1 ERROR unknown_command",
        "r1 x GET | r1 ERROR unknown_command",
        "SETX a 5 | SETX ERROR unknown_command",
        "\"a b\" x | \"a b\" ERROR unknown_command",
        "GET%09a | ERROR unknown_command",
        "\"\" x | ERROR unknown_command",
        "\"\\n\" x | ERROR unknown_command",
        "AUTHs | AUTHs ERROR unknown_command",
        "auth s | auth ERROR unknown_command",
        "WATCH x | ERROR unknown_command",
        "WATCH GET a | WATCH Get[job=a]",
        "GET WATCH | GET ERROR unknown_command",
        "WATCH LOG | WATCH ERROR unknown_command",
      })
  void what_is_no_command_is_answered_with_its_first_word(String line, String read) {
    assertThat(Lines.read(line)).startsWith(read);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"KILL", "LOG", "NEXT", "PAUSE", "REPLAY", "RESUME", "RUN", "RUNS", "WATCH"})
  void a_reserved_name_is_an_unknown_command(String name) {
    assertThat(Lines.read(name)).startsWith("ERROR unknown_command ");
    assertThat(Lines.read("r1 " + name + " x")).startsWith("r1 ERROR unknown_command ");
  }

  @Test
  void the_commands_that_exist_are_named() {
    assertThat(Lines.read("x").split(" "))
        .contains("AUTH", "SET", "GET", "QUERY", "REMOVE", "RULE", "REMOVERULE", "LISTRULES")
        .contains("STAT", "SHOW", "DUE", "BACKUP", "RELOAD", "TOKEN", "WHOAMI", "CAN")
        .contains("PING", "HELP", "QUIT")
        .doesNotContain("WATCH", "RUN");
    assertThat(LineParser.usages()).hasSize(19).contains("SET <job> <time>", "PING");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DUE | Due[limit=10, prefix=]",
        "DUE 1 | Due[limit=1, prefix=]",
        "r1 DUE 1000 | r1 Due[limit=1000, prefix=]",
        "DUE a. | Due[limit=10, prefix=a.]",
        "DUE a.* | Due[limit=10, prefix=a.]",
        "r1 DUE 5 a. | r1 Due[limit=5, prefix=a.]",
        "DUE 5 7 | Due[limit=5, prefix=7]",
        "DUE -5 | Due[limit=10, prefix=-5]",
        "DUE 5 * | Due[limit=5, prefix=]",
      })
  void due_takes_a_number_and_a_prefix(String line, String read) {
    assertThat(Lines.read(line)).isEqualTo(read);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "TOKEN CREATE ci a. | TokenCreate[name=ci, namespace=a., ttl=null, commands=null,"
            + " runners=null, from=null, note=]",
        "r1 TOKEN CREATE ci a. note=x=y ttl=1d12h | r1 TokenCreate[name=ci, namespace=a.,"
            + " ttl=PT36H, commands=null, runners=null, from=null, note=x=y]",
        "TOKEN CREATE ci a. commands=SET,GET runners= from=::1 \"note=for the CI\" |"
            + " TokenCreate[name=ci, namespace=a., ttl=null, commands=SET,GET, runners=, from=::1,"
            + " note=for the CI]",
        "TOKEN LIST | TokenList[]",
        "r1 TOKEN REVOKE tok_1 | r1 TokenRevoke[token=tok_1]",
        "TOKEN ROTATE ci | TokenRotate[token=ci, overlap=null]",
        "TOKEN ROTATE ci overlap=0s | TokenRotate[token=ci, overlap=PT0S]",
        "WHOAMI | WhoAmI[]",
        "r1 WHOAMI | r1 WhoAmI[]",
        "CAN SET a | Can[command=SET, identifier=a]",
        "r1 CAN GET GET | r1 Can[command=GET, identifier=GET]",
        "CAN STAT | Can[command=STAT, identifier=null]",
        "CAN QUERY a. | Can[command=QUERY, identifier=a.]",
        "RELOAD | Reload[]",
      })
  void commands_about_tokens_and_rights_are_read(String line, String read) {
    assertThat(Lines.read(line)).isEqualTo(read);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "TOKEN | TOKEN is followed by CREATE, LIST, REVOKE or ROTATE, not \"\"",
        "TOKEN create a b | TOKEN is followed by CREATE, LIST, REVOKE or ROTATE, not \"create\"",
        "TOKEN CREATE ci | a name and a namespace are expected: TOKEN CREATE",
        "TOKEN CREATE ci a. 24h | \"24h\" is none of TOKEN CREATE <name> <namespace> [ttl=",
        "TOKEN CREATE ci a. overlap=1h | \"overlap=1h\" is none of TOKEN CREATE",
        "TOKEN CREATE ci a. note=a note=b | note is there twice",
        "TOKEN CREATE ci a. ttl=1x | \"1x\" is no length of time: 24h, 1h30m or 90s are expected",
        "TOKEN CREATE ci a. ttl= | \"\" is no length of time",
        "TOKEN CREATE ci a. ttl=-1h | \"-1h\" is no length of time",
        "TOKEN CREATE ci a. ttl=999999999d | the time \"999999999d\" is too long",
        "TOKEN LIST all | TOKEN LIST takes no more words, not \"all\"",
        "TOKEN REVOKE | one id or name is expected: TOKEN REVOKE <id or name>",
        "TOKEN REVOKE a b | one id or name is expected",
        "TOKEN ROTATE | an id or a name is expected: TOKEN ROTATE",
        "TOKEN ROTATE a ttl=1h | \"ttl=1h\" is none of TOKEN ROTATE",
        "WHOAMI now | WHOAMI takes no more words, not \"now\"",
        "CAN | a command and an identifier are expected: CAN <command> [<identifier>]",
        "CAN SET | CAN SET is followed by a job or a rule",
        "CAN SET a b | a command and an identifier are expected",
        "CAN set a | CAN is followed by a command, not \"set\"",
        "CAN WATCH a | CAN is followed by a command, not \"WATCH\"",
        "CAN GET \"\" | a job or rule has 1 to 255 bytes and no control characters, not \"\"",
      })
  void commands_about_tokens_and_rights_say_what_they_expect(String line, String sentence) {
    assertThat(Lines.read(line)).startsWith("ERROR bad_request " + sentence);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DUE 0 | 1 to 1000 jobs can be listed, not \"0\"",
        "DUE 1001 a | 1 to 1000 jobs can be listed, not \"1001\"",
        "DUE 99999999999999999999 | 1 to 1000 jobs can be listed",
        "DUE a 5 | a number and a prefix are expected, not \"a\"",
        "DUE 5 a b | at most two words are expected: DUE [<n>] [<prefix>]",
      })
  void due_says_what_it_expects(String line, String sentence) {
    assertThat(Lines.read(line)).startsWith("ERROR bad_request " + sentence);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "Z", "0", "2026-11-22", "before.the_move", "a..b", "-a", ".a", "_a"})
  void the_name_of_a_backup_begins_with_a_letter_or_digit(String name) {
    boolean good = Character.isLetterOrDigit(name.charAt(0));
    assertThat(Lines.read("r1 BACKUP " + name))
        .startsWith(good ? "r1 Backup[name=" + name + "]" : "r1 ERROR bad_request a name has ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a/b", "..", "é", "a b", "\"\"", "a%00", "a%0A"})
  void the_name_of_a_backup_can_leave_no_directory(String name) {
    assertThat(Lines.read("BACKUP " + name)).startsWith("ERROR bad_request ");
  }

  @Test
  void the_name_of_a_backup_has_at_most_64_characters() {
    String longest = "a".repeat(64);
    assertThat(Lines.read("BACKUP " + longest)).isEqualTo("Backup[name=" + longest + "]");
    assertThat(Lines.read("BACKUP " + longest + "a")).startsWith("ERROR bad_request a name has ");
    assertThat(Lines.read("BACKUP")).startsWith("ERROR bad_request one name is expected");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "é", "日", "😀"})
  void a_request_id_has_at_most_128_bytes(String character) {
    int size = character.getBytes(UTF_8).length;
    String longest = character.repeat(128 / size) + "x".repeat(128 % size);
    assertThat(Lines.read(longest + " PING")).isEqualTo(longest + " Ping[]");
    assertThat(Lines.read(longest)).startsWith(longest + " ERROR unknown_command");
    assertThat(Lines.read(longest + "x PING")).startsWith("ERROR bad_request a request id has");
    assertThat(Lines.read(longest + "x")).startsWith("ERROR unknown_command");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\"\"", "%01", "%09", "%1f", "%7f", "%c2%80", "%c2%9f", "\"\\n\"", "\"\\u{0}\""})
  void what_cannot_be_a_request_id_is_not_echoed(String word) {
    assertThat(Lines.read(word + " PING")).startsWith("ERROR bad_request a request id has");
    assertThat(Lines.read(word + " PING \"")).startsWith("ERROR bad_request the quote");
    assertThat(Lines.read(word)).startsWith("ERROR unknown_command");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\" | ERROR bad_request",
        "r1 GET \"a | r1 ERROR bad_request",
        "r1 GET a \" | r1 ERROR bad_request",
        "r1 GET\"a | r1 ERROR bad_request",
        "\"r1\" GET \" | r1 ERROR bad_request",
        "r1 \"GET a | ERROR bad_request",
        "\"r1 GET a | ERROR bad_request",
        "r1 x \" | ERROR bad_request",
        "GET \"a | ERROR bad_request",
        "GET SET \" | GET ERROR bad_request",
        "SHOW GET \" | ERROR bad_request",
      })
  void a_quote_without_an_end_is_answered_with_the_request_id_before_it(
      String line, String answer) {
    assertThat(Lines.read(line)).isEqualTo(answer + " the quote has no end");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%00",
        "%ff",
        "%80",
        "%c3",
        "%c0%80",
        "%e2%82",
        "%ed%a0%80",
        "%f0%9f%98",
        "%f4%90%80%80"
      })
  void what_is_no_text_is_answered_with_the_request_id_before_it(String bad) {
    String why = bad.equals("%00") ? "the line holds a NUL" : "the line is not UTF-8";
    String line = "r1 GET é \"b\"";
    int behindCommand = "r1 GET ".length();
    for (int i = 0; i <= line.length(); i++) {
      String id = i < behindCommand ? "" : "r1 ";
      assertThat(Lines.read(line.substring(0, i) + bad + line.substring(i)))
          .as("at %d", i)
          .isEqualTo(id + "ERROR bad_request " + why);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "r1 GET \"a%ff | r1 ERROR bad_request the quote has no end",
        "r1 %ff GET \"a | ERROR bad_request the line is not UTF-8",
        "r1 GET %00 %ff | r1 ERROR bad_request the line holds a NUL",
        "r1 GET %ff %00 | r1 ERROR bad_request the line is not UTF-8",
        "AUTH %ff | ERROR bad_request the line is not UTF-8",
        "AUTH a%00 | ERROR bad_request the line holds a NUL",
        "POST %ff | ERROR bad_request this is not an HTTP port%0aand hangs up",
        "POST%00 / | ERROR bad_request the line holds a NUL",
      })
  void the_first_fault_of_a_line_is_answered(String line, String answer) {
    assertThat(Lines.read(line)).isEqualTo(Lines.text(answer));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "AUTH | ''",
        "'AUTH   ' | ''",
        "AUTH \"\" | ''",
        "AUTH s | s",
        "'  AUTH   s  ' | s",
        "AUTH a b  c | a b  c",
        "AUTH \"a  b\" | a  b",
        "'AUTH \" a \"  ' | ' a '",
        "AUTH \"a\\\"\\\\\\u{62}\" | a\"\\b",
        "AUTH \"\" \"\" | \"\" \"\"",
        "AUTH \"a\"b | \"a\"b",
        "AUTH a\"b\" | a\"b\"",
        "AUTH \"a | \"a",
        "AUTH \" | \"",
        "AUTH a\" | a\"",
        "AUTH\"a\" | a",
        "AUTH\"a | \"a",
        "\"AUTH\" s | s",
        "\"\\u{41}UTH\" \"s\" | s",
        "AUTH AUTH | AUTH",
        "AUTH GET a | GET a",
        "AUTH a\\nb | a\\nb",
        "'AUTH %09s%09 ' | %09s%09",
        "AUTH %09 | %09",
        "AUTH s%0d | s%0d",
        "AUTH größe 😀 | größe 😀",
        "AUTH POST | POST",
      })
  void the_secret_is_the_rest_of_the_line_or_one_quoted_word(String line, String secret) {
    assertThat(Lines.parse(line))
        .isInstanceOfSatisfying(
            Message.Request.class,
            request -> {
              assertThat(request.requestId()).isNull();
              assertThat(request.command())
                  .isInstanceOfSatisfying(
                      Command.Auth.class,
                      auth -> {
                        assertThat(new String(auth.secret().bytes(), UTF_8))
                            .isEqualTo(Lines.text(secret));
                        assertThat(auth.secret().isEmpty()).isEqualTo(secret.isEmpty());
                      });
            });
  }

  @Test
  void a_secret_is_never_printed() {
    assertThat(Lines.read("AUTH sesame")).isEqualTo("Auth[secret=Secret]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"r1 AUTH s", "r1 AUTH", "r1 \"AUTH\" s"})
  void AUTH_takes_no_request_id(String line) {
    assertThat(Lines.read(line)).isEqualTo("r1 ERROR bad_request AUTH takes no request id");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST / HTTP/1.1",
        "POST",
        "  POST /",
        "POST GET a",
        "\"POST\" /",
        "POST \"",
        "Host: localhost:5678",
        "host: x",
        "HOST: GET a"
      })
  void a_line_of_HTTP_hangs_up(String line) {
    assertThat(Lines.read(line))
        .isEqualTo("ERROR bad_request this is not an HTTP port\nand hangs up");
  }

  @ParameterizedTest
  @CsvSource({"post /, post", "POSTX /, POSTX", "Host :, Host", "r1 POST, r1", "r1 Host:, r1"})
  void what_only_resembles_HTTP_is_an_unknown_command(String line, String id) {
    assertThat(Lines.read(line))
        .startsWith(id + " ERROR unknown_command")
        .doesNotContain("hangs up");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SET a 5 | Set[job=a, executionNanos=5]",
        "SET \"a b\" 2026-04-01 12:00:00 | Set[job=a b, executionNanos=1775044800000000000]",
        "GET a | Get[job=a]",
        "GET \"a\\\"b\" | Get[job=a\"b]",
        "SHOW a | Show[job=a]",
        "QUERY | Query[prefix=]",
        "QUERY \"\" | Query[prefix=]",
        "QUERY a | Query[prefix=a]",
        "QUERY a* | Query[prefix=a]",
        "QUERY a** | Query[prefix=a*]",
        "QUERY * | Query[prefix=]",
        "QUERY *a | Query[prefix=*a]",
        "QUERY \"a \" | Query[prefix=a ]",
        "REMOVE a | Remove[job=a]",
        "RULE SET r p shell | RuleSet[rule=r, pattern=p, clause=[shell]]",
        "RULE SET r p* direct a \"\" c | RuleSet[rule=r, pattern=p*, clause=[direct, a, , c]]",
        "RULE SET r p shell \"a  b\"c | RuleSet[rule=r, pattern=p, clause=[shell, a  b, c]]",
        "REMOVERULE r | RemoveRule[rule=r]",
        "RULE REMOVE r | RemoveRule[rule=r]",
        "LISTRULES | ListRules[]",
        "RULE LIST | ListRules[]",
        "STAT | Stat[]",
        "PING | Ping[]",
        "HELP | Help[]",
        "QUIT | Quit[]",
      })
  void a_command_is_read_with_and_without_request_id(String line, String command) {
    assertThat(Lines.read(line)).isEqualTo(command);
    assertThat(Lines.read("r1 " + line)).isEqualTo("r1 " + command);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SET | a job and a time are expected: SET <job> <time>",
        "SET a | a job and a time are expected: SET <job> <time>",
        "SET a 2026-04-01 12:00:00 Z | a job and a time are expected: SET <job> <time>",
        "GET | one job is expected: GET <job>",
        "GET a b | one job is expected: GET <job>",
        "SHOW | one job is expected: SHOW <job>",
        "SHOW a b | one job is expected: SHOW <job>",
        "QUERY a b | at most one word is expected: QUERY [<prefix>]",
        "REMOVE | one job is expected: REMOVE <job>",
        "REMOVE a b | one job is expected: REMOVE <job>",
        "RULE | RULE is followed by SET, REMOVE or LIST, not \"\"",
        "RULE set r p shell | RULE is followed by SET, REMOVE or LIST, not \"set\"",
        "RULE SET | a rule, a pattern and a runner are expected: RULE SET <rule> <pattern>",
        "RULE SET r p | a rule, a pattern and a runner are expected: RULE SET <rule> <pattern>",
        "RULE SET r \"\" shell | a pattern has 1 to 255 bytes and no control characters, not \"\"",
        "RULE SET r p shell \"\\u{0}\" | the word \"\\u{0}\" holds a NUL",
        "RULE REMOVE | one rule is expected: REMOVERULE <rule>",
        "RULE REMOVE a b | one rule is expected: REMOVERULE <rule>",
        "REMOVERULE | one rule is expected: REMOVERULE <rule>",
        "REMOVERULE a b | one rule is expected: REMOVERULE <rule>",
        "RULE LIST x | LISTRULES takes no more words, not \"x\"",
        "LISTRULES x | LISTRULES takes no more words, not \"x\"",
        "STAT x | STAT takes no more words, not \"x\"",
        "PING x | PING takes no more words, not \"x\"",
        "HELP x | HELP takes no more words, not \"x\"",
        "QUIT \"a\\nb\" | QUIT takes no more words, not \"a\\nb\"",
      })
  void a_command_with_the_wrong_words_says_what_was_expected(String line, String sentence) {
    assertThat(Lines.read("r1 " + line)).startsWith("r1 ERROR bad_request " + sentence);
    assertThat(Lines.read(line)).startsWith("ERROR bad_request " + sentence);
  }

  private static final List<String> IDENTIFIER_PLACES =
      List.of(
          "r1 SET # 5",
          "r1 GET #",
          "r1 SHOW #",
          "r1 REMOVE #",
          "r1 REMOVERULE #",
          "r1 RULE REMOVE #",
          "r1 RULE SET # p shell",
          "r1 RULE SET r # shell");

  private static void assertIdentifier(String word, boolean accepted) {
    String refusal = " has 1 to 255 bytes and no control characters, not \"";
    for (String place : IDENTIFIER_PLACES) {
      String read = Lines.read(place.replace("#", word));
      if (accepted) {
        assertThat(read).as(place).doesNotContain("ERROR").contains(Lines.text(word));
      } else {
        assertThat(read).as(place).startsWith("r1 ERROR bad_request a ").contains(refusal);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "é", "日", "😀"})
  void an_identifier_has_at_most_255_bytes(String character) {
    int size = character.getBytes(UTF_8).length;
    String longest = character.repeat(255 / size) + "x".repeat(255 % size);
    assertIdentifier(longest, true);
    assertIdentifier(longest + "x", false);
    assertIdentifier(character.repeat(256 / size + 1), false);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\"\"", "a%01", "%09", "%1f", "%7f", "%c2%80", "%c2%9f", "\"\\n\"", "\"a\\u{0}\""})
  void an_identifier_is_not_empty_and_has_no_control_characters(String word) {
    assertIdentifier(word, false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"%c2%a0", "~", "%ef%bb%bf", "%e2%80%a8", "a\\b", "*"})
  void an_identifier_may_hold_every_other_character(String word) {
    assertIdentifier(word, true);
  }

  @Test
  void a_word_is_repeated_with_at_most_64_bytes() {
    assertThat(Lines.read("r1 PING " + "x".repeat(65)))
        .isEqualTo("r1 ERROR bad_request PING takes no more words, not \"%s\"", "x".repeat(64));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | ERROR line_too_long why",
        "xxx | ERROR line_too_long why",
        "r1 GET | ERROR line_too_long why",
        "'r1 GET ' | r1 ERROR line_too_long why",
        "r1 GET aaa | r1 ERROR line_too_long why",
        "r1 GET \"aaa | r1 ERROR line_too_long why",
        "r1 GET %c3 | r1 ERROR line_too_long why",
        "r1 GE%c3 | ERROR line_too_long why",
        "r1 \"GET\" | r1 ERROR line_too_long why",
        "\"r1 GET a | ERROR line_too_long why",
        "r1 x aaa | ERROR line_too_long why",
        "GET aaa | ERROR line_too_long why",
        "SHOW GET aaa | ERROR line_too_long why",
        "AUTH GET aaa | ERROR line_too_long why",
        "'%09 GET ' | ERROR line_too_long why",
        "POST | ERROR line_too_long why",
        "POST / | ERROR bad_request this is not an HTTP port%0aand hangs up",
      })
  void the_beginning_of_a_line_is_refused_with_the_request_id_in_it(String line, String answer) {
    byte[] bytes = Lines.bytes(line);
    Message refused =
        new LineParser().refuse(bytes, 0, bytes.length, ErrorCode.LINE_TOO_LONG, "why");
    assertThat(Lines.read(refused)).isEqualTo(Lines.text(answer));
  }

  @Test
  void random_lines_are_answered_and_leave_nothing_behind_in_the_parser() {
    var reused = new LineParser();
    for (long seed = 0; seed < 50_000; seed++) {
      byte[] line = line(new Random(seed));
      Message message = reused.parse(line, 1, line.length, Lines.NOW);
      Message fresh = new LineParser().parse(line, 1, line.length, Lines.NOW);
      assertThat(String.valueOf(message)).as("seed %d", seed).isEqualTo(String.valueOf(fresh));
      if (message != null) {
        String answer = Lines.read(message);
        assertThat(answer.replace("\nand hangs up", "").chars())
            .as("seed %d: %s", seed, answer)
            .noneMatch(c -> message instanceof Message.Refused && Character.isISOControl(c));
      }
      Message refused = reused.refuse(line, 1, line.length, ErrorCode.LINE_TOO_LONG, "");
      assertThat(refused).as("seed %d", seed).isInstanceOf(Message.Refused.class);
    }
  }

  private static final List<String> PIECES =
      List.of(
          " ",
          " ",
          " ",
          "\"",
          "\"",
          "\\",
          "\\u{",
          "}",
          "r1",
          "SET ",
          "GET",
          "RULE ",
          "AUTH",
          "QUERY",
          "POST",
          "Host:",
          "now",
          "+1h",
          "2026-04-01",
          "T12:00:00",
          "é",
          "😀",
          "%00",
          "%c3",
          "%ff",
          "%f0%9f",
          "\t",
          "\r");

  private static byte[] line(Random random) {
    var line = new ByteArrayOutputStream();
    line.write('"');
    for (int i = random.nextInt(12); i > 0; i--) {
      if (random.nextInt(5) == 0) {
        line.write(random.nextInt(256));
      } else {
        line.writeBytes(Lines.bytes(PIECES.get(random.nextInt(PIECES.size()))));
      }
    }
    return line.toByteArray();
  }
}
