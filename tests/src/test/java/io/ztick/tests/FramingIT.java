package io.ztick.tests;

import static io.ztick.tests.Wire.assertLines;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Lines, words, quotes and limits.
class FramingIT {
  private static final int MAX_LINE_BYTES = 65536;
  private static final int MAX_LINE_BYTES_BEFORE_AUTH = 4096;

  @TempDir static Path openDirectory;
  @TempDir static Path guardedDirectory;
  private static ZtickServer open;
  private static ZtickServer guarded;

  @BeforeAll
  static void start() throws Exception {
    open = ZtickServer.in(openDirectory).start();
    guarded =
        ZtickServer.in(guardedDirectory)
            .auth("[token.all]\nsecret = \"sesame\"\nnamespace = \"*\"\n")
            .start();
  }

  @AfterAll
  static void stop() {
    open.close();
    guarded.close();
  }

  @Test
  void there_is_no_greeting() throws Exception {
    answers("", "");
  }

  @Test
  void one_cr_right_before_the_lf_is_dropped() throws Exception {
    answers(
        "r1 PING\r\nr2 SET framing.cr 2099-04-01\r\nr3 GET framing.cr\r\n",
        "r1 OK\nr2 OK\nr3 OK planned 4078684800000000000\n");
  }

  @Test
  void a_second_cr_is_a_byte_of_the_word() throws Exception {
    try (Wire wire = open.connect()) {
      wire.write("r1 GET framing.cr\r\r\n").expect("r1 ERROR bad_request…");
    }
  }

  @Test
  void words_are_separated_by_one_or_more_spaces_and_outer_spaces_are_ignored() throws Exception {
    answers(
        "   r1   SET   framing.spaces   2099-04-01   00:00:00   \n r2 GET framing.spaces \n",
        "r1 OK\nr2 OK planned 4078684800000000000\n");
  }

  @Test
  void only_the_space_separates() throws Exception {
    try (Wire wire = open.connect()) {
      wire.send("r1\tPING").expect("ERROR unknown_command…");
      wire.send("r1 SET\tframing.tab 2099-04-01").expect("r1 ERROR unknown_command…");
      wire.send("r1 SET framing.nbsp\u00a02099-04-01 2099-04-01").expect("r1 OK");
      wire.send("r1 GET framing.nbsp\u00a02099-04-01").expect("r1 OK planned…");
    }
  }

  @Test
  void blank_lines_are_skipped_without_an_answer() throws Exception {
    answers("\n\r\n    \n   \r\nr1 PING\n\n\n", "r1 OK\n");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      textBlock =
          """
          a"b c"d              ; `a "b c" d`
          "a""b"               ; a b
          "a b"                ; `"a b"`
          ""                   ; `""`
          "say \\"hi\\""       ; `"say \\"hi\\""`
          "back\\\\slash"      ; `"back\\\\slash"`
          back\\slash          ; `"back\\\\slash"`
          "\\q\\'\\ "          ; `"q' "`
          "\\u{e9}"            ; é
          "\\u{1F600}"         ; 😀
          "\\u{1f600}x"        ; 😀x
          "caf\\u{e9} au lait" ; `"café au lait"`
          "tab\\there"         ; `"tab\\there"`
          "line\\nfeed"        ; `"line\\nfeed"`
          "carriage\\rreturn"  ; `"carriage\\rreturn"`
          é                    ; é
          it's                 ; it's
          \\n                  ; `"\\\\n"`
          """,
      delimiter = ';')
  void quotes_and_escapes_make_words(String sent, String listed) throws Exception {
    try (Wire wire = open.connect()) {
      wire.send("r1 RULE SET framing.words framing.words direct true " + sent).expect("r1 OK");
      assertThat(wire.rows("LISTRULES"))
          .contains("framing.words framing.words direct true " + listed);
      wire.send("r1 REMOVERULE framing.words").expect("r1 OK");
    }
  }

  @Test
  void an_escaped_word_is_the_word_itself() throws Exception {
    try (Wire wire = open.connect()) {
      wire.session(
          """
          > r1 SET "framing.\\u{e9}\\"\\\\x y" 2099-04-01
          < r1 OK
          > r2 GET "framing.é\\"\\\\x y"
          < r2 OK planned 4078684800000000000
          > r3 "GET" "framing.\\é\\"\\\\\\x\\ y"
          < r3 OK planned 4078684800000000000
          > r4 REMOVE "framing.é\\u{22}\\u{5c}\\u{78} y"
          < r4 OK
          """);
    }
  }

  @Test
  void an_unterminated_quote_is_a_bad_request_and_the_next_line_is_read_afresh() throws Exception {
    try (Wire wire = open.connect()) {
      wire.session(
          """
          > r1 SET "framing.open 2099-04-01
          < r1 ERROR bad_request…
          > r2 PING
          < r2 OK
          > r3 SET "framing.open\\" 2099-04-01
          < r3 ERROR bad_request…
          > PING "
          < ERROR bad_request…
          > " PING
          < ERROR bad_request…
          > r4 PING
          < r4 OK
          > QUERY framing.open
          < OK
          """);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ff", "c3", "c328", "c080", "e28228", "eda080", "f0288cbc", "f4908080", "00"})
  void anything_but_utf_8_and_a_nul_is_a_bad_request(String hex) throws Exception {
    byte[] bad = HexFormat.of().parseHex(hex);
    try (Wire wire = open.connect()) {
      wire.write("r1 SET framing.x").write(bad).write(" 2099-04-01\n");
      wire.expect("r1 ERROR bad_request…");
      wire.write("r2 SET \"framing.x").write(bad).write("\" 2099-04-01\n");
      wire.expect("r2 ERROR bad_request…");
      wire.send("r3 PING").expect("r3 OK");
      assertThat(wire.rows("QUERY framing.x")).isEmpty();
    }
  }

  @Test
  void bytes_behind_the_last_lf_at_the_end_of_input_are_never_executed() throws Exception {
    try (Wire wire = open.connect()) {
      wire.write("r1 PING\nr2 SET framing.last 2099-04-01").halfClose();
      assertThat(wire.remaining())
          .matches("r1 OK\n(r2 )?ERROR bad_request the last line has no line feed\n");
    }
    answers("r1 GET framing.last\n", "r1 ERROR not_found…");
  }

  @Test
  void a_line_of_65536_bytes_is_read() throws Exception {
    try (Wire wire = open.connect()) {
      wire.write(padded("r1 PING", MAX_LINE_BYTES)).expect("r1 OK");
      wire.write(padded("r2 PING", MAX_LINE_BYTES)).expect("r2 OK");
    }
  }

  @Test
  void a_line_of_65537_bytes_is_too_long_and_the_connection_goes_on() throws Exception {
    try (Wire wire = open.connect()) {
      wire.write(padded("r1 PING", MAX_LINE_BYTES + 1)).expect("r1 ERROR line_too_long…");
      wire.send("r2 PING").expect("r2 OK");
    }
  }

  @Test
  void a_longer_line_is_answered_as_soon_as_the_limit_is_passed_and_the_rest_of_it_is_skipped()
      throws Exception {
    try (Wire wire = open.connect()) {
      wire.write("r1 SET framing." + "x".repeat(MAX_LINE_BYTES));
      wire.expect("r1 ERROR line_too_long…");
      wire.write("x".repeat(3 * MAX_LINE_BYTES) + " r2 PING\nr3 PING\n").expect("r3 OK");
    }
  }

  @Test
  void before_auth_a_line_of_4096_bytes_is_read() throws Exception {
    try (Wire wire = guarded.connect()) {
      wire.write(padded("AUTH sesame", MAX_LINE_BYTES_BEFORE_AUTH)).expect("OK");
      wire.write(padded("r1 PING", MAX_LINE_BYTES)).expect("r1 OK");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"AUTH sesame", "r1 PING"})
  void before_auth_a_line_of_4097_bytes_closes_the_connection(String line) throws Exception {
    try (Wire wire = guarded.connect()) {
      wire.write(padded(line, MAX_LINE_BYTES_BEFORE_AUTH + 1) + "r2 PING\n");
      wire.expect("ERROR auth_required").expectClosed();
    }
  }

  @Test
  void before_auth_4097_bytes_without_a_line_feed_close_the_connection() throws Exception {
    try (Wire wire = guarded.connect()) {
      wire.write("AUTH " + "x".repeat(MAX_LINE_BYTES_BEFORE_AUTH - 4));
      wire.expect("ERROR auth_required").expectClosed();
    }
  }

  @Test
  void max_line_bytes_is_configured(@TempDir Path own) throws Exception {
    try (ZtickServer server =
            ZtickServer.in(own).set("controller", "max_line_bytes", 8192).start();
        Wire wire = server.connect()) {
      wire.write(padded("r1 PING", 8192)).expect("r1 OK");
      wire.write(padded("r2 PING", 8193)).expect("r2 ERROR line_too_long…");
      wire.send("r3 PING").expect("r3 OK");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST / HTTP/1.1\r",
        "POST",
        "Host: localhost:5678\r",
        "host: x",
        "hOsT: x",
        "  POST /x"
      })
  void a_line_of_a_web_page_is_answered_and_closed_with_nothing_behind_it_read(String line)
      throws Exception {
    try (Wire wire = open.connect()) {
      wire.write(line + "\nr1 SET framing.http 2099-04-01\nr2 PING\n");
      wire.expect("ERROR bad_request this is not an HTTP port").expectClosed();
    }
    try (Wire wire = guarded.connect()) {
      wire.write(line + "\nAUTH sesame\nr1 PING\n");
      wire.expect("ERROR auth_required").expectClosed();
    }
    answers("r1 GET framing.http\n", "r1 ERROR not_found…");
  }

  @Test
  void post_and_host_are_ordinary_words_elsewhere() throws Exception {
    try (Wire wire = open.connect()) {
      wire.session(
          """
          > r1 POST /
          < r1 ERROR unknown_command…
          > post / HTTP/1.1
          < post ERROR unknown_command…
          > r2 SET Host: 2099-04-01
          < r2 OK
          > r3 REMOVE Host:
          < r3 OK
          > Hostess PING
          < Hostess OK
          """);
    }
  }

  @Test
  void any_cut_of_any_input_into_segments_gives_the_same_bytes_back() throws Exception {
    byte[] session =
        """
        r1 SET framing.cut.a 2099-04-01 00:00:00\r
        SET "framing.cut.b \\"\\u{e9}\\\\" "2099-04-01 00:00:00.5"

        r2 GET framing.cut.a
        "r 3" GET "framing.cut.b \\"é\\\\"
        QUERY framing.cut.
        r4 SET "framing.cut
        r5 nonsense
           r6   REMOVE   framing.cut.a\040\040
        r7 RULE SET framing.cut framing.cut http GET http://127.0.0.1:1/é
        r8 RULE LIST
        r9 REMOVERULE framing.cut
        REMOVE "framing.cut.b \\"é\\\\"
        r10 GET framing.cut.a
        PING
        """
            .getBytes(StandardCharsets.UTF_8);
    String expected = answer(List.of(session));
    assertLines(
        expected,
        "r1 OK",
        "OK",
        "r2 OK planned 4078684800000000000",
        "\"r 3\" OK planned 4078684800500000000",
        "framing.cut.a planned 4078684800000000000",
        "\"framing.cut.b \\\"é\\\\\" planned 4078684800500000000",
        "OK",
        "r4 ERROR bad_request…",
        "r5 ERROR unknown_command…",
        "r6 OK",
        "r7 OK",
        "r8 framing.cut framing.cut http GET http://127.0.0.1:1/é",
        "r8 OK",
        "r9 OK",
        "OK",
        "r10 ERROR not_found…",
        "OK");
    for (int cut = 1; cut < session.length; cut++) {
      List<byte[]> halves =
          List.of(
              Arrays.copyOfRange(session, 0, cut),
              Arrays.copyOfRange(session, cut, session.length));
      assertThat(answer(halves)).as("cut at byte %d", cut).isEqualTo(expected);
    }
    List<byte[]> bytes =
        IntStream.range(0, session.length)
            .mapToObj(at -> Arrays.copyOfRange(session, at, at + 1))
            .toList();
    assertThat(answer(bytes)).as("byte by byte").isEqualTo(expected);
  }

  @Test
  void any_number_of_lines_may_be_in_flight_and_answers_come_in_the_order_of_the_lines()
      throws Exception {
    int lines = 20_000;
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    StringBuilder expected = new StringBuilder();
    for (int line = 0; line < lines; line++) {
      int kind = line % 4;
      String job = "framing.pipe." + line / 4;
      sent.writeBytes(
          switch (kind) {
            case 0 -> utf8("r" + line + " SET " + job + " " + (4_000_000_000_000_000_000L + line));
            case 1 -> utf8("r" + line + " GET " + job);
            case 2 -> utf8("r" + line + " REMOVE " + job);
            default -> utf8("r" + line + " PING");
          });
      sent.write('\n');
      expected
          .append("r" + line + " OK")
          .append(kind == 1 ? " planned " + (4_000_000_000_000_000_000L + line - 1) : "")
          .append("\n");
    }
    try (Wire wire = open.connect();
        var writer = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Wire> written = writer.submit(() -> wire.write(sent.toByteArray()).halfClose());
      assertThat(wire.remaining()).isEqualTo(expected.toString());
      assertThat(written.get()).isSameAs(wire);
    }
  }

  @Test
  void half_closed_clients_get_every_answer_before_the_server_closes_its_side() throws Exception {
    answers(
        IntStream.range(0, 1000).mapToObj(n -> "r" + n + " PING\n").collect(Collectors.joining()),
        IntStream.range(0, 1000).mapToObj(n -> "r" + n + " OK\n").collect(Collectors.joining()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_slow_reader_gets_every_answer_also_behind_its_half_close_or_quit(boolean quits)
      throws Exception {
    int jobs = 4000;
    int listings = 12;
    try (Wire wire = Wire.connectNarrow(open.port());
        Wire other = open.connect();
        var writer = Executors.newVirtualThreadPerTaskExecutor()) {
      createJobsOf255Bytes(other, jobs);
      String questions = "QUERY framing.slow.\n".repeat(listings);
      String junk = "QUIT\n" + "junk\n".repeat(40_000);
      Future<Wire> written =
          writer.submit(() -> wire.write(questions + (quits ? junk : "")).halfClose());
      // Meanwhile the listings fill every buffer on their way.
      for (int turn = 0; turn < 500; turn++) {
        other.send("r1 PING").expect("r1 OK");
      }
      for (int listing = 0; listing < listings; listing++) {
        for (int job = 0; job < jobs; job++) {
          assertThat(wire.line()).startsWith("framing.slow.%05d.".formatted(job));
        }
        wire.expect("OK");
      }
      if (quits) {
        wire.expect("OK");
      }
      wire.expectClosed();
      assertThat(written.get()).isSameAs(wire);
      other.send("r1 PING").expect("r1 OK").send("QUERY framing.slow.").line();
    }
    answers("r1 PING\n", "r1 OK\n");
  }

  private static void createJobsOf255Bytes(Wire wire, int jobs) throws IOException {
    for (int job = 0; job < jobs; job++) {
      String id = "framing.slow.%05d.".formatted(job);
      wire.send("SET " + id + "x".repeat(255 - id.length()) + " 2099-04-01");
    }
    for (int job = 0; job < jobs; job++) {
      wire.expect("OK");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "socat, socat, socat -t 30 - TCP:127.0.0.1:PORT",
    "nc.openbsd, netcat-openbsd, nc.openbsd -N 127.0.0.1 PORT",
    "nc.openbsd, netcat-openbsd, nc.openbsd -C -N 127.0.0.1 PORT",
    "ncat, ncat, ncat 127.0.0.1 PORT",
    "ncat, ncat, ncat -C 127.0.0.1 PORT"
  })
  void the_usual_tools_get_every_answer(String program, String debianPackage, String command)
      throws Exception {
    Tool.assumeInstalled(program, debianPackage);
    String client = command.replace("PORT", Integer.toString(open.port()));
    assertThat(Tool.run("sh", "-c", "printf 'r1 PING\\nr2 STAT x\\nPING\\n' | " + client))
        .matches("r1 OK\nr2 ERROR bad_request [^\n]+\nOK\n");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// The line with spaces behind it, so that it has this many bytes with its line feed.
  private static String padded(String line, int bytes) {
    return line + " ".repeat(bytes - line.length() - 1) + "\n";
  }

  private static void answers(String sent, String expected) throws IOException {
    String answer = answer(List.of(utf8(sent)));
    if (expected.endsWith("…")) {
      assertLines(answer, expected);
    } else {
      assertThat(answer).isEqualTo(expected);
    }
  }

  /// Sends the segments one by one; between two of them another connection is answered, so that the
  /// server has most likely read the first.
  private static String answer(List<byte[]> segments) throws IOException {
    try (Wire wire = open.connect();
        Wire pacer = open.connect()) {
      wire.write(segments.getFirst());
      for (byte[] segment : segments.subList(1, segments.size())) {
        pacer.send("PING").expect("OK");
        wire.write(segment);
      }
      return wire.halfClose().remaining();
    }
  }
}
