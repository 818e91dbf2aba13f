package io.ztick.command;

import io.ztick.client.Endpoint;
import io.ztick.client.Token;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a profile may say.
enum ProfileKey {
  /// Where the server is.
  ENDPOINT {
    @Override
    void check(String value) {
      var _ = Endpoint.parse(value);
    }
  },

  /// Whether to log in.
  AUTH {
    @Override
    void check(String value) {
      if (!value.equals(NO_AUTH) && !value.equals(TOKEN_AUTH)) {
        // Without the value: somebody may have taken the key for that of the secret.
        throw new IllegalArgumentException("none or token is expected");
      }
    }
  },

  /// The secret, or where it is.
  TOKEN {
    @Override
    void check(String value) {
      if (value.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException("a token has no control characters");
      }
      var _ = Token.parse(value);
    }

    @Override
    String shown(String value) {
      return value.isEmpty() || isReference(value) ? value : "***";
    }

    @Override
    String anchored(String value, Path directory) {
      return value.startsWith(FILE)
          ? FILE + directory.resolve(value.substring(FILE.length()))
          : value;
    }
  },

  /// The certificates to trust.
  TLS_CA {
    @Override
    void check(String value) {
      if (value.isEmpty()) {
        throw new IllegalArgumentException("the path of a PEM file is expected");
      }
      var _ = Path.of(value);
    }

    @Override
    String anchored(String value, Path directory) {
      return directory.resolve(value).toString();
    }
  };

  static final String NO_AUTH = "none";
  static final String TOKEN_AUTH = "token";

  /// Before the path of a file that holds a token.
  static final String FILE = "file:";

  /// Before the name of a variable that holds a token.
  static final String ENVIRONMENT = "env:";

  /// The key as it is written.
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static @Nullable ProfileKey of(String word) {
    for (ProfileKey key : values()) {
      if (key.word().equals(word)) {
        return key;
      }
    }
    return null;
  }

  /// All of them, for a sentence.
  static String words() {
    return String.join(", ", Stream.of(values()).map(ProfileKey::word).toList());
  }

  /// Says what is wrong with a value, if anything.
  final @Nullable String problem(String value) {
    try {
      check(value);
      return null;
    } catch (InvalidPathException e) {
      return "not a path: " + e.getReason();
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  /// @throws IllegalArgumentException with a sentence that does not repeat a secret
  abstract void check(String value);

  /// The value as it may be shown.
  String shown(String value) {
    return value;
  }

  /// The value with paths that do not depend on where the command is run.
  String anchored(String value, Path directory) {
    return value;
  }

  /// Whether a token says where the secret is instead of being it.
  static boolean isReference(String token) {
    return token.startsWith(FILE) || token.startsWith(ENVIRONMENT);
  }
}
