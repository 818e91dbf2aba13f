package io.ztick.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OutputTest {
  private static final List<String> RULE =
      List.of("r", "a.", "shell", "printf 'x\n\u001b[2J\u009b2J\u202e'");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Session session = Run.session(out, new PrintWriter(out, false, UTF_8), Map.of());

  private String printed(Rows rows, List<List<String>> words) throws IOException {
    for (List<String> row : words) {
      rows.print(row);
    }
    rows.end();
    return out.toString(UTF_8);
  }

  @Test
  void a_table_is_aligned() throws IOException {
    assertThat(
            printed(
                Output.TABLE.jobs(session),
                List.of(
                    List.of("a", "planned", "1893456005000000000"),
                    List.of("日本", "executed", "0"))))
        .isEqualTo(
            """
            JOB   STATUS    TIME                  WHEN
            a     planned   2030-01-01T00:00:05Z  in 5s
            日本  executed  1970-01-01T00:00:00Z  60y 15d ago
            """);
  }

  @Test
  void json_has_an_object_a_line_and_numbers() throws IOException {
    assertThat(printed(Output.JSON.jobs(session), List.of(List.of("1", "planned", "-5"))))
        .isEqualTo("{\"job\":\"1\",\"status\":\"planned\",\"execution_ns\":-5}\n");
  }

  @Test
  void tokens_have_their_times_and_lists_in_every_format() throws IOException {
    List<List<String>> row =
        List.of(
            List.of(
                "tok_1",
                "ci",
                "deploy.",
                "GET,SET",
                "",
                "*",
                "1893456000000000000",
                "1893463200000000000",
                "for the CI",
                "news"));
    assertThat(printed(Output.TABLE.tokens(session), row))
        .isEqualTo(
            """
            ID     NAME  NAMESPACE  COMMANDS  RUNNERS  FROM  CREATED               EXPIRES\
                           WHEN   NOTE
            tok_1  ci    deploy.    GET,SET            *     2030-01-01T00:00:00Z\
              2030-01-01T02:00:00Z\
              in 2h  "for the CI"
            """);
    out.reset();
    assertThat(printed(Output.JSON.tokens(session), row))
        .contains("\"commands\":[\"GET\",\"SET\"],\"runners\":[],\"from\":[\"*\"],")
        .contains("\"expires_ns\":1893463200000000000,\"note\":\"for the CI\"}");
  }

  @Test
  void a_row_of_the_wire_reads_back_as_itself() throws IOException {
    assertThat(printed(Output.WIRE.jobs(session), List.of(List.of("OK", "a b", ""))))
        .isEqualTo("\"OK\" \"a b\" \"\"\n");
  }

  @Test
  void nothing_that_a_terminal_would_obey_is_printed() throws IOException {
    for (Output output : List.of(Output.TABLE, Output.JSON)) {
      out.reset();
      assertThat(printed(output.rules(session), List.of(RULE)))
          .doesNotContain("\u001b", "\u009b", "\u202e");
    }
    out.reset();
    assertThat(printed(Output.WIRE.rules(session), List.of(RULE)))
        .doesNotContain("\u001b", "\u009b")
        .hasLineCount(1);
  }

  @Test
  void a_table_begins_with_its_first_page() throws IOException {
    Rows rows = Output.TABLE.jobs(session);
    int printed = 0;
    while (out.size() == 0 && printed < 10_000) {
      rows.print(List.of("job." + printed++, "planned", "0"));
    }
    assertThat(printed).isLessThanOrEqualTo(1000);
  }
}
