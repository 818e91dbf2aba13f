package io.ztick.server;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// Where the audit trail goes: a logger of its own, whatever the level of the log. A thread of its
/// own writes, so that the server waits for no disk.
final class AuditLog implements AutoCloseable {
  private static final String NAME = "audit";
  private static final int QUEUE = 16_384;

  private final @Nullable Logger logger;
  private final @Nullable AsyncAppender queue;
  private final @Nullable AuditFile file;

  private AuditLog(
      @Nullable Logger logger, @Nullable AsyncAppender queue, @Nullable AuditFile file) {
    this.logger = logger;
    this.queue = queue;
    this.file = file;
  }

  /// Begins to write.
  ///
  /// @throws IOException when the file cannot be written; the message says which
  static AuditLog open(Configuration.Audit configuration) throws IOException {
    var loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
    return switch (configuration.to()) {
      case OFF -> new AuditLog(null, null, null);
      case STDERR -> new AuditLog(loggers.getLogger(NAME), queue(loggers, stderr(loggers)), null);
      case FILE -> {
        var file =
            new AuditFile(configuration.file(), configuration.maxBytes(), configuration.files());
        file.setContext(loggers);
        file.start();
        yield new AuditLog(loggers.getLogger(NAME), queue(loggers, file), file);
      }
    };
  }

  private static AsyncAppender queue(LoggerContext loggers, Appender<ILoggingEvent> target) {
    var queue = new AsyncAppender();
    queue.setContext(loggers);
    queue.setName(NAME);
    queue.setQueueSize(QUEUE);
    queue.setDiscardingThreshold(0);
    queue.setNeverBlock(true);
    queue.addAppender(target);
    queue.start();
    Logger logger = loggers.getLogger(NAME);
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    logger.addAppender(queue);
    return queue;
  }

  private static Appender<ILoggingEvent> stderr(LoggerContext loggers) {
    var appender = new ConsoleAppender<ILoggingEvent>();
    appender.setContext(loggers);
    appender.setTarget("System.err");
    appender.setEncoder(encoder(loggers));
    appender.start();
    return appender;
  }

  private static PatternLayoutEncoder encoder(LoggerContext loggers) {
    var encoder = new PatternLayoutEncoder();
    encoder.setContext(loggers);
    encoder.setCharset(StandardCharsets.UTF_8);
    encoder.setPattern("%msg%n");
    encoder.start();
    return encoder;
  }

  /// Whether nothing is written at all.
  boolean isOff() {
    return logger == null;
  }

  /// Whether two more lines are kept rather than dropped: the disk is behind, or nobody reads.
  boolean hasRoom() {
    return queue == null || queue.getRemainingCapacity() > 1;
  }

  void write(String line) {
    if (logger != null) {
      logger.info("{}", line);
    }
  }

  @Override
  public void close() {
    if (file != null) {
      file.hurry();
    }
    if (logger != null) {
      logger.detachAndStopAllAppenders();
    }
  }
}
