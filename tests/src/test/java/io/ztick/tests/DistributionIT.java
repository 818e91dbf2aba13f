package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a user unpacks, and that running it unpacks nothing more.
class DistributionIT {
  private static final long MAX_BYTES = 60_000_000;

  private final Path home = ZtickServer.home();
  private final Path natives = home.resolve("lib/native");

  @TempDir Path directory;

  @Test
  void the_distribution_holds_the_native_libraries_of_linux_only() throws Exception {
    assertThat(names(natives))
        .containsExactlyInAnyOrder("librocksdbjni-linux64.so", "librocksdbjni-linux-aarch64.so");
  }

  @Test
  void native_libraries_are_read_by_everybody_and_run_by_nobody() throws Exception {
    for (String name : names(natives)) {
      assertThat(Files.getPosixFilePermissions(natives.resolve(name)))
          .as(name)
          .isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));
    }
  }

  @Test
  void the_classes_of_rocksdb_come_in_one_jar() throws Exception {
    assertThat(entries("org/rocksdb/RocksDB.class")).hasSize(1);
  }

  @Test
  void no_jar_of_the_distribution_holds_a_native_library_of_rocksdb() throws Exception {
    assertThat(entries(".*rocksdbjni.*")).isEmpty();
  }

  @Test
  void a_file_beside_the_configuration_says_how_the_log_looks() throws Exception {
    Path copy = directory.resolve("ztick");
    Tool.run("cp", "-a", home.toString(), copy.toString());
    Path conf = copy.resolve("conf");
    String example = Files.readString(conf.resolve("logback-example.xml"));
    Files.writeString(conf.resolve("logback.xml"), example.replace("%-5level", "own %-5level"));
    try (ZtickServer server =
        ZtickServer.in(directory).program(copy.resolve("bin/ztick")).start()) {
      assertThat(server.log()).isNotEmpty().allMatch(line -> line.contains("Z own INFO "));
    }
  }

  @Test
  void the_distribution_stays_under_60_megabytes() throws Exception {
    long bytes = 0;
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
    }
    assertThat(bytes).isLessThan(MAX_BYTES);
  }

  @Test
  void nothing_is_unpacked_at_run_time() throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("temporary"));
    try (ZtickServer server =
            ZtickServer.in(directory)
                .set("database", "persistence", "journal")
                .set("database", "directory", directory.resolve("journal").toString())
                .environment("ZTICK_JAVA_OPTS", "-Djava.io.tmpdir=" + temporary)
                .start();
        Wire wire = server.connect()) {
      wire.send("SET kept.job 2099-04-01").expect("OK");
      String mapped = natives.toRealPath() + "/";
      assertThat(Files.readAllLines(server.proc("maps")))
          .filteredOn(mapping -> mapping.contains("rocksdbjni"))
          .isNotEmpty()
          .allMatch(mapping -> mapping.contains(mapped));
      server.signal("KILL");
      server.exitCode();
    }
    assertThat(names(temporary)).noneMatch(name -> name.startsWith("librocksdb"));
  }

  /// The entries of all jars whose whole name matches, as `JAR: ENTRY`.
  private List<String> entries(String regex) throws IOException {
    List<String> entries = new ArrayList<>();
    for (String name : names(home.resolve("lib"))) {
      if (name.endsWith(".jar")) {
        try (JarFile jar = new JarFile(home.resolve("lib").resolve(name).toFile())) {
          jar.stream()
              .map(ZipEntry::getName)
              .filter(entry -> entry.matches(regex))
              .forEach(entry -> entries.add(name + ": " + entry));
        }
      }
    }
    return entries;
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
