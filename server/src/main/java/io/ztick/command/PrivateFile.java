package io.ztick.command;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// A text that only its owner can read, in a file that appears, or changes, as a whole. There is
/// room for it before there is a text: what cannot be told twice is not asked for in vain.
final class PrivateFile implements AutoCloseable {
  private static final FileAttribute<Set<PosixFilePermission>> MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path target;
  private final Path next;

  private PrivateFile(Path target, Path next) {
    this.target = target;
    this.next = next;
  }

  /// Prepares a file in a directory that exists.
  static PrivateFile at(Path file) throws IOException {
    boolean exists = Files.exists(file);
    Path target = exists ? file.toRealPath() : file.toAbsolutePath();
    Path directory = target.getParent();
    // A directory, or a device such as /dev/null, which must not be replaced.
    if (directory == null || (exists && !Files.isRegularFile(target))) {
      throw new IOException("it is no file");
    }
    return new PrivateFile(target, Files.createTempFile(directory, ".ztick", ".new", MODE));
  }

  /// Puts a text there in place of what was there.
  void keep(String text) throws IOException {
    Files.writeString(next, text, StandardCharsets.UTF_8);
    try (var channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(next, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(next);
  }

  /// That a file cannot be written, and why.
  static String complaint(Path file, IOException failure) {
    return file + ": cannot be written: " + reason(failure);
  }

  /// What is wrong with a file, for a person who knows which one it is.
  static String reason(IOException failure) {
    return switch (failure) {
      case AccessDeniedException _ -> "permission denied";
      case NoSuchFileException _ -> "no such directory";
      case NotDirectoryException _ -> "not a directory";
      case CharacterCodingException _ -> "not UTF-8 text";
      case FileSystemException e when e.getReason() != null -> e.getReason();
      default -> String.valueOf(failure.getMessage());
    };
  }
}
