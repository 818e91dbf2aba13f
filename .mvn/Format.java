import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/// Formats every Java file below a directory, or says which ones are not formatted.
///
/// A program of one file and no Maven plugin, because a plugin runs in Maven's own JVM, and one
/// older than the sources cannot parse them. The build starts this on the JDK that compiles the
/// sources.
final class Format {
  private static final String USAGE = "Format.java check|apply|skip DIRECTORY";

  private Format() {}

  public static void main(String[] args) throws IOException {
    var goal = args.length == 2 ? args[0] : "";
    var wrong =
        switch (goal) {
          case "check" -> format(Path.of(args[1]), false);
          case "apply" -> format(Path.of(args[1]), true);
          case "skip" -> List.of();
          default -> List.of(USAGE);
        };
    if (!wrong.isEmpty()) {
      wrong.forEach(System.err::println);
      System.exit(1);
    }
  }

  private static List<String> format(Path root, boolean apply) throws IOException {
    var wrong = new ArrayList<String>();
    var unformatted = false;
    for (var file : sources(root)) {
      var source = Files.readString(file);
      try {
        var formatted = formatted(source);
        if (formatted.equals(source)) {
          continue;
        }
        if (apply) {
          Files.writeString(file, formatted);
        } else {
          unformatted = true;
          wrong.add(
              "%s:%d: not formatted".formatted(root.relativize(file), line(source, formatted)));
        }
      } catch (FormatterException e) {
        for (var error : e.diagnostics()) {
          wrong.add("%s:%s".formatted(root.relativize(file), error));
        }
      }
    }
    if (unformatted) {
      wrong.add("Repair them with: mvn -N validate -Dformat.goal=apply");
    }
    return wrong;
  }

  private static String formatted(String source) throws FormatterException {
    var used = RemoveUnusedImports.removeUnusedImports(source);
    return new Formatter().formatSource(ImportOrderer.reorderImports(used, Style.GOOGLE));
  }

  /// The first line that differs.
  private static int line(String source, String formatted) {
    var before = source.lines().toList();
    var after = formatted.lines().toList();
    int line = 0;
    while (line < before.size()
        && line < after.size()
        && before.get(line).equals(after.get(line))) {
      line++;
    }
    return line + 1;
  }

  private static List<Path> sources(Path root) throws IOException {
    var sources = new ArrayList<Path>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            return switch (dir.getFileName().toString()) {
              case "target", ".git" -> FileVisitResult.SKIP_SUBTREE;
              case String _ -> FileVisitResult.CONTINUE;
            };
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              sources.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    sources.sort(null);
    return sources;
  }
}
