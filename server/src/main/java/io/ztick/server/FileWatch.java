package io.ztick.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Finds out that files have changed since they were read, be it that another was renamed to their
/// name or that a link on the way leads elsewhere: it looks at what stands there. Used by one
/// thread at a time. Times are of the monotonic clock, in nanoseconds.
final class FileWatch {

  /// How long files must have been left alone: an editor writes more than once.
  private static final long QUIET_NANOS = Duration.ofSeconds(1).toNanos();

  private final List<Path> files;

  /// What stood there when the files were read.
  private List<Stamp> known;

  private List<Stamp> last;
  private long changedAt;

  /// What tells a file from another, and from itself after a change; all is null of one that is not
  /// there.
  private record Stamp(@Nullable Object key, @Nullable FileTime changed, long bytes) {
    static Stamp of(Path file) {
      try {
        var found = Files.readAttributes(file, BasicFileAttributes.class);
        return new Stamp(found.fileKey(), found.lastModifiedTime(), found.size());
      } catch (IOException e) {
        return new Stamp(null, null, 0);
      }
    }
  }

  /// Begins before the files are read for the first time.
  FileWatch(List<Path> files) {
    this.files = List.copyOf(files);
    known = stamps();
    last = known;
  }

  private List<Stamp> stamps() {
    return files.stream().map(Stamp::of).toList();
  }

  /// To be called before the files are read again, for whatever reason.
  void reads() {
    known = stamps();
    last = known;
  }

  /// Whether the files were changed since they were read, and have been left alone for a second. To
  /// be asked several times a second.
  boolean isDue(long nanoTime) {
    List<Stamp> now = stamps();
    if (!Objects.equals(now, last)) {
      last = now;
      changedAt = nanoTime;
      return false;
    }
    return !Objects.equals(last, known) && nanoTime - changedAt >= QUIET_NANOS;
  }
}
