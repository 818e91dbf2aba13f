package io.ztick.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The audit trail as a file that only its owner can read. When it is large it is set aside as
/// `audit.log.1`, the one before as `audit.log.2`, and so on. A line that the disk does not take is
/// offered to it again and again, and the log says so once: what waits behind it is counted where
/// the queue is filled, so no event is lost in silence and none is written in part. Confined to the
/// thread of the audit trail, but for {@link #hurry}.
///
/// Logback's own appenders lose what a full disk does not take, and go on behind a torn line.
final class AuditFile extends AppenderBase<ILoggingEvent> {
  private static final Logger log = LoggerFactory.getLogger(AuditFile.class);
  private static final long RETRY_MILLIS = 500;

  private final Path file;
  private final long maxBytes;
  private final int files;
  private final CountDownLatch hurried = new CountDownLatch(1);
  private @Nullable OutputStream output;

  /// What the file holds; 0 of what is no regular file.
  private long bytes;

  /// What it may hold before it is set aside.
  private long limit;

  private boolean failing;
  private long lost;

  /// @param maxBytes it may hold before another one is begun
  /// @param files how many former ones are kept
  /// @throws IOException when it cannot be written; the message says which
  AuditFile(Path file, long maxBytes, int files) throws IOException {
    this.file = file;
    this.maxBytes = maxBytes;
    this.files = files;
    this.limit = maxBytes;
    try {
      Path directory = file.toAbsolutePath().getParent();
      if (directory != null) {
        Files.createDirectories(directory, ownerOnly("rwx------"));
      }
      output = open();
    } catch (IOException e) {
      throw new IOException(complaint(e), e);
    }
  }

  private static FileAttribute<Set<PosixFilePermission>> ownerOnly(String permissions) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
  }

  private String complaint(IOException e) {
    return "the audit log " + file + " cannot be written: " + e;
  }

  private OutputStream open() throws IOException {
    if (Files.notExists(file)) {
      Files.createFile(file, ownerOnly("rw-------"));
    }
    bytes = 0;
    if (Files.isRegularFile(file)) {
      endLastLine();
    }
    return new FileOutputStream(file.toFile(), true);
  }

  /// A crash may have cut it.
  private void endLastLine() throws IOException {
    try (var found = new RandomAccessFile(file.toFile(), "rw")) {
      bytes = found.length();
      if (bytes > 0) {
        found.seek(bytes - 1);
        if (found.read() != '\n') {
          found.write('\n');
          bytes++;
        }
      }
    }
  }

  /// From now on a line that the disk does not take is given up.
  void hurry() {
    hurried.countDown();
  }

  @Override
  protected void append(ILoggingEvent event) {
    byte[] line = (event.getFormattedMessage() + "\n").getBytes(UTF_8);
    while (!isTaken(line)) {
      if (isHurried()) {
        lost++;
        return;
      }
    }
  }

  private boolean isHurried() {
    try {
      return hurried.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private boolean isTaken(byte[] line) {
    try {
      if (bytes >= limit) {
        setAside();
      }
      if (output == null) {
        output = open();
      }
      output.write(line);
      if (Files.isRegularFile(file)) {
        bytes += line.length;
      }
      succeeded();
      return true;
    } catch (IOException e) {
      failed(e);
      return false;
    }
  }

  private void succeeded() {
    if (failing) {
      failing = false;
      log.info("the audit log {} is written again", file);
    }
  }

  private void failed(IOException failure) {
    if (!failing) {
      failing = true;
      log.error("{}; its events wait", complaint(failure));
    }
    closeOutput();
    if (Files.isRegularFile(file)) {
      try (var torn = new RandomAccessFile(file.toFile(), "rw")) {
        torn.setLength(Math.min(torn.length(), bytes));
      } catch (IOException e) {
        // Then the line that was cut is ended when the disk takes something again.
      }
    }
  }

  private void closeOutput() {
    if (output != null) {
      try {
        output.close();
      } catch (IOException e) {
        // Nothing is kept back that could be lost by it.
      }
      output = null;
    }
  }

  /// Begins another file. When that cannot be, a large file is better than none.
  private void setAside() {
    closeOutput();
    try {
      for (int number = files; number > 0; number--) {
        Path former = number == 1 ? file : former(number - 1);
        if (Files.exists(former)) {
          Files.move(former, former(number), StandardCopyOption.REPLACE_EXISTING);
        }
      }
      limit = maxBytes;
    } catch (IOException e) {
      limit = bytes + maxBytes;
      log.error("the audit log {} cannot be set aside and goes on: {}", file, e.toString());
    }
  }

  private Path former(int number) {
    return file.resolveSibling(file.getFileName() + "." + number);
  }

  @Override
  public void stop() {
    super.stop();
    closeOutput();
    if (lost > 0) {
      log.error("the audit log {} lacks the last {} events", file, lost);
    }
  }
}
