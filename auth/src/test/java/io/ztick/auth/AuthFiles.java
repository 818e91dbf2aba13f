package io.ztick.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Auth files read as a server would.
final class AuthFiles {

  static final Set<String> COMMANDS =
      Set.of("SET", "GET", "SHOW", "QUERY", "REMOVE", "RULE", "STAT", "BACKUP", "TOKEN");
  static final Set<String> RUNNERS = Set.of("shell", "direct", "http", "awf", "amqp", "redis");
  static final Vocabulary VOCABULARY = new Vocabulary(COMMANDS, RUNNERS);
  static final Instant NOW = Instant.parse("2026-12-01T12:00:00Z");

  private AuthFiles() {}

  /// A machine with these variables, and credentials in a directory.
  record Machine(Map<String, String> environment, Path credentials) implements SecretSources {
    @Override
    public @Nullable String variable(String name) {
      return environment.get(name);
    }

    @Override
    public boolean isCredentialName(String text) {
      return text.startsWith("credential:");
    }

    @Override
    public Path credential(String text) throws IOException {
      String name = text.substring("credential:".length());
      if (name.contains("/")) {
        throw new IOException("is no credential such as credential:auth.toml");
      }
      return credentials.resolve(name);
    }

    @Override
    public boolean isCredential(Path file) {
      return credentials.equals(file.getParent());
    }
  }

  static final Machine BARE = new Machine(Map.of(), Path.of("/nowhere"));

  static Tokens.Surroundings surroundings(Set<String> runners, Set<String> processes) {
    return new Tokens.Surroundings(
        new Vocabulary(COMMANDS, runners), processes, BARE, false, false);
  }

  static Tokens load(Path file, Set<String> runners, Set<String> processes)
      throws InvalidTokensException {
    return Tokens.load(file, surroundings(runners, processes), NOW);
  }

  static @Nullable Identity authenticate(Tokens tokens, String secret) {
    return authenticate(tokens, secret.getBytes(UTF_8));
  }

  static @Nullable Identity authenticate(Tokens tokens, byte[] secret) {
    FileToken found = tokens.search(Digest.of(secret));
    return found == null ? null : found.identity();
  }
}
