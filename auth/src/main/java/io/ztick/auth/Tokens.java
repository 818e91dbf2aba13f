package io.ztick.auth;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// All tokens of an auth file.
public final class Tokens {

  private final List<Token> tokens;
  private final List<String> warnings;

  private Tokens(List<Token> tokens, List<String> warnings) {
    this.tokens = tokens;
    this.warnings = warnings;
  }

  /// Reads a file and checks all of it.
  ///
  /// @param knownRunners every runner's name
  /// @param processRunners the runners that start a process and that the server's configuration
  ///   allows
  public static Tokens load(Path file, Set<String> knownRunners, Set<String> processRunners)
      throws InvalidTokensException {
    return load(file, knownRunners, processRunners, false);
  }

  /// The same.
  ///
  /// @param credential whether the file was laid ready by a service manager, which says by an
  ///   access control list who may read it. The permissions of the group are that list's mask then,
  ///   and no reason for a warning.
  public static Tokens load(
      Path file, Set<String> knownRunners, Set<String> processRunners, boolean credential)
      throws InvalidTokensException {
    AuthFile authFile = new AuthFile(file, knownRunners, processRunners, credential);
    List<Token> tokens = authFile.read();
    return new Tokens(tokens, authFile.warnings());
  }

  /// What the operator should know although the server starts, one line each such as `auth.toml:4:
  /// token.deploy: secret is shorter than 16 characters`, in the order of the file.
  public List<String> warnings() {
    return warnings;
  }

  /// Whose secret this is; null when it is nobody's. Always compares with every token.
  public @Nullable Identity authenticate(byte[] secret) {
    byte[] digest = Token.digest(secret);
    Identity found = null;
    for (Token token : tokens) {
      if (token.matches(digest)) {
        found = token.identity();
      }
    }
    return found;
  }

  /// In the order of the file.
  public List<Identity> identities() {
    return tokens.stream().map(Token::identity).toList();
  }
}
