package io.ztick.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.Configurator.ExecutionStatus;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The log as it is without a file, and by the installed example of one, in a context of its own.
@ParameterizedClass
@ValueSource(booleans = {false, true})
class LoggingTest {
  private final boolean byFile;
  private final LoggerContext loggers = new LoggerContext();
  private final PrintStream usual = System.err;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  LoggingTest(boolean byFile) {
    this.byFile = byFile;
  }

  @BeforeEach
  void configure() throws Exception {
    System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
    // The context of the process gets this one from SLF4J.
    loggers.setMDCAdapter(new LogbackMDCAdapter());
    loggers.start();
    if (byFile) {
      var configurator = new JoranConfigurator();
      configurator.setContext(loggers);
      configurator.doConfigure(Path.of("..", "conf", "logback-example.xml").toFile());
    } else {
      assertThat(new LogSetup().configure(loggers))
          .isEqualTo(ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY);
    }
  }

  @AfterEach
  void restore() {
    loggers.stop();
    System.setErr(usual);
  }

  @Test
  void a_line_has_time_level_and_message() {
    loggers.getLogger("io.ztick.server.Main").warn("one {}", "two");

    assertThat(lines())
        .singleElement()
        .asString()
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z WARN  one two");
  }

  @Test
  void an_exception_is_its_message_on_the_same_line() {
    loggers.getLogger("x").error("failed", new IllegalStateException("first\nsecond"));
    loggers.getLogger("x").error("failed", new IllegalStateException());

    assertThat(lines()).hasSize(2);
    assertThat(lines().getFirst()).endsWith("failed: first\\nsecond");
    assertThat(lines().getLast()).endsWith("failed: java.lang.IllegalStateException");
  }

  @Test
  void the_level_debug_adds_stack_traces() {
    Logging.limit(loggers, Level.DEBUG);

    loggers.getLogger("x").error("failed", new IllegalStateException("why"));

    assertThat(lines())
        .hasSizeGreaterThan(2)
        .anyMatch(line -> line.startsWith("java.lang.IllegalStateException: why"))
        .anyMatch(line -> line.startsWith("\tat " + LoggingTest.class.getName()))
        .doesNotContain("");
  }

  @ParameterizedTest
  @CsvSource({"OFF, 0", "ERROR, 1", "WARN, 2", "INFO, 3", "DEBUG, 4", "TRACE, 5"})
  void less_important_lines_than_the_level_are_not_written(String level, int lines) {
    Logging.limit(loggers, Level.toLevel(level));

    sayAll("io.ztick.server.Main");

    assertThat(lines()).hasSize(lines);
  }

  @ParameterizedTest
  @CsvSource({"OFF, 0", "ERROR, 1", "WARN, 2", "INFO, 2", "DEBUG, 2", "TRACE, 2"})
  void netty_says_nothing_below_a_warning(String level, int lines) {
    Logging.limit(loggers, Level.toLevel(level));

    sayAll("io.netty.channel.Channel");

    assertThat(lines()).hasSize(lines);
  }

  private void sayAll(String name) {
    var logger = loggers.getLogger(name);
    logger.error("said");
    logger.warn("said");
    logger.info("said");
    logger.debug("said");
    logger.trace("said");
  }

  /// What is written when the process ends.
  private List<String> lines() {
    loggers.stop();
    return written.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
