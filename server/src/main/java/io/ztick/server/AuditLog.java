package io.ztick.server;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.Duration;
import ch.qos.logback.core.util.FileSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// Where the audit trail goes: a logger of its own, whatever the level of the log. A thread of its
/// own writes, so that the server waits for no disk.
final class AuditLog implements AutoCloseable {
  private static final String NAME = "audit";
  private static final int QUEUE = 16_384;

  /// How often a file's size is looked at.
  private static final long LOOK_MILLIS = 200;

  private final @Nullable Logger logger;
  private final @Nullable AsyncAppender queue;

  private AuditLog(@Nullable Logger logger, @Nullable AsyncAppender queue) {
    this.logger = logger;
    this.queue = queue;
  }

  /// Begins to write.
  ///
  /// @throws IOException when the file cannot be written; the message says which
  static AuditLog open(Configuration.Audit configuration) throws IOException {
    var loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
    return switch (configuration.to()) {
      case OFF -> new AuditLog(null, null);
      case STDERR -> new AuditLog(loggers.getLogger(NAME), queue(loggers, stderr(loggers)));
      case FILE ->
          new AuditLog(loggers.getLogger(NAME), queue(loggers, file(loggers, configuration)));
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

  private static Appender<ILoggingEvent> file(
      LoggerContext loggers, Configuration.Audit configuration) throws IOException {
    Path file = configuration.file();
    makeWritable(file);
    var appender = new RollingFileAppender<ILoggingEvent>();
    appender.setContext(loggers);
    appender.setFile(file.toString());
    appender.setEncoder(encoder(loggers));
    var names = new FixedWindowRollingPolicy();
    names.setContext(loggers);
    names.setParent(appender);
    names.setFileNamePattern(file.toString().replace("%", "\\%") + ".%i");
    names.setMinIndex(1);
    names.setMaxIndex(configuration.files());
    names.start();
    var size = new SizeBasedTriggeringPolicy<ILoggingEvent>();
    size.setContext(loggers);
    size.setMaxFileSize(new FileSize(configuration.maxBytes()));
    size.setCheckIncrement(Duration.buildByMilliseconds(LOOK_MILLIS));
    size.start();
    appender.setRollingPolicy(names);
    appender.setTriggeringPolicy(size);
    appender.start();
    if (!appender.isStarted()) {
      throw new IOException("the audit log " + file + " cannot be written");
    }
    return appender;
  }

  /// Says what is wrong, which the library would keep to itself, and makes a file for its owner.
  private static void makeWritable(Path file) throws IOException {
    try {
      Path directory = file.toAbsolutePath().getParent();
      if (directory != null) {
        Files.createDirectories(directory, ownerOnly("rwx------"));
      }
      if (Files.notExists(file)) {
        Files.createFile(file, ownerOnly("rw-------"));
      }
      Files.newOutputStream(file, StandardOpenOption.APPEND).close();
    } catch (IOException e) {
      throw new IOException("the audit log " + file + " cannot be written: " + e, e);
    }
  }

  private static FileAttribute<Set<PosixFilePermission>> ownerOnly(String permissions) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
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
    if (logger != null) {
      logger.detachAndStopAllAppenders();
    }
  }
}
