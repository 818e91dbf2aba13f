package io.ztick.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ProtocolException;
import org.junit.jupiter.api.Test;

/// What a load understands of answers.
class ZtickAnswersTest {
  private static final byte[] ONE_KIND = new byte[16];

  private final Tally tally = new Tally(1);
  private final ZtickAnswers answers = new ZtickAnswers();

  private int read(String text, int requests) throws ProtocolException {
    tally.resume(ONE_KIND, 0, requests);
    byte[] bytes = text.getBytes(UTF_8);
    return answers.read(bytes, 0, bytes.length, tally);
  }

  @Test
  void answers_are_counted_wherever_they_are_cut() throws ProtocolException {
    String text =
        """
        r000000001 OK
        r000000002 OK planned 4078684800000000000
        r000000003 OKAY planned 4078684800000000000
        r000000003 "OK" planned 4078684800000000000
        r000000003 OK
        r000000004 ERROR not_found no such job
        """;
    byte[] bytes = text.getBytes(UTF_8);
    for (int cut = 0; cut <= bytes.length; cut++) {
      var counted = new Tally(1);
      counted.resume(ONE_KIND, 0, 4);
      int taken = answers.read(bytes, 0, cut, counted);
      assertThat(answers.read(bytes, taken, bytes.length, counted)).isEqualTo(bytes.length);
      assertThat(counted.answered()).isEqualTo(4);
      assertThat(counted.takeFresh(0)).isEqualTo(4);
      assertThat(counted.rows(0)).isEqualTo(2);
      assertThat(counted.errors(0)).isOne();
      assertThat(counted.firstError()).contains("ERROR not_found no such job");
    }
  }

  @Test
  void an_error_about_the_connection_is_kept_and_answers_nothing() throws ProtocolException {
    String text = "ERROR unavailable the journal failed\n";
    assertThat(read(text, 1)).isEqualTo(text.length());
    assertThat(tally.answered()).isZero();
    assertThat(tally.firstError()).contains("ERROR unavailable the journal failed");
  }

  @Test
  void more_answers_than_requests_are_refused() {
    assertThatThrownBy(() -> read("r000000001 OK\nr000000002 OK\n", 1))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("there are more answers than requests");
  }

  @Test
  void other_protocols_are_recognised() {
    assertThatThrownBy(() -> read("HTTP/1.1 400 Bad Request\n", 1))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("no ztick server");
  }
}
