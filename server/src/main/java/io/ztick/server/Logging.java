package io.ztick.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What of the log is written. How it looks, [LogSetup] says, or a file.
final class Logging {
  private Logging() {}

  /// Writes lines of this level and of the more important ones.
  static void limitTo(Configuration.Level least) {
    limit((LoggerContext) LoggerFactory.getILoggerFactory(), Level.toLevel(least.name()));
  }

  static void limit(LoggerContext loggers, Level least) {
    loggers.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(least);
    // A level of its own in such a file lets a logger say less than the others, never more.
    for (var logger : loggers.getLoggerList()) {
      Level own = logger.getLevel();
      if (own != null && least.isGreaterOrEqual(own)) {
        logger.setLevel(least);
      }
    }
  }
}
