package io.ztick.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RefusalsTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final String REASON = "the token has expired";

  private final Logger logger = (Logger) LoggerFactory.getLogger(Refusals.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Refusals refusals = new Refusals();

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(lines);
  }

  @Test
  void an_address_is_logged_once_a_second() throws UnknownHostException {
    for (long at : List.of(0L, SECOND - 1, SECOND, 2 * SECOND - 1)) {
      refusals.report("AUTH", address(1), REASON, at);
    }
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "AUTH from 10.0.0.1 refused: the token has expired",
            "AUTH from 10.0.0.1 refused: the token has expired");
  }

  @Test
  void addresses_do_not_silence_each_other() throws UnknownHostException {
    refusals.report("AUTH", address(1), REASON, 0);
    refusals.report("AUTH", address(2), REASON, 0);
    assertThat(lines.list).hasSize(2);
  }

  @Test
  void no_more_than_1024_addresses_are_logged_in_a_second() throws UnknownHostException {
    for (int i = 0; i < 1025; i++) {
      refusals.report("AUTH", address(i), REASON, 0);
    }
    assertThat(lines.list).hasSize(1024);
  }

  private static InetAddress address(int number) throws UnknownHostException {
    return InetAddress.getByAddress(new byte[] {10, 0, (byte) (number >> 8), (byte) number});
  }
}
