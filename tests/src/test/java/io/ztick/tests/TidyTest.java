package io.ztick.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/// What the build asks of the sources and neither the formatter nor the compiler can see.
///
/// Each rule reports every place at once, as `FILE:LINE: what is wrong; what to do`.
class TidyTest {
  private static final Path ROOT =
      Path.of(System.getProperty("basedir", ".")).toAbsolutePath().resolve("..").normalize();

  private static final List<String> MODULES =
      List.of("protocol", "auth", "scheduler", "client", "server", "tests");
  private static final Set<String> DOCUMENTS =
      Set.of("CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "NOTICE", "README.md");
  private static final Set<String> NOT_KEPT =
      Set.of("target", ".git", ".idea", ".vscode", ".settings");

  private static final int MAX_METHOD_LINES = 60;
  private static final int MAX_COLUMNS = 100;
  private static final int MAX_DOCUMENT_COLUMNS = 120;

  /// Words in lower case, or in upper case for those of the protocol.
  private static final Pattern SENTENCE =
      Pattern.compile("(?!test_|should_)([a-z0-9]+|[A-Z0-9]+)(_([a-z0-9]+|[A-Z0-9]+))+");

  /// The JVM would say nothing.
  @Test
  void methods_that_the_launcher_names_are_there() throws IOException {
    String launcher = Files.readString(ROOT.resolve("server/src/main/launcher/ztick"));
    var named = Pattern.compile("dontinline,([\\w.]+)::(\\w+)").matcher(launcher);
    assertThat(named.find()).as("dontinline in the launcher").isTrue();
    Path source =
        ROOT.resolve("scheduler/src/main/java/" + named.group(1).replace('.', '/') + ".java");
    assertThat(Files.readString(source)).contains(" " + named.group(2) + "(");
  }

  @Test
  void top_level_is_the_architecture() throws IOException {
    try (var entries = Files.list(ROOT)) {
      assertThat(entries.map(entry -> entry.getFileName().toString()))
          .filteredOn(name -> !name.startsWith(".") && !NOT_KEPT.contains(name))
          .filteredOn(name -> !MODULES.contains(name) && !DOCUMENTS.contains(name))
          .filteredOn(name -> !name.equals("conf") && !name.equals("pom.xml"))
          .as("move it into a module or conf/, or do without it")
          .isEmpty();
    }
  }

  /// One, but for the server: what talks to a server like any other client has a package of its
  /// own, so that it cannot reach into it, and one launcher starts both. And but for the scheduler:
  /// where jobs lie in memory has one, so that nothing else sees handles.
  private static String packages(String module) {
    return switch (module) {
      case "server" -> "(server|command)";
      case "scheduler" -> "scheduler(/store)?";
      default -> module;
    };
  }

  @Test
  void each_module_is_one_flat_package() throws IOException {
    var violations = new ArrayList<String>();
    for (var module : MODULES) {
      var flat =
          Pattern.compile("src/(main|test)/java/io/ztick/" + packages(module) + "/[^/]+\\.java");
      for (var file : javaFiles(ROOT.resolve(module))) {
        if (!flat.matcher(ROOT.resolve(module).relativize(file).toString()).matches()) {
          violations.add("%s:1: not in io.ztick.%s; move it there".formatted(name(file), module));
        }
      }
    }
    assertThat(violations).isEmpty();
  }

  @Test
  void the_command_knows_the_server_by_its_client_only() throws IOException {
    for (var file : javaFiles(ROOT.resolve("server/src/main/java/io/ztick/command"))) {
      assertThat(file).content(UTF_8).doesNotContain("io.ztick.server", "io.ztick.scheduler");
    }
  }

  @Test
  void no_line_is_too_long() throws IOException {
    var violations = new ArrayList<String>();
    for (var file : textFiles()) {
      int max = file.toString().endsWith(".md") ? MAX_DOCUMENT_COLUMNS : MAX_COLUMNS;
      var lines = Files.readAllLines(file, UTF_8);
      for (int i = 0; i < lines.size(); i++) {
        int columns = lines.get(i).codePointCount(0, lines.get(i).length());
        if (columns > max) {
          violations.add(
              "%s:%d: %d columns; break it at %d".formatted(name(file), i + 1, columns, max));
        }
      }
    }
    assertThat(violations).isEmpty();
  }

  @Test
  void no_method_is_longer_than_a_screen() throws IOException {
    assertThat(
            scan(
                (file, tree) -> {
                  if (tree instanceof MethodTree method
                      && method.getBody() != null
                      && file.lines(method.getBody()) > MAX_METHOD_LINES) {
                    file.report(
                        method.getBody(),
                        "%s has more than %d lines; split it where a name appears"
                            .formatted(method.getName(), MAX_METHOD_LINES));
                  }
                }))
        .isEmpty();
  }

  @Test
  void only_main_prints_and_no_test_sleeps() throws IOException {
    assertThat(
            scan(
                (file, tree) -> {
                  if (!(tree instanceof MemberSelectTree select)) {
                    return;
                  }
                  boolean test = file.name().contains("/src/test/");
                  boolean main = file.name().contains("/src/main/");
                  var text = select.toString();
                  if (test && text.matches("Thread\\.sleep|(TimeUnit\\.)?[A-Z]+SECONDS\\.sleep")) {
                    file.report(tree, text + " in a test; pass the time, or wait with Awaitility");
                  }
                  if (main && !file.is("Main.java") && text.matches("System\\.(out|err)")) {
                    file.report(tree, text + "; log it, or return it to Main");
                  }
                }))
        .isEmpty();
  }

  @Test
  void every_test_is_named_by_a_sentence() throws IOException {
    assertThat(
            scan(
                (file, tree) -> {
                  if (tree instanceof MethodTree method
                      && isTest(method)
                      && !SENTENCE.matcher(method.getName()).matches()) {
                    file.report(
                        tree,
                        method.getName()
                            + " is no sentence; say what holds, like"
                            + " expired_auth_closes_the_connection");
                  }
                }))
        .isEmpty();
  }

  private static boolean isTest(MethodTree method) {
    return method.getModifiers().getAnnotations().stream()
        .map(annotation -> annotation.getAnnotationType().toString())
        .anyMatch(annotation -> annotation.matches("\\w*Test|TestFactory"));
  }

  private interface Rule {
    void check(SourceFile file, Tree tree);
  }

  private record SourceFile(
      String name, CompilationUnitTree unit, Trees trees, List<String> violations) {
    boolean is(String fileName) {
      return name.endsWith("/" + fileName);
    }

    long lines(Tree tree) {
      var positions = trees.getSourcePositions();
      var map = unit.getLineMap();
      return map.getLineNumber(positions.getEndPosition(unit, tree))
          - map.getLineNumber(positions.getStartPosition(unit, tree))
          + 1;
    }

    void report(Tree tree, String problem) {
      long start = trees.getSourcePositions().getStartPosition(unit, tree);
      violations.add("%s:%d: %s".formatted(name, unit.getLineMap().getLineNumber(start), problem));
    }
  }

  /// Shows every node of every Java file to a rule, and returns what the rule reported.
  private static List<String> scan(Rule rule) throws IOException {
    var violations = new ArrayList<String>();
    var javac = ToolProvider.getSystemJavaCompiler();
    try (var files = javac.getStandardFileManager(null, null, UTF_8)) {
      var sources = files.getJavaFileObjectsFromPaths(javaFiles(ROOT));
      var task = (JavacTask) javac.getTask(null, files, null, null, null, sources);
      var trees = Trees.instance(task);
      for (var unit : task.parse()) {
        var file =
            new SourceFile(name(Path.of(unit.getSourceFile().toUri())), unit, trees, violations);
        new TreePathScanner<Void, Void>() {
          @Override
          public Void scan(Tree tree, Void nothing) {
            if (tree != null) {
              rule.check(file, tree);
            }
            return super.scan(tree, null);
          }
        }.scan(unit, null);
      }
    }
    return violations;
  }

  private static List<Path> javaFiles(Path directory) throws IOException {
    return files(directory).filter(file -> file.toString().endsWith(".java")).toList();
  }

  /// Everything a person writes; test resources may be as wide as the input that they show.
  private static List<Path> textFiles() throws IOException {
    return files(ROOT).filter(file -> !file.toString().contains("/src/test/resources/")).toList();
  }

  private static Stream<Path> files(Path directory) throws IOException {
    var files = new ArrayList<Path>();
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            return NOT_KEPT.contains(dir.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            files.add(file);
            return FileVisitResult.CONTINUE;
          }
        });
    return files.stream().sorted();
  }

  private static String name(Path file) {
    return ROOT.relativize(file).toString();
  }
}
