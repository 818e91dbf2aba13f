package io.ztick.auth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Whether others than its owner can read a file that holds secrets.
final class Exposure {
  private Exposure() {}

  /// What the operator should know about a file, and the command that mends it; null when only its
  /// owner can read it, or the file system knows no permissions.
  static @Nullable String of(Path file, SecretSources sources) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view == null) {
      return null;
    }
    Set<PosixFilePermission> permissions = view.readAttributes().permissions();
    boolean group =
        permissions.contains(PosixFilePermission.GROUP_READ) && !sources.isCredential(file);
    return group || permissions.contains(PosixFilePermission.OTHERS_READ)
        ? "can be read by group or others; run: chmod 600 " + EscapedText.of(file.toString())
        : null;
  }
}
