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
final class BackupResult extends AwaitedResult {
  private static final Logger log = LoggerFactory.getLogger(BackupResult.class);

  private final String name;
  private @Nullable IOException failure;

  private BackupResult(@Nullable String requestId, String name) {
    super(requestId);
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
    failure = outcome;
    becomeReady();
  }

  @Override
  void compose(@Nullable String requestId, Answers answers) {
    if (failure == null) {
      answers.ok(requestId);
    } else if (failure instanceof FileAlreadyExistsException) {
      answers.error(requestId, ErrorCode.BAD_REQUEST, "there is a backup of this name already");
    } else {
      // Later it may work: the disk may have room again, the other backup be complete.
      answers.error(requestId, ErrorCode.OVERLOADED, "no backup: " + failure.getMessage());
    }
  }
}
