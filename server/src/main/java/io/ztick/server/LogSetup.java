package io.ztick.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.ClassicConstants;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.hook.DefaultShutdownHook;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.Logger;

/// How the log looks unless a file says it. `conf/logback-example.xml` says the same: to read it
/// takes logback and the XML parser some hundred classes more, which the process would keep. Public
/// because logback creates it.
@ConfiguratorRank(ConfiguratorRank.CUSTOM_NORMAL_PRIORITY)
public final class LogSetup extends ContextAwareBase implements Configurator {
  private static final int QUEUED_LINES = 16_384;
  private static final int FLUSH_MILLIS = 1_000;

  /// For logback.
  public LogSetup() {}

  @Override
  public ExecutionStatus configure(LoggerContext loggers) {
    if (System.getProperty(ClassicConstants.CONFIG_FILE_PROPERTY) != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    loggers.getLogger("io.netty").setLevel(Level.WARN);
    var root = loggers.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.INFO);
    root.addAppender(queue(loggers));
    // Writes what is left in the queue before the process ends.
    var hook = new DefaultShutdownHook();
    hook.setContext(loggers);
    Runtime.getRuntime().addShutdownHook(new Thread(hook, "log"));
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /// The server waits for nobody who does not read its log: what does not fit is dropped.
  private static AsyncAppender queue(LoggerContext loggers) {
    var queue = new AsyncAppender();
    queue.setContext(loggers);
    queue.setName("queue");
    queue.setQueueSize(QUEUED_LINES);
    queue.setDiscardingThreshold(0);
    queue.setNeverBlock(true);
    queue.setMaxFlushTime(FLUSH_MILLIS);
    queue.addAppender(stderr(loggers));
    queue.start();
    return queue;
  }

  private static ConsoleAppender<ILoggingEvent> stderr(LoggerContext loggers) {
    var layout = new PatternLayout();
    layout.setContext(loggers);
    layout.getInstanceConverterMap().put("trouble", LogTrouble::new);
    layout.setPattern("%d{\"yyyy-MM-dd'T'HH:mm:ss.SSS'Z'\", UTC} %-5level %msg%trouble%n");
    layout.start();
    var encoder = new LayoutWrappingEncoder<ILoggingEvent>();
    encoder.setContext(loggers);
    encoder.setCharset(UTF_8);
    encoder.setLayout(layout);
    encoder.start();
    var stderr = new ConsoleAppender<ILoggingEvent>();
    stderr.setContext(loggers);
    stderr.setName("stderr");
    stderr.setTarget("System.err");
    stderr.setEncoder(encoder);
    stderr.start();
    return stderr;
  }
}
