package io.ztick.auth;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// An identity and the SHA-256 of the secret that proves it.
final class Token {

  private final Identity identity;
  private final byte[] digest;

  Token(Identity identity, byte[] digest) {
    this.identity = identity;
    this.digest = digest;
  }

  Identity identity() {
    return identity;
  }

  /// Takes the same time for every digest.
  boolean matches(byte[] otherDigest) {
    return MessageDigest.isEqual(digest, otherDigest);
  }

  static byte[] digest(byte[] secret) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(secret);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return "Token[" + identity.name() + "]";
  }
}
