package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The AOT cache: who makes it, who uses it, and when nobody may.
class CacheIT {
  /// Where the header of the first file in a jar has a time that nobody reads.
  private static final long TIME_IN_HEADER = 10;

  private static final int NOBODY = 65_534;

  /// Two rehearsals on a slow machine.
  private static final Duration PATIENCE = ZtickServer.BOUND.multipliedBy(4);

  @TempDir Path directory;

  private Path home;
  private Path program;

  @BeforeEach
  void copyDistribution() throws Exception {
    home = directory.resolve("ztick");
    program = home.resolve("bin/ztick");
    Tool.run("cp", "-a", ZtickServer.home().toString(), home.toString());
    Tool.run("rm", "-rf", home.resolve("cache").toString());
  }

  @Test
  void a_cache_that_was_made_is_used_until_a_jar_changes() throws Exception {
    Path made = make();
    assertThat(caches("server")).containsExactly(name(made));
    assertThat(caches("command")).hasSize(1);
    assertThat(names(home.resolve("cache"))).as("no rest").noneMatch(n -> n.startsWith("making"));
    assertThat(cacheOfServer("off")).as("ZTICK_CACHE=off").isEmpty();
    assertThat(cacheOfServer("")).contains(made);

    changeWithoutTrace(jar("ztick-protocol"));
    assertThat(cacheOfServer("")).isEmpty();
    awaitCaches(2);
    assertThat(cacheOfServer("")).isPresent().get().isNotEqualTo(made);

    Files.setLastModifiedTime(jar("netty-common"), FileTime.fromMillis(0));
    assertThat(cacheOfServer("")).isEmpty();
    awaitCaches(3);
  }

  @Test
  void commands_have_a_cache_of_their_own() throws Exception {
    make();
    Path loaded = directory.resolve("loaded");
    String options = "-Xlog:class+path=info:file=" + loaded;
    Tool.run("env", "ZTICK_JAVA_OPTS=" + options, program.toString(), "completion", "bash");

    assertThat(Files.readString(loaded))
        .contains(caches("command").getFirst())
        .doesNotContain(caches("server").getFirst());
  }

  @Test
  void a_cache_of_somebody_else_is_not_used() throws Exception {
    assumeTrue(Files.isReadable(Path.of("/proc/1/environ")), "only root can give files away");
    Path made = make();
    Path own = Files.createDirectories(directory.resolve("caches/ztick")).resolve(name(made));
    Files.move(made, own);
    assertThat(cacheOfServer("")).contains(own);

    Files.setAttribute(own, "unix:uid", NOBODY);
    assertThat(cacheOfServer("")).isEmpty();
    awaitCaches(1);
  }

  @Test
  void a_broken_cache_keeps_no_server_from_starting_and_is_made_anew() throws Exception {
    Path made = make();
    long whole = Files.size(made);
    try (var file = new RandomAccessFile(made.toFile(), "rw")) {
      file.setLength(file.length() / 2);
    }
    try (ZtickServer server = start("");
        Wire wire = server.connect()) {
      wire.send("PING").expect("OK");
      assertThat(server.log()).noneMatch(line -> line.contains("[aot"));
    }

    assertThat(make()).isEqualTo(made);
    assertThat(Files.size(made)).isCloseTo(whole, withinPercentage(10));
    assertThat(cacheOfServer("")).contains(made);
  }

  @Test
  void an_option_that_the_cache_may_not_go_with_leaves_it_aside() throws Exception {
    make();
    try (ZtickServer server =
        ZtickServer.in(directory)
            .program(program)
            .environment("ZTICK_JAVA_OPTS", "-XX:-UseCompactObjectHeaders")
            .start()) {
      assertThat(mapped(server)).isEmpty();
      assertThat(server.log()).noneMatch(line -> line.contains("[aot"));
    }
  }

  /// The cache of servers, which is printed first.
  private Path make() throws Exception {
    List<String> printed = Tool.run(PATIENCE, program.toString(), "cache").lines().toList();
    assertThat(printed).hasSize(2).allMatch(file -> Files.exists(Path.of(file)));
    return Path.of(printed.getFirst());
  }

  /// The cache that a server uses when it starts now.
  private Optional<Path> cacheOfServer(String setting) throws Exception {
    try (ZtickServer server = start(setting)) {
      Optional<Path> used = mapped(server);
      server.stop();
      return used;
    }
  }

  private ZtickServer start(String setting) throws Exception {
    return ZtickServer.in(directory)
        .program(program)
        .environment("ZTICK_CACHE", setting)
        .environment("XDG_CACHE_HOME", directory.resolve("caches").toString())
        .start();
  }

  private static Optional<Path> mapped(ZtickServer server) throws IOException {
    return Files.readAllLines(server.proc("maps")).stream()
        .filter(line -> line.endsWith(".aot"))
        .map(line -> Path.of(line.substring(line.indexOf('/'))))
        .findFirst();
  }

  /// Waits for what a server has set going.
  private void awaitCaches(int count) throws Exception {
    await("the cache")
        .atMost(PATIENCE)
        .until(
            () -> {
              List<String> names = names(home.resolve("cache"));
              return caches("server").size() == count
                  && caches("command").size() >= count
                  && names.stream().noneMatch(name -> name.startsWith("making"));
            });
    // Whoever makes them holds it until it ends.
    Tool.run("flock", home.resolve("cache/lock").toString(), "true");
  }

  private List<String> caches(String who) throws IOException {
    return names(home.resolve("cache")).stream()
        .filter(name -> name.startsWith("ztick-" + who + "-") && name.endsWith(".aot"))
        .toList();
  }

  /// Another jar of the same name, size and time.
  private static void changeWithoutTrace(Path jar) throws IOException {
    FileTime time = Files.getLastModifiedTime(jar);
    try (var file = new RandomAccessFile(jar.toFile(), "rw")) {
      file.seek(TIME_IN_HEADER);
      int before = file.read();
      file.seek(TIME_IN_HEADER);
      file.write(before ^ 1);
    }
    Files.setLastModifiedTime(jar, time);
  }

  private Path jar(String start) throws IOException {
    Path lib = home.resolve("lib");
    return lib.resolve(
        names(lib).stream().filter(name -> name.startsWith(start)).findFirst().orElseThrow());
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(CacheIT::name).toList();
    }
  }
}
