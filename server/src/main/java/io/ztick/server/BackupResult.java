package io.ztick.server;

import io.ztick.protocol.Answers;
import io.ztick.protocol.ErrorCode;
import io.ztick.scheduler.RocksJournal;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The answer to a `BACKUP`, known when the backup is complete. Confined to the loop.
final class BackupResult implements Next.Longer {
  private static final Logger log = LoggerFactory.getLogger(BackupResult.class);

  private final @Nullable String requestId;
  private final String name;
  private boolean ready;
  private @Nullable IOException failure;
  private Runnable whenReady = () -> {};

  private BackupResult(@Nullable String requestId, String name) {
    this.requestId = requestId;
    this.name = name;
  }

  /// Begins a backup.
  static BackupResult of(RocksJournal journal, @Nullable String requestId, String name) {
    var result = new BackupResult(requestId, name);
    journal.backUp(name, result::become);
    return result;
  }

  private void become(@Nullable IOException outcome) {
    if (outcome == null) {
      log.info("backup {} is complete", name);
    } else {
      log.warn("backup {} failed: {}", name, outcome.getMessage());
    }
    ready = true;
    failure = outcome;
    whenReady.run();
  }

  @Override
  public @Nullable String requestId() {
    return requestId;
  }

  @Override
  public boolean dependsOnRights() {
    return false;
  }

  @Override
  public boolean isReady() {
    return ready;
  }

  @Override
  public void whenReady(Runnable action) {
    whenReady = action;
  }

  @Override
  public boolean compose(Answers answers, int maxBytes) {
    if (!ready) {
      return false;
    }
    if (failure == null) {
      answers.ok(requestId);
    } else if (failure instanceof FileAlreadyExistsException) {
      answers.error(requestId, ErrorCode.BAD_REQUEST, "there is a backup of this name already");
    } else {
      // Later it may work: the disk may have room again, the other backup be complete.
      answers.error(requestId, ErrorCode.OVERLOADED, "no backup: " + failure.getMessage());
    }
    return true;
  }
}
