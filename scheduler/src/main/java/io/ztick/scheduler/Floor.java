package io.ztick.scheduler;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// How far the tables of a database reach, kept beside them in a file of its own: a sequence number
/// of RocksDB. A list of tables that has lost its end looks like the list of an earlier day; opened
/// by it, the database would be older than it was, and the tables that it does not know be deleted.
final class Floor {
  private static final String NAME = "FLOOR";
  private static final String FRESH = "FLOOR.new";

  private Floor() {}

  /// What was written last; 0 when nothing was.
  static long read(Path database) throws IOException {
    try {
      return Long.parseLong(Files.readString(database.resolve(NAME), US_ASCII).strip());
    } catch (NoSuchFileException e) {
      return 0;
    } catch (CharacterCodingException | NumberFormatException e) {
      throw new IOException("the journal " + database + " has a damaged file " + NAME, e);
    }
  }

  static void write(Path database, long sequenceNumber) throws IOException {
    Path fresh = database.resolve(FRESH);
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer text = US_ASCII.encode(sequenceNumber + "\n");
      while (text.hasRemaining()) {
        channel.write(text);
      }
      channel.force(true);
    }
    Files.move(fresh, database.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel directory = FileChannel.open(database, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }
}
