package io.ztick.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The Debian package, by dpkg itself, and the archive: what is in them, and that what comes out of
/// them runs and goes away again.
class PackageIT {
  private static final Path TARGET = Path.of(System.getProperty("ztick.home")).resolveSibling("");
  private static final long BOUND_SECONDS = 4 * ZtickServer.BOUND.toSeconds();

  @TempDir Path directory;

  private Path root;

  @BeforeEach
  void makeRoot() throws IOException {
    root = directory.resolve("root");
    for (String made : List.of("var/lib/dpkg/info", "var/lib/dpkg/updates", "etc", "usr/bin")) {
      Files.createDirectories(root.resolve(made));
    }
    Files.createFile(root.resolve("var/lib/dpkg/status"));
  }

  @Test
  void the_package_belongs_to_root_and_has_the_modes_of_its_kinds() throws Exception {
    List<String> rows = run("dpkg-deb", "--contents", file(".deb").toString()).lines().toList();
    assertThat(rows).allSatisfy(row -> assertThat(row).contains(" root/root "));
    assertThat(modes(rows, "./usr/lib/ztick/bin/ztick")).containsExactly("-rwxr-xr-x");
    assertThat(modes(rows, "./etc/ztick/auth.toml")).containsExactly("-rw-------");
    assertThat(rows)
        .filteredOn(row -> row.startsWith("-rw") && !row.endsWith("/bin/ztick"))
        .filteredOn(row -> !row.endsWith("/auth.toml"))
        .hasSizeGreaterThan(20)
        .allMatch(row -> row.startsWith("-rw-r--r-- "));
    assertThat(rows)
        .anyMatch(row -> row.endsWith(" ./usr/bin/ztick -> ../lib/ztick/bin/ztick"))
        .anyMatch(row -> row.endsWith(" ./usr/lib/systemd/system/ztick.service"))
        .anyMatch(row -> row.endsWith(" ./usr/share/doc/ztick/copyright"))
        .anyMatch(row -> row.endsWith(" ./usr/share/doc/ztick/NOTICE"));
  }

  @Test
  void all_of_the_configuration_is_conffiles() throws Exception {
    String conffiles = run("dpkg-deb", "--info", file(".deb").toString(), "conffiles");
    assertThat(conffiles.lines())
        .containsExactlyInAnyOrder(
            "/etc/ztick/auth.toml", "/etc/ztick/logback-example.xml", "/etc/ztick/ztick.toml");
  }

  @Test
  void the_package_holds_every_jar_of_the_distribution() throws Exception {
    String contents = run("dpkg-deb", "--contents", file(".deb").toString());
    for (String jar : names(ZtickServer.home().resolve("lib"))) {
      assertThat(contents).contains("./usr/lib/ztick/lib/" + jar);
    }
  }

  @Test
  void an_installed_package_runs_jobs_and_goes_away() throws Exception {
    dpkg("--install", file(".deb").toString());
    assertThat(names(root.resolve("usr/lib/ztick/cache")))
        .as("made at the installation")
        .anyMatch(name -> name.endsWith(".aot"));
    assertRuns(root.resolve("usr/bin/ztick"));
    Path state = Files.createDirectories(root.resolve("var/lib/ztick/journal"));

    dpkg("--remove", "ztick");
    // What is enabled stays so, until the purge.
    assertThat(left()).noneMatch(file -> file.startsWith("usr/"));
    assertThat(root.resolve("etc/ztick/ztick.toml")).exists();

    assertThat(dpkg("--purge", "ztick")).contains("stay in /var/lib/ztick");
    assertThat(left()).isEmpty();
    assertThat(state).as("the journal").isDirectory();
  }

  @Test
  void an_update_keeps_what_was_edited() throws Exception {
    dpkg("--install", file(".deb").toString());
    Path conf = root.resolve("etc/ztick/ztick.toml");
    Files.writeString(conf, "# mine\n", StandardOpenOption.APPEND);
    String edited = Files.readString(conf);
    dpkg("--install", file(".deb").toString());
    assertThat(conf).hasContent(edited);
  }

  @Test
  void an_unpacked_archive_runs_jobs() throws Exception {
    run("tar", "-xzf", file(".tar.gz").toString(), "-C", directory.toString());
    String archive = file(".tar.gz").getFileName().toString();
    String unpacked = archive.substring(0, archive.length() - ".tar.gz".length());
    assertThat(directory.resolve(unpacked).resolve("NOTICE")).isNotEmptyFile();
    assertRuns(directory.resolve(unpacked).resolve("bin/ztick"));
  }

  @Test
  void the_notice_names_every_library_that_is_shipped() throws Exception {
    List<String> words =
        Files.readAllLines(ZtickServer.home().resolve("NOTICE")).stream()
            .takeWhile(line -> !line.equals("MIT"))
            .filter(line -> line.contains("   ") && !line.startsWith(" "))
            .flatMap(line -> Stream.of(line.split(" {3}", 2)[0].strip().split(" ")))
            .toList();
    List<String> shipped = new ArrayList<>(names(ZtickServer.home().resolve("lib")));
    shipped.remove("native");
    shipped.addAll(names(ZtickServer.home().resolve("lib/native")));
    assertThat(shipped).allMatch(name -> words.stream().anyMatch(name::startsWith));
  }

  /// Starts a server with that program, which fires a job.
  private void assertRuns(Path program) throws Exception {
    try (ZtickServer server =
            ZtickServer.withJournal(directory)
                .program(program)
                .environment("ZTICK_CACHE", "off")
                .start();
        Wire wire = server.connect()) {
      Path made = directory.resolve("made");
      wire.send("RULE SET rule.a. a. direct touch " + made).expect("OK");
      wire.send("SET a.1 now").expect("OK");
      await("the run").atMost(ZtickServer.BOUND).until(() -> Files.exists(made));
      server.stop();
    }
  }

  private String dpkg(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "dpkg",
                "--root=" + root,
                "--log=" + directory.resolve("dpkg.log"),
                "--force-not-root",
                "--force-script-chrootless",
                "--force-depends",
                "--force-confdef"));
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  /// Files of the package below the root.
  private List<String> left() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> !Files.isDirectory(file))
          .map(file -> root.relativize(file).toString())
          .filter(file -> !file.startsWith("var/lib/dpkg/"))
          .toList();
    }
  }

  private static List<String> modes(List<String> rows, String name) {
    return rows.stream()
        .filter(row -> row.endsWith(" " + name))
        .map(row -> row.split(" ", 2)[0])
        .toList();
  }

  /// What the build made.
  private static Path file(String end) throws IOException {
    try (Stream<Path> files = Files.list(TARGET)) {
      List<Path> found = files.filter(file -> file.getFileName().toString().endsWith(end)).toList();
      assertThat(found).as("files %s in %s", end, TARGET).hasSize(1);
      return found.getFirst();
    }
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  /// What a program printed, when it ended with 0.
  private String run(String... command) throws Exception {
    Tool.assumeInstalled(command[0], command[0].equals("tar") ? "tar" : "dpkg");
    File output = directory.resolve("output.txt").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(output);
    builder.environment().putAll(Map.of("LC_ALL", "C", "DEBIAN_FRONTEND", "noninteractive"));
    Process process = builder.start();
    boolean ended = process.waitFor(BOUND_SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly();
    String printed = Files.readString(output.toPath(), UTF_8);
    assertThat(ended).as("%s ends", List.of(command)).isTrue();
    assertThat(process.exitValue())
        .as("exit code of %s: %s", Stream.of(command).collect(Collectors.joining(" ")), printed)
        .isZero();
    return printed;
  }
}
