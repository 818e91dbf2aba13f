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
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;
import org.tomlj.TomlVersion;

/// One reading of an auth file: collects its tokens, and what is wrong or doubtful about them.
final class AuthFile {

  /// Longest file in bytes, 1 MiB: room for thousands of tokens.
  private static final int MAX_BYTES = 1024 * 1024;

  private static final Set<String> KEYS =
      Stream.concat(
              SecretReader.KEYS.stream(),
              Stream.of("namespace", "not_before", "expires", "commands", "runners", "from"))
          .collect(Collectors.toUnmodifiableSet());
  private static final Pattern REDEFINITION =
      Pattern.compile("previously defined at line (\\d+), column \\d+\\)?$");

  private final Path file;
  private final Tokens.Surroundings surroundings;
  private final Instant now;
  private final Remarks remarks;
  private final SecretReader secrets;
  private final List<FileToken> tokens = new ArrayList<>();
  private final Set<Digest> deniedSecrets = new HashSet<>();
  private final Set<Namespace> deniedTenants = new HashSet<>();
  private final List<Reach> reaches = new ArrayList<>();
  private final TreeSet<Integer> errorLines = new TreeSet<>();

  /// A namespace and the token that has it.
  private record Reach(String prefix, String title, int line) {}

  AuthFile(Path file, Tokens.Surroundings surroundings, Instant now) {
    this.file = file;
    this.surroundings = surroundings;
    this.now = now;
    this.remarks = new Remarks(file);
    this.secrets =
        new SecretReader(file.toAbsolutePath().resolveSibling(""), surroundings.secrets());
  }

  Tokens read() throws InvalidTokensException {
    try {
      readText(text());
      warnOfPermissions();
    } catch (IOException e) {
      remarks.problem(Remarks.WHOLE_FILE, reason(e));
    }
    if (remarks.holdProblems()) {
      throw new InvalidTokensException(remarks.problems());
    }
    warnOfOverlaps();
    return new Tokens(tokens, new DenyList(deniedSecrets, deniedTenants), remarks.warnings());
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
      case NoSuchFileException _ -> "there is no file " + EscapedText.of(file.toString());
      case AccessDeniedException _ -> "cannot be read: the server's user lacks the permission";
      case CharacterCodingException _ -> "cannot be read: it is not UTF-8";
      default -> "cannot be read: " + EscapedText.of(String.valueOf(e.getMessage()));
    };
  }

  private void readText(String text) {
    TomlParseResult toml = Toml.parse(text, TomlVersion.V1_1_0);
    for (TomlParseError error : toml.errors()) {
      errorLines.add(error.position().line());
      remarks.problem(error.position().line(), withoutQuotation(error));
    }
    for (Map.Entry<String, Object> entry : toml.entrySet()) {
      readTop(entry.getKey(), entry.getValue(), TokenSection.line(toml, entry.getKey()));
    }
    // Only now is every token known that an entry may mean.
    readDenied(toml);
    if (secrets.foundNone() && !surroundings.mayBeEmpty() && !remarks.holdProblems()) {
      remarks.problem(Remarks.WHOLE_FILE, "holds no token; each is a table [token.<name>]");
    }
  }

  private void readTop(String key, Object value, int line) {
    switch (key) {
      case "token" -> {
        if (value instanceof TomlTable table) {
          readSections(table);
        } else {
          remarks.problem(line, "token: must be tables [token.<name>]");
        }
      }
      case "deny" -> {}
      default ->
          remarks.problem(
              line,
              "unknown "
                  + TokenSection.kind(value)
                  + Remarks.shown(key)
                  + "; there is [token.<name>]");
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

  private void readSections(TomlTable table) {
    TreeSet<Integer> starts = new TreeSet<>();
    for (String name : table.keySet()) {
      starts.add(TokenSection.line(table, name));
    }
    for (String name : table.keySet()) {
      String title = "token." + EscapedText.of(name);
      int line = TokenSection.line(table, name);
      if (table.get(List.of(name)) instanceof TomlTable token) {
        Integer next = starts.higher(line);
        int end = next == null ? Integer.MAX_VALUE : next;
        boolean torn = !errorLines.subSet(line, end).isEmpty();
        readToken(new TokenSection(title, token, line, torn, remarks), EscapedText.of(name));
      } else {
        remarks.problem(
            line, "token: unknown key" + Remarks.shown(name) + "; there is [token.<name>]");
      }
    }
  }

  private void readToken(TokenSection section, String name) {
    section.refuseOtherKeys(KEYS);
    if (IssuedToken.isId(name)) {
      remarks.problem(
          section.line(),
          section.title() + ": begins with tok_, as the ids of tokens made at run time do");
    }
    List<Digest> digests = secrets.read(section);
    Namespace namespace = namespace(section);
    Lifetime lifetime = lifetime(section);
    Names commands = names(section, "commands");
    Names runners = names(section, "runners");
    Addresses addresses = addresses(section);
    if (digests.isEmpty() || namespace == null) {
      return;
    }
    Rights rights = new Rights(namespace, commands, runners, addresses);
    Identity identity = new Identity(Identity.Origin.FILE, name, name, rights, lifetime);
    warnOfProcesses(section, identity);
    tokens.add(
        new FileToken(identity, digests, remarks.place(section.line()) + ": " + section.title()));
  }

  private @Nullable Namespace namespace(TokenSection section) {
    String prefix = section.string("namespace");
    if (prefix == null) {
      return null;
    }
    String fault = Namespace.fault(prefix);
    if (fault != null) {
      section.problem("namespace", "namespace " + fault);
      return null;
    }
    Namespace namespace = new Namespace(prefix);
    if (namespace.equals(Namespace.ALL)) {
      return namespace;
    }
    if (surroundings.tenants() && Tenants.overlap(namespace)) {
      section.problem(
          "namespace", "namespace overlaps with t., which controller.tenants gives to tenants");
    }
    if (!prefix.endsWith(".")) {
      section.warning(
          "namespace", "namespace does not end in \".\": deploy also covers deployment.x");
    }
    reaches.add(new Reach(prefix, section.title(), section.lineOf("namespace")));
    return namespace;
  }

  private Lifetime lifetime(TokenSection section) {
    Instant from = section.instant("not_before", Instant.MIN);
    Instant until = section.instant("expires", Instant.MAX);
    Lifetime lifetime = new Lifetime(from, until);
    if (lifetime.isOver(from)) {
      section.problem("expires", "expires is not after not_before");
    } else if (lifetime.isOver(now)) {
      section.warning("expires", "expires is in the past: nobody can use the token");
    }
    return lifetime;
  }

  private Names names(TokenSection section, String key) {
    List<String> texts = section.strings(key);
    if (texts == null) {
      return section.has(key) ? Names.of(Set.of()) : Names.all();
    }
    Set<String> names = new LinkedHashSet<>(texts);
    Vocabulary vocabulary = surroundings.vocabulary();
    List<String> faults =
        key.equals("commands")
            ? vocabulary.faultsOfCommands(names)
            : vocabulary.faultsOfRunners(names);
    faults.forEach(fault -> section.problem(key, fault));
    return Names.of(names);
  }

  private static Addresses addresses(TokenSection section) {
    List<String> texts = section.strings("from");
    if (texts == null) {
      return Addresses.ALL;
    }
    if (texts.isEmpty()) {
      section.problem("from", "from is empty, so nobody could use the token; without it all can");
    }
    if (texts.size() > Addresses.MAX_RANGES) {
      section.problem("from", "from holds more than " + Addresses.MAX_RANGES + " ranges");
    }
    List<AddressRange> ranges = new ArrayList<>();
    for (String text : texts) {
      try {
        ranges.add(AddressRange.parse(text));
      } catch (MalformedAddressException e) {
        section.problem("from", "from:" + Remarks.shown(text) + " " + e.getMessage());
      }
    }
    return new Addresses(ranges);
  }

  private void readDenied(TomlTable toml) {
    Object value = toml.get(List.of("deny"));
    if (value == null) {
      return;
    }
    int line = TokenSection.line(toml, "deny");
    List<String> texts =
        TokenSection.stringsIn(
            value, () -> remarks.problem(line, "deny must be an array of strings"));
    if (texts == null) {
      return;
    }
    for (String text : texts) {
      readDenied(text, line);
    }
    if (!surroundings.tenants()) {
      remarks.warning(line, "deny says nothing while controller.tenants is off");
    }
  }

  private void readDenied(String text, int line) {
    Namespace tenant = Tenants.namespace(text);
    Digest digest =
        text.startsWith(SecretReader.DIGEST_PREFIX)
            ? Digest.ofHex(text.substring(SecretReader.DIGEST_PREFIX.length()))
            : null;
    if (tenant != null) {
      deniedTenants.add(tenant);
    } else if (digest == null) {
      remarks.problem(
          line,
          "deny: an entry is sha256: and 64 hexadecimal digits, or a tenant's namespace such as"
              + " t.0123456789abcdef.");
    } else if (secrets.owner(digest) != null) {
      remarks.problem(line, "deny: the secret of " + secrets.owner(digest) + " is denied");
    } else {
      deniedSecrets.add(digest);
    }
  }

  private void warnOfProcesses(TokenSection section, Identity identity) {
    Set<String> usable = new TreeSet<>(surroundings.processRunners());
    usable.removeIf(runner -> !identity.rights().runners().contains(runner));
    boolean setsRules = identity.rights().missingForCommand(Rights.RULE) == null;
    if (usable.isEmpty() || !setsRules || identity.namespace().equals(Namespace.ALL)) {
      return;
    }
    String names = String.join(", ", usable);
    section.warning(
        "runners",
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
        remarks.warning(reach.line(), reach.title() + ": namespace overlaps with that of " + other);
      }
      around.push(reach);
    }
  }

  private void warnOfPermissions() throws IOException {
    String exposure = Exposure.of(file, surroundings.secrets());
    if (exposure != null) {
      remarks.warning(Remarks.WHOLE_FILE, exposure);
    }
  }
}
