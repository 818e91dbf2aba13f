package io.ztick.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;
import org.tomlj.TomlVersion;

/// One reading of an auth file: collects its tokens, and what is wrong or doubtful about them.
final class AuthFile {

  /// Longest file in bytes, 1 MiB: room for thousands of tokens.
  private static final int MAX_BYTES = 1024 * 1024;

  /// Longest secret in bytes of UTF-8. Quoted, with each byte escaped, it still fits the line of an
  /// `AUTH`.
  private static final int MAX_SECRET_BYTES = 1024;

  /// Shorter secrets can be guessed. A word that is not shorter is never shown, see `shown`.
  private static final int MIN_SECRET_CHARACTERS = 16;

  /// Secrets that the documentation prints, so everybody knows them.
  private static final Set<String> SAMPLE_SECRETS =
      Set.of(
          "sk_deploy_a1b2c3d4e5f6",
          "sk_backup_x9y8z7w6v5u4",
          "sk_admin_top_secret",
          "sk_my_service_secret",
          "deploy_secret",
          "backup_secret",
          "monitor_secret",
          "admin_token",
          "shared_secret",
          "sk_correct_secret",
          "sk_billing_abc123",
          "sk_shipping_def456",
          "sk_inventory_ghi789",
          "sk_admin_zzz999",
          "${ZTICK_TOKEN}");

  private static final Set<String> KEYS = Set.of("secret", "namespace", "runners");
  private static final int WHOLE_FILE = 0;
  private static final Pattern REDEFINITION =
      Pattern.compile("previously defined at line (\\d+), column \\d+\\)?$");

  private final Path file;
  private final Set<String> knownRunners;
  private final Set<String> processRunners;
  private final boolean credential;
  private final List<Remark> problems = new ArrayList<>();
  private final List<Remark> warnings = new ArrayList<>();
  private final List<Token> tokens = new ArrayList<>();
  private final List<Reach> reaches = new ArrayList<>();
  private final TreeSet<Integer> errorLines = new TreeSet<>();
  private final Map<ByteBuffer, String> titlesByDigest = new HashMap<>();

  /// @param line counted from 1; {@link #WHOLE_FILE} for what no line is to blame for
  private record Remark(int line, String text) {}

  /// A token's table.
  ///
  /// @param torn a TOML error stands between this table and the next, so keys may be missing by its
  ///   fault
  private record Section(String title, TomlTable table, int line, boolean torn) {
    int line(String key) {
      return AuthFile.line(table, key);
    }
  }

  /// A namespace and the token that has it.
  private record Reach(String prefix, String title, int line) {}

  AuthFile(Path file, Set<String> knownRunners, Set<String> processRunners, boolean credential) {
    this.file = file;
    this.knownRunners = knownRunners;
    this.processRunners = processRunners;
    this.credential = credential;
  }

  List<Token> read() throws InvalidTokensException {
    try {
      readText(text());
      warnOfPermissions();
    } catch (IOException e) {
      problem(WHOLE_FILE, reason(e));
    }
    if (!problems.isEmpty()) {
      throw new InvalidTokensException(lines(problems));
    }
    warnOfOverlaps();
    return List.copyOf(tokens);
  }

  List<String> warnings() {
    return lines(warnings);
  }

  private List<String> lines(List<Remark> remarks) {
    return remarks.stream()
        .sorted(Comparator.comparingInt(Remark::line))
        .map(remark -> fileName() + place(remark) + ": " + remark.text())
        .toList();
  }

  private static String place(Remark remark) {
    return remark.line() == WHOLE_FILE ? "" : ":" + remark.line();
  }

  private String fileName() {
    Path name = file.getFileName();
    return escaped(name == null ? file.toString() : name.toString());
  }

  private String text() throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException("it is a directory");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new IOException("it is larger than 1 MiB (" + MAX_BYTES + " bytes)");
      }
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }
  }

  String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "there is no file " + escaped(file.toString());
      case AccessDeniedException _ -> "cannot be read: the server's user lacks the permission";
      case CharacterCodingException _ -> "cannot be read: it is not UTF-8";
      default -> "cannot be read: " + escaped(String.valueOf(e.getMessage()));
    };
  }

  private void readText(String text) {
    TomlParseResult toml = Toml.parse(text, TomlVersion.V1_1_0);
    for (TomlParseError error : toml.errors()) {
      errorLines.add(error.position().line());
      problem(error.position().line(), withoutQuotation(error));
    }
    for (Map.Entry<String, Object> entry : toml.entrySet()) {
      String key = entry.getKey();
      int line = line(toml, key);
      switch (entry.getValue()) {
        case TomlTable table when key.equals("token") -> readSections(table);
        case Object _ when key.equals("token") ->
            problem(line, "token: must be tables [token.<name>]");
        case Object value ->
            problem(line, "unknown " + kind(value) + shown(key) + "; there is [token.<name>]");
      }
    }
    if (titlesByDigest.isEmpty() && problems.isEmpty()) {
      problem(WHOLE_FILE, "holds no token; each is a table [token.<name>]");
    }
  }

  /// Says what the parser says but for the text it quotes, which may be a secret. What it expected
  /// comes last and is in the parser's words.
  private static String withoutQuotation(TomlParseError error) {
    String message = String.valueOf(error.getMessage());
    Matcher redefinition = REDEFINITION.matcher(message);
    if (redefinition.find()) {
      return "defined a second time, first in line " + redefinition.group(1);
    }
    String place = "not valid TOML at column " + error.position().column();
    int expectation = message.lastIndexOf(", expected ");
    return message.startsWith("Unexpected ") && expectation >= 0
        ? place + message.substring(expectation)
        : place;
  }

  private static int line(TomlTable table, String key) {
    TomlPosition position = table.inputPositionOf(List.of(key));
    return position == null ? WHOLE_FILE : position.line();
  }

  private static String kind(Object value) {
    return value instanceof TomlTable ? "table" : "key";
  }

  private void readSections(TomlTable table) {
    TreeSet<Integer> starts = new TreeSet<>();
    for (String name : table.keySet()) {
      starts.add(line(table, name));
    }
    for (String name : table.keySet()) {
      String title = "token." + escaped(name);
      int line = line(table, name);
      if (table.get(List.of(name)) instanceof TomlTable token) {
        Integer next = starts.higher(line);
        int end = next == null ? Integer.MAX_VALUE : next;
        boolean torn = !errorLines.subSet(line, end).isEmpty();
        readToken(new Section(title, token, line, torn), escaped(name));
      } else {
        problem(line, "token: unknown key" + shown(name) + "; there is [token.<name>]");
      }
    }
  }

  private void readToken(Section section, String name) {
    for (Map.Entry<String, Object> entry : section.table().entrySet()) {
      String key = entry.getKey();
      if (!KEYS.contains(key)) {
        String text = "unknown " + kind(entry.getValue()) + shown(key);
        problem(section, section.line(key), text);
      }
    }
    String secret = string(section, "secret");
    Namespace namespace = namespace(section);
    Set<String> runners = runners(section);
    if (secret == null) {
      return;
    }
    byte[] digest = checkedDigest(section, secret);
    if (namespace == null) {
      return;
    }
    Identity identity = new Identity(name, namespace, runners);
    warnOfProcesses(section, identity);
    tokens.add(new Token(identity, digest));
  }

  private @Nullable String string(Section section, String key) {
    switch (section.table().get(List.of(key))) {
      case null -> {
        if (!section.torn()) {
          problem(section, section.line(), key + " is missing");
        }
      }
      case String text when text.isEmpty() ->
          problem(section, section.line(key), key + " is empty");
      case String text -> {
        return text;
      }
      default -> problem(section, section.line(key), key + " must be a string");
    }
    return null;
  }

  private byte[] checkedDigest(Section section, String secret) {
    int line = section.line("secret");
    byte[] bytes = secret.getBytes(UTF_8);
    if (bytes.length > MAX_SECRET_BYTES) {
      problem(section, line, "secret is longer than " + MAX_SECRET_BYTES + " bytes");
    }
    if (secret.chars().anyMatch(Character::isISOControl)) {
      problem(section, line, "secret holds a control character");
    }
    if (SAMPLE_SECRETS.contains(secret)) {
      warning(section, line, "secret is a sample of the documentation, so everybody knows it");
    } else if (secret.codePointCount(0, secret.length()) < MIN_SECRET_CHARACTERS) {
      warning(section, line, "secret is shorter than " + MIN_SECRET_CHARACTERS + " characters");
    }
    byte[] digest = Token.digest(bytes);
    String first = titlesByDigest.putIfAbsent(ByteBuffer.wrap(digest), section.title());
    if (first != null) {
      problem(section, line, "secret is also that of " + first);
    }
    return digest;
  }

  private @Nullable Namespace namespace(Section section) {
    String prefix = string(section, "namespace");
    if (prefix == null) {
      return null;
    }
    int line = section.line("namespace");
    String fault = Namespace.fault(prefix);
    if (fault != null) {
      problem(section, line, "namespace " + fault);
      return null;
    }
    Namespace namespace = new Namespace(prefix);
    if (namespace.equals(Namespace.ALL)) {
      return namespace;
    }
    if (!prefix.endsWith(".")) {
      warning(section, line, "namespace does not end in \".\": deploy also covers deployment.x");
    }
    reaches.add(new Reach(prefix, section.title(), line));
    return namespace;
  }

  private Set<String> runners(Section section) {
    return switch (section.table().get(List.of("runners"))) {
      case null -> Identity.ALL_RUNNERS;
      case TomlArray names -> runners(section, names.toList());
      default -> {
        problem(section, section.line("runners"), "runners must be an array of strings");
        yield Set.of();
      }
    };
  }

  private Set<String> runners(Section section, List<Object> values) {
    Set<String> names = new LinkedHashSet<>();
    for (Object value : values) {
      if (value instanceof String name) {
        names.add(name);
      } else {
        problem(section, section.line("runners"), "runners must be an array of strings");
        return Set.of();
      }
    }
    String known = String.join(", ", new TreeSet<>(knownRunners));
    for (String name : names) {
      if (!knownRunners.contains(name)) {
        String text = "unknown runner" + shown(name) + "; known are " + known;
        problem(section, section.line("runners"), text);
      }
    }
    return names;
  }

  private void warnOfProcesses(Section section, Identity identity) {
    Set<String> usable = new TreeSet<>(processRunners);
    usable.removeIf(runner -> !identity.mayUse(runner));
    if (usable.isEmpty() || identity.namespace().equals(Namespace.ALL)) {
      return;
    }
    int line = section.table().contains("runners") ? section.line("runners") : section.line();
    String names = String.join(", ", usable);
    warning(
        section,
        line,
        "may start processes as the server's user (" + names + "); set runners to bound it");
  }

  /// In the order of their prefixes a namespace stands right behind those that it lies in, so each
  /// is named once, with the nearest around it, however many there are.
  private void warnOfOverlaps() {
    reaches.sort(Comparator.comparing(Reach::prefix).thenComparingInt(Reach::line));
    Deque<Reach> around = new ArrayDeque<>();
    for (Reach reach : reaches) {
      while (!around.isEmpty() && !reach.prefix().startsWith(around.element().prefix())) {
        around.pop();
      }
      if (!around.isEmpty()) {
        String other = around.element().title();
        warnings.add(
            new Remark(reach.line(), reach.title() + ": namespace overlaps with that of " + other));
      }
      around.push(reach);
    }
  }

  private void warnOfPermissions() throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view == null) {
      return;
    }
    Set<PosixFilePermission> permissions = view.readAttributes().permissions();
    if ((permissions.contains(PosixFilePermission.GROUP_READ) && !credential)
        || permissions.contains(PosixFilePermission.OTHERS_READ)) {
      warnings.add(
          new Remark(
              WHOLE_FILE,
              "can be read by group or others; run: chmod 600 " + escaped(file.toString())));
    }
  }

  private void problem(int line, String text) {
    problems.add(new Remark(line, text));
  }

  private void problem(Section section, int line, String text) {
    problem(line, section.title() + ": " + text);
  }

  private void warning(Section section, int line, String text) {
    warnings.add(new Remark(line, section.title() + ": " + text));
  }

  /// A word that has no meaning here. One as long as a secret may be a secret in the wrong place.
  private static String shown(String word) {
    return word.codePointCount(0, word.length()) < MIN_SECRET_CHARACTERS
        ? " \"" + escaped(word) + "\""
        : "";
  }

  /// The text in one line of a log. A backslash is escaped too, so that different texts stay
  /// different.
  private static String escaped(String text) {
    return text.codePoints().mapToObj(AuthFile::escaped).collect(Collectors.joining());
  }

  private static String escaped(int character) {
    return switch (character) {
      case '\\' -> "\\\\";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default ->
          Character.isISOControl(character)
              ? "\\u{" + Integer.toHexString(character) + "}"
              : Character.toString(character);
    };
  }
}
