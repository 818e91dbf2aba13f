package io.ztick.server;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import org.slf4j.Logger;

/// The exception of a log line, `%trouble` in its pattern: its message on the same line, and the
/// stack trace only when the level is `debug` or `trace`. Public because logback creates it.
public final class LogTrouble extends ThrowableProxyConverter {
  /// For logback.
  public LogTrouble() {}

  @Override
  public String convert(ILoggingEvent event) {
    var thrown = event.getThrowableProxy();
    if (thrown == null) {
      return "";
    }
    var loggers = (LoggerContext) getContext();
    if (loggers.getLogger(Logger.ROOT_LOGGER_NAME).isDebugEnabled()) {
      return System.lineSeparator() + super.convert(event).stripTrailing();
    }
    String message = thrown.getMessage() == null ? thrown.getClassName() : thrown.getMessage();
    return ": " + LogText.escaped(message);
  }
}
