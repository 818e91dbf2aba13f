package io.ztick.auth;

import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// All tokens of an auth file, as they were when it was read.
public final class Tokens {

  private final List<FileToken> tokens;
  private final DenyList denied;
  private final List<String> warnings;
  private final Map<Digest, FileToken> byDigest = new HashMap<>();
  private final Map<String, FileToken> byName = new HashMap<>();

  Tokens(List<FileToken> tokens, DenyList denied, List<String> warnings) {
    this.tokens = List.copyOf(tokens);
    this.denied = denied;
    this.warnings = List.copyOf(warnings);
    for (FileToken token : tokens) {
      byName.put(token.identity().name(), token);
      token.digests().forEach(digest -> byDigest.put(digest, token));
    }
  }

  /// What an auth file is checked against.
  ///
  /// @param processRunners the runners that start a process and that the server's configuration
  ///   allows
  /// @param secrets where secrets are that the file only names
  /// @param tenants whether there are tenants by hash
  /// @param mayBeEmpty whether there need be no token
  public record Surroundings(
      Vocabulary vocabulary,
      Set<String> processRunners,
      SecretSources secrets,
      boolean tenants,
      boolean mayBeEmpty) {
    public Surroundings {
      processRunners = Set.copyOf(processRunners);
    }
  }

  /// Reads a file and checks all of it.
  ///
  /// @param now tells which tokens have expired, of which it warns
  /// @throws InvalidTokensException when anything is wrong; it has all of it
  public static Tokens load(Path file, Surroundings surroundings, Instant now)
      throws InvalidTokensException {
    return new AuthFile(file, surroundings, now).read();
  }

  /// What the operator should know although the server starts, one line each such as `auth.toml:4:
  /// token.deploy: secret is shorter than 16 characters`, in the order of the file.
  public List<String> warnings() {
    return warnings;
  }

  /// In the order of the file.
  public List<Identity> identities() {
    return tokens.stream().map(FileToken::identity).toList();
  }

  /// In the order of the file.
  List<FileToken> all() {
    return tokens;
  }

  /// Whose secret has a digest; null when it is nobody's. Always compares with every secret.
  @Nullable FileToken search(Digest digest) {
    FileToken found = null;
    for (FileToken token : tokens) {
      for (Digest each : token.digests()) {
        if (each.matches(digest)) {
          found = token;
        }
      }
    }
    return found;
  }

  /// The same, quickly: for digests of secrets that were good once.
  @Nullable FileToken withDigest(Digest digest) {
    return byDigest.get(digest);
  }

  @Nullable FileToken withName(String name) {
    return byName.get(name);
  }

  DenyList denied() {
    return denied;
  }
}
