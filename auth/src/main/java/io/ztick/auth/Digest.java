package io.ztick.auth;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The SHA-256 of a secret, which is all that is kept of it. Its text form shows nothing: the
/// digest of a weak secret gives the secret away.
public record Digest(long first, long second, long third, long fourth) {

  /// Longest secret in bytes of UTF-8. Quoted, with each byte escaped, it still fits the line of an
  /// `AUTH`. Whoever takes a secret in looks after this.
  public static final int MAX_SECRET_BYTES = 1024;

  private static final Pattern HEX = Pattern.compile("[0-9A-Fa-f]{64}");

  /// The digest of a secret's bytes.
  public static Digest of(byte[] secret) {
    try {
      return ofBytes(MessageDigest.getInstance("SHA-256").digest(secret));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /// Reads 64 hexadecimal digits; null when the text is none.
  static @Nullable Digest ofHex(String hex) {
    return HEX.matcher(hex).matches() ? ofBytes(HexFormat.of().parseHex(hex)) : null;
  }

  private static Digest ofBytes(byte[] bytes) {
    ByteBuffer longs = ByteBuffer.wrap(bytes);
    return new Digest(longs.getLong(), longs.getLong(), longs.getLong(), longs.getLong());
  }

  /// 64 lower-case hexadecimal digits.
  public String hex() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(first)
        + hex.toHexDigits(second)
        + hex.toHexDigits(third)
        + hex.toHexDigits(fourth);
  }

  /// Whether both are the same, in the same time for every pair of digests; `equals` stops at the
  /// first difference.
  boolean matches(Digest other) {
    long difference =
        (first ^ other.first)
            | (second ^ other.second)
            | (third ^ other.third)
            | (fourth ^ other.fourth);
    return difference == 0;
  }

  /// Without the digest: this value may end up in a log.
  @Override
  public String toString() {
    return "Digest";
  }
}
