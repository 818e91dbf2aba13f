package io.ztick.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The directory of a journal, and what can be done with it while no server runs on it.
///
/// ```
/// lock              held by the one process that uses the directory; its number is in it
/// journal/          the database
/// journal.new/      one that is being made; not looked at, and removed at the next occasion
/// backups/NAME/     a directory like this one, without backups
/// ```
///
/// A database appears under its name only when it is complete and on the disk. Any thread may use
/// this.
public final class JournalDirectory {
  private static final String DATABASE = "journal";
  private static final String FRESH = "journal.new";
  private static final String LOCK = "lock";
  private static final String BACKUPS = "backups";

  /// Before the name of a backup that is not complete; names do not begin with it.
  private static final String PARTIAL = ".";

  /// What an empty directory may hold.
  private static final Set<String> NOT_COUNTED = Set.of(LOCK, FRESH, "lost+found");

  /// The directories that this process has locked.
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private static final int CHANGES_OF_A_BATCH = 4096;

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path path;

  /// What was found in a journal.
  ///
  /// @param lastChange the number of the last change, counted from 1; 0 when there was none
  /// @param droppedBytes what a crash left behind it, which is no whole change
  /// @param jobs in it
  /// @param rules in it
  /// @param tokens in it
  public record Summary(long lastChange, long droppedBytes, long jobs, long rules, long tokens) {}

  /// Makes a new journal's changes.
  public interface Source {
    /// Hands over every change, in order.
    void forEach(Consumer<Change> changes) throws IOException;
  }

  /// The directory need not exist.
  public JournalDirectory(Path path) {
    this.path = path;
  }

  /// Where it is.
  public Path path() {
    return path;
  }

  /// Reads everything, handing over the changes that bring it about: rules behind jobs, the records
  /// of a job together.
  ///
  /// @throws IOException when a server uses it, when there is no journal, or with the first thing
  ///   that is wrong with it
  public Summary read(Consumer<Change> changes) throws IOException {
    List<String> problems = new ArrayList<>();
    Summary summary =
        examine(
            changes,
            problem -> {
              if (problems.isEmpty()) {
                problems.add(problem);
              }
            });
    if (!problems.isEmpty()) {
      throw new IOException(problems.getFirst());
    }
    return summary;
  }

  /// Reads everything and looks at every checksum.
  ///
  /// @param problems takes each thing that is wrong, in one line
  /// @throws IOException when a server uses it, or when it cannot be read at all
  public Summary verify(Consumer<String> problems) throws IOException {
    return examine(_ -> {}, problems);
  }

  private Summary examine(Consumer<Change> changes, Consumer<String> problems) throws IOException {
    try (Lock _ = lockForReading()) {
      return examineLocked(changes, problems);
    } catch (FileSystemException e) {
      throw described(e);
    }
  }

  private Summary examineLocked(Consumer<Change> changes, Consumer<String> problems)
      throws IOException {
    try {
      // `Files.exists` would not tell what is not there from what may not be looked at.
      Files.readAttributes(database(), BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no journal in " + path, e);
    }
    long droppedBytes = LogTail.bytes(database());
    try (Store store = Store.openReadOnly(database())) {
      var count = new Count();
      var reader = new RecordReader(change -> count.add(change, changes));
      try {
        store.verifyTables();
      } catch (IOException e) {
        problems.accept(String.valueOf(e.getMessage()));
      }
      try {
        store.read(reader, problem -> problems.accept(path + ": " + problem.getMessage()));
        reader.end();
      } catch (IOException e) {
        problems.accept(String.valueOf(e.getMessage()));
      } catch (MalformedRecordException e) {
        problems.accept(path + ": " + e.getMessage());
      }
      return new Summary(reader.last(), droppedBytes, count.jobs, count.rules, count.tokens);
    }
  }

  private static final class Count {
    long jobs;
    long rules;
    long tokens;

    void add(Change change, Consumer<Change> next) {
      switch (change) {
        case Change.JobPlanned _ -> jobs++;
        case Change.RuleSet _ -> rules++;
        case Change.TokenStored _ -> tokens++;
        case Change.JobTriggered _, Change.JobFinished _, Change.JobRemoved _ -> {}
        case Change.RuleRemoved _, Change.TokenRemoved _ -> {}
      }
      next.accept(change);
    }
  }

  /// Makes a copy of a backup the journal of this directory.
  ///
  /// @throws IOException when a server uses this directory, when it has a journal, or when
  ///   something is wrong with the backup
  public Summary restore(JournalDirectory backup) throws IOException {
    try (Lock _ = backup.lockForReading()) {
      List<String> problems = new ArrayList<>();
      Summary summary = backup.examineLocked(_ -> {}, problems::add);
      if (!problems.isEmpty()) {
        throw new IOException(problems.getFirst());
      }
      try (Lock _ = lock()) {
        refuseIfPresent();
        install(fresh -> copy(backup.database(), fresh));
      }
      return summary;
    } catch (FileSystemException e) {
      throw described(e);
    }
  }

  /// Makes a journal of these changes.
  ///
  /// @throws IOException when a server uses this directory, or when it holds anything
  public void fill(Source source) throws IOException {
    try (Lock _ = lock()) {
      refuseIfNotEmpty();
      install(
          fresh -> {
            Store.create(fresh);
            try (Store store = Store.open(fresh)) {
              write(source, store);
            }
            // Makes a table of the log, in which no damage can pass for the end.
            Store.open(fresh).close();
          });
    } catch (FileSystemException e) {
      throw described(e);
    }
  }

  private static void write(Source source, Store store) throws IOException {
    var batch = new JournalBatch(0, 0);
    try {
      source.forEach(
          change -> {
            batch.add(change);
            if (batch.count() == CHANGES_OF_A_BATCH) {
              writeUnchecked(batch, store);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    if (batch.count() > 0) {
      store.write(batch.take());
    }
  }

  private static void writeUnchecked(JournalBatch batch, Store store) {
    try {
      store.write(batch.take());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path database() {
    return path.resolve(DATABASE);
  }

  /// Makes it a directory that a server can run on: with a journal, and nothing half done.
  ///
  /// @return whether there was no journal
  boolean prepare() throws IOException {
    try {
      boolean missing = !Files.exists(database());
      if (missing) {
        install(Store::create);
      }
      deleteTree(path.resolve(FRESH));
      if (Files.isDirectory(path.resolve(BACKUPS))) {
        try (Stream<Path> backups = Files.list(path.resolve(BACKUPS))) {
          for (Path backup : backups.filter(JournalDirectory::isPartial).toList()) {
            deleteTree(backup);
          }
        }
      }
      return missing;
    } catch (FileSystemException e) {
      throw described(e);
    }
  }

  private static boolean isPartial(Path backup) {
    return backup.getFileName().toString().startsWith(PARTIAL);
  }

  /// Makes a backup of a journal that is in use.
  ///
  /// @throws FileAlreadyExistsException when there is one of this name
  void backUp(Store store, String name) throws IOException {
    Path backups = path.resolve(BACKUPS);
    Path backup = backups.resolve(name);
    if (!backups.equals(backup.normalize().getParent()) || isPartial(backup)) {
      throw new IOException("not a name for a backup: " + name);
    }
    if (Files.exists(backup)) {
      throw new FileAlreadyExistsException(backup.toString());
    }
    Path partial = backups.resolve(PARTIAL + name);
    try {
      deleteTree(partial);
      Files.createDirectories(partial, OWNER_ONLY);
      store.copyTo(partial.resolve(DATABASE));
      sync(partial);
      Files.move(partial, backup, StandardCopyOption.ATOMIC_MOVE);
      sync(backups);
      sync(path);
    } catch (FileSystemException e) {
      throw described(e);
    } finally {
      // What is left of a failure would keep old tables alive.
      deleteTree(partial);
    }
  }

  /// Takes the directory for this process until the lock is closed; makes it if it is not there.
  ///
  /// @throws IOException when another process has it; the message names the process
  Lock lock() throws IOException {
    try {
      makeDurably(path);
      return openLock(StandardOpenOption.CREATE);
    } catch (FileSystemException e) {
      throw new IOException("cannot use the directory " + path + ": " + reason(e), e);
    }
  }

  /// The same for who changes nothing. A backup has no lock file, and a copy may lie where none can
  /// be written; then nobody can run a server on it either.
  private Lock lockForReading() throws IOException {
    try {
      return openLock();
    } catch (FileSystemException e) {
      return Lock.NONE;
    }
  }

  private Lock openLock(StandardOpenOption... options) throws IOException {
    Set<OpenOption> all = new HashSet<>(List.of(options));
    all.add(StandardOpenOption.READ);
    all.add(StandardOpenOption.WRITE);
    all.add(LinkOption.NOFOLLOW_LINKS);
    Path directory = path.toRealPath();
    // To close a second descriptor of the file would release the lock of the first.
    if (!HELD.add(directory)) {
      throw new IOException("the directory " + directory + " is in use by this process");
    }
    FileChannel channel = null;
    try {
      channel = FileChannel.open(path.resolve(LOCK), all);
      take(channel, directory);
    } catch (IOException e) {
      HELD.remove(directory);
      if (channel != null) {
        channel.close();
      }
      throw e;
    }
    FileChannel held = channel;
    return () -> {
      held.close();
      HELD.remove(directory);
    };
  }

  private static void take(FileChannel channel, Path directory) throws IOException {
    FileLock lock = channel.tryLock();
    if (lock == null) {
      var text = ByteBuffer.allocate(20);
      int length = Math.max(0, channel.read(text, 0));
      String process = new String(text.array(), 0, length, UTF_8).strip();
      throw new IOException("the directory " + directory + " is in use by process " + process);
    }
    try {
      channel.truncate(0);
      channel.write(UTF_8.encode(ProcessHandle.current().pid() + "\n"), 0);
    } catch (IOException e) {
      // The number is a courtesy; a full disk must not keep anybody from looking at it.
    }
  }

  /// Held by whoever uses the directory.
  interface Lock extends AutoCloseable {
    Lock NONE = () -> {};

    @Override
    void close() throws IOException;
  }

  private void refuseIfPresent() throws IOException {
    if (Files.exists(database())) {
      throw new IOException("there is a journal in " + path + " already; move it away first");
    }
  }

  private void refuseIfNotEmpty() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      if (!files.map(file -> file.getFileName().toString()).allMatch(NOT_COUNTED::contains)) {
        throw new IOException("the directory " + path + " is not empty");
      }
    }
  }

  /// What fills a new directory.
  private interface Filling {
    void fill(Path directory) throws IOException;
  }

  private void install(Filling filling) throws IOException {
    Path fresh = path.resolve(FRESH);
    deleteTree(fresh);
    Files.createDirectory(fresh, OWNER_ONLY);
    filling.fill(fresh);
    sync(fresh);
    Files.move(fresh, database(), StandardCopyOption.ATOMIC_MOVE);
    sync(path);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(from)) {
      for (Path file : files) {
        Path copy = to.resolve(file.getFileName());
        Files.copy(file, copy);
        sync(copy);
      }
    }
  }

  /// Makes a directory whose name survives a power cut.
  private static void makeDurably(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null) {
      makeDurably(parent);
    }
    Files.createDirectory(directory, OWNER_ONLY);
    if (parent != null) {
      sync(parent);
    }
  }

  /// Brings a file, or the names in a directory, to the disk.
  private static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static IOException described(FileSystemException e) {
    if (e instanceof FileAlreadyExistsException) {
      return e;
    }
    return new IOException(e.getFile() + ": " + reason(e), e);
  }

  private static String reason(FileSystemException e) {
    return switch (e) {
      case AccessDeniedException _ -> "permission denied";
      case NoSuchFileException _ -> "no such file or directory";
      case FileAlreadyExistsException _, NotDirectoryException _ -> "it is not a directory";
      default -> String.valueOf(e.getReason() == null ? e.getMessage() : e.getReason());
    };
  }
}
