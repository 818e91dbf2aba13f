package io.ztick.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The secret that a client logs in with, or where it stands. It is read anew at each login, so a
/// secret that was exchanged in its file is used from the next connection on. Immutable.
public final class Token {
  private static final String ENVIRONMENT = "env:";
  private static final String FILE = "file:";

  private enum Kind {
    TEXT,
    ENVIRONMENT,
    FILE
  }

  private final Kind kind;

  /// The secret itself, or the name of what holds it.
  private final String text;

  private Token(Kind kind, String text) {
    this.kind = kind;
    this.text = text;
  }

  /// The secret itself.
  ///
  /// @throws IllegalArgumentException when it is blank
  public static Token of(String secret) {
    if (secret.isBlank()) {
      throw new IllegalArgumentException("the token is empty");
    }
    return new Token(Kind.TEXT, secret);
  }

  /// The value of an environment variable.
  public static Token ofEnvironment(String name) {
    return new Token(Kind.ENVIRONMENT, name);
  }

  /// The content of a file, read as UTF-8, without white space around it.
  public static Token ofFile(Path file) {
    return new Token(Kind.FILE, file.toString());
  }

  /// Reads `env:NAME`, `file:PATH` or the secret itself.
  ///
  /// @throws IllegalArgumentException when there is nothing, or nothing behind `env:` or `file:`
  public static Token parse(String text) {
    if (text.equals(ENVIRONMENT) || text.equals(FILE)) {
      throw new IllegalArgumentException("a name is expected behind " + text);
    }
    if (text.startsWith(ENVIRONMENT)) {
      return ofEnvironment(text.substring(ENVIRONMENT.length()));
    }
    return text.startsWith(FILE) ? ofFile(Path.of(text.substring(FILE.length()))) : of(text);
  }

  /// The secret as it stands there now, for a program with connections of its own.
  ///
  /// @throws AuthenticationException when there is none
  public String secret() {
    String secret =
        switch (kind) {
          case TEXT -> text;
          case ENVIRONMENT -> variable();
          case FILE -> content();
        };
    if (secret.isBlank()) {
      throw new AuthenticationException(this + " is empty", null);
    }
    return secret;
  }

  private String variable() {
    String value = System.getenv(text);
    if (value == null) {
      throw new AuthenticationException(this + " is not set", null);
    }
    return value;
  }

  private String content() {
    try {
      return Files.readString(Path.of(text)).strip();
    } catch (IOException e) {
      throw new AuthenticationException(this + " cannot be read", e);
    }
  }

  /// Where the secret stands, and never the secret.
  @Override
  public String toString() {
    return switch (kind) {
      case TEXT -> "a token";
      case ENVIRONMENT -> "the token in the environment variable " + text;
      case FILE -> "the token in " + text;
    };
  }
}
