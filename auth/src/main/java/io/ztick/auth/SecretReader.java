package io.ztick.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The secrets of the tokens of one file, in each of the ways in which a token may give them. Only
/// their digests leave it.
final class SecretReader {

  /// The keys of which a token has exactly one.
  static final List<String> KEYS =
      List.of("secret", "secret_sha256", "secret_env", "secret_file", "secrets");

  /// How a digest stands among `secrets`.
  static final String DIGEST_PREFIX = "sha256:";

  /// CR and LF.
  private static final int LINE_END = 2;

  /// The most that a token has at once: a rotation needs two.
  private static final int MAX_SECRETS = 16;

  /// Secrets that the documentation prints, so everybody knows them.
  private static final Set<Digest> SAMPLES =
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
              "${ZTICK_TOKEN}",
              "sk_live_internal_secret_example_value")
          .stream()
          .map(secret -> Digest.of(secret.getBytes(UTF_8)))
          .collect(Collectors.toUnmodifiableSet());

  private static final Digest EMPTY = Digest.of(new byte[0]);
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final Path directory;
  private final SecretSources sources;
  private final Map<Digest, String> titles = new HashMap<>();

  /// @param directory what a relative path is relative to
  SecretReader(Path directory, SecretSources sources) {
    this.directory = directory;
    this.sources = sources;
  }

  /// The digests of a token's secrets; none when something is wrong, which has been told.
  List<Digest> read(TokenSection section) {
    List<String> given = KEYS.stream().filter(section::has).toList();
    if (given.isEmpty()) {
      section.missing("secret");
      return List.of();
    }
    if (given.size() > 1) {
      String last = given.getLast();
      String first = String.join(", ", given.subList(0, given.size() - 1));
      section.problem(last, first + " and " + last + " are given; a token has one of them");
    }
    List<Digest> digests = new ArrayList<>();
    for (String key : given) {
      read(section, key).forEach(digest -> keep(section, key, digest, digests));
    }
    return digests;
  }

  private void keep(TokenSection section, String key, Digest digest, List<Digest> digests) {
    String first = titles.putIfAbsent(digest, section.title());
    if (first != null) {
      section.problem(key, "secret is also that of " + first);
    }
    digests.add(digest);
  }

  private List<Digest> read(TokenSection section, String key) {
    if (key.equals("secrets")) {
      return several(section);
    }
    String text = section.string(key);
    if (text == null) {
      return List.of();
    }
    return switch (key) {
      case "secret" -> List.of(checked(section, key, text));
      case "secret_sha256" -> ofHex(section, key, text);
      case "secret_env" -> ofVariable(section, key, text);
      case "secret_file" -> ofFile(section, key, text);
      default -> throw new AssertionError(key);
    };
  }

  private static List<Digest> several(TokenSection section) {
    List<String> texts = section.strings("secrets");
    if (texts == null) {
      return List.of();
    }
    if (texts.isEmpty() || texts.size() > MAX_SECRETS) {
      section.problem("secrets", "secrets must be 1 to " + MAX_SECRETS + ", not " + texts.size());
    }
    List<Digest> digests = new ArrayList<>();
    for (String text : texts) {
      if (text.isEmpty()) {
        section.problem("secrets", "secrets holds an empty one");
      } else if (text.startsWith(DIGEST_PREFIX)) {
        String hex = text.substring(DIGEST_PREFIX.length());
        digests.addAll(ofHex(section, "secrets", hex));
      } else {
        digests.add(checked(section, "secrets", text));
      }
    }
    return digests;
  }

  private static List<Digest> ofHex(TokenSection section, String key, String hex) {
    Digest digest = Digest.ofHex(hex);
    if (digest == null) {
      section.problem(key, key + " must be 64 hexadecimal digits, the SHA-256 of the secret");
      return List.of();
    }
    if (digest.equals(EMPTY)) {
      section.problem(key, key + " is that of an empty secret");
    }
    warnOfSample(section, key, digest);
    return List.of(digest);
  }

  private List<Digest> ofVariable(TokenSection section, String key, String name) {
    if (!VARIABLE.matcher(name).matches()) {
      section.problem(key, key + " is no name of a variable" + Remarks.shown(name));
      return List.of();
    }
    String value = sources.variable(name);
    if (value == null || value.isEmpty()) {
      String fault = value == null ? " that is not set" : " that is empty";
      section.problem(key, key + " names a variable" + Remarks.shown(name) + fault);
      return List.of();
    }
    return List.of(checked(section, key, value));
  }

  private List<Digest> ofFile(TokenSection section, String key, String text) {
    try {
      Path file = file(text);
      String secret = content(file);
      warnOfPermissions(section, key, file);
      if (!secret.isEmpty()) {
        return List.of(checked(section, key, secret));
      }
      section.problem(key, key + " names an empty file");
    } catch (NoSuchFileException e) {
      section.problem(key, key + " names a file" + Remarks.shown(text) + " that does not exist");
    } catch (IOException e) {
      section.problem(key, key + " " + reason(e));
    }
    return List.of();
  }

  private Path file(String text) throws IOException {
    if (sources.isCredentialName(text)) {
      return sources.credential(text);
    }
    try {
      return directory.resolve(text);
    } catch (InvalidPathException e) {
      throw new IOException("is no path", e);
    }
  }

  /// What a file holds, without the line feed that editors put at the end.
  private static String content(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException("names a directory");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(Digest.MAX_SECRET_BYTES + LINE_END + 1);
      if (bytes.length > Digest.MAX_SECRET_BYTES + LINE_END) {
        throw new IOException("names a file of more than " + Digest.MAX_SECRET_BYTES + " bytes");
      }
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.endsWith("\r\n")
          ? text.substring(0, text.length() - 2)
          : text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException _ ->
          "names a file that cannot be read: the server's user lacks the permission";
      case CharacterCodingException _ -> "names a file that is not UTF-8";
      // Its message begins with the path, which may be a secret in the wrong place.
      case FileSystemException failure ->
          "names a file that cannot be read: "
              + EscapedText.of(String.valueOf(failure.getReason()));
      default -> EscapedText.of(String.valueOf(e.getMessage()));
    };
  }

  private void warnOfPermissions(TokenSection section, String key, Path file) throws IOException {
    String exposure = Exposure.of(file, sources);
    if (exposure != null) {
      section.warning(key, key + " " + exposure);
    }
  }

  private static Digest checked(TokenSection section, String key, String secret) {
    byte[] bytes = secret.getBytes(UTF_8);
    if (bytes.length > Digest.MAX_SECRET_BYTES) {
      section.problem(key, "secret is longer than " + Digest.MAX_SECRET_BYTES + " bytes");
    }
    if (secret.chars().anyMatch(Character::isISOControl)) {
      section.problem(key, "secret holds a control character");
    }
    Digest digest = Digest.of(bytes);
    boolean sample = warnOfSample(section, key, digest);
    if (!sample && secret.codePointCount(0, secret.length()) < Remarks.MIN_SECRET_CHARACTERS) {
      section.warning(
          key, "secret is shorter than " + Remarks.MIN_SECRET_CHARACTERS + " characters");
    }
    if (TokenSecret.isMistyped(bytes)) {
      section.warning(key, "secret begins with ztk_, and its check sum is wrong: was it cut?");
    }
    return digest;
  }

  private static boolean warnOfSample(TokenSection section, String key, Digest digest) {
    boolean sample = SAMPLES.contains(digest);
    if (sample) {
      section.warning(key, "secret is a sample of the documentation, so everybody knows it");
    }
    return sample;
  }

  /// The token that has a secret, such as `token.deploy`; null when none has.
  @Nullable String owner(Digest digest) {
    return titles.get(digest);
  }

  /// Whether no token has any.
  boolean foundNone() {
    return titles.isEmpty();
  }
}
