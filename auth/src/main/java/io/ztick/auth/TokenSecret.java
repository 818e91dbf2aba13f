package io.ztick.auth;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/// A secret that the server made. It has a form of its own, so that scanners for leaked secrets
/// recognise it and typing errors are told from wrong secrets:
///
/// ```
/// ztk_ + 43 characters: 256 random bits + 6 characters: CRC-32 of all that stands before them
/// ```
///
/// Both parts are base64url without padding, high bits and bytes first; unused last bits are 0.
public final class TokenSecret {

  private static final String PREFIX = "ztk_";
  private static final int RANDOM_BYTES = 32;
  private static final int SUM_CHARACTERS = 6;

  /// The last character of each part carries the bits that are left.
  private static final Pattern FORM =
      Pattern.compile(PREFIX + "[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048][A-Za-z0-9_-]{5}[AQgw]");

  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final String text;

  private TokenSecret(String text) {
    this.text = text;
  }

  /// A new one.
  public static TokenSecret random(SecureRandom random) {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    String text = PREFIX + BASE64.encodeToString(bytes);
    return new TokenSecret(text + checkSum(text));
  }

  private static String checkSum(String text) {
    CRC32 sum = new CRC32();
    sum.update(text.getBytes(US_ASCII));
    byte[] bytes = ByteBuffer.allocate(Integer.BYTES).putInt((int) sum.getValue()).array();
    return BASE64.encodeToString(bytes);
  }

  /// Whether a text has the form, and the right check sum.
  static boolean isWellFormed(String text) {
    if (!FORM.matcher(text).matches()) {
      return false;
    }
    int end = text.length() - SUM_CHARACTERS;
    return text.substring(end).equals(checkSum(text.substring(0, end)));
  }

  /// Whether it claims to be a secret of this form.
  static boolean isClaimed(byte[] secret) {
    byte[] prefix = PREFIX.getBytes(US_ASCII);
    return secret.length >= prefix.length
        && ByteBuffer.wrap(secret, 0, prefix.length).equals(ByteBuffer.wrap(prefix));
  }

  /// Whether it claims to be a secret of this form and is none.
  static boolean isMistyped(byte[] secret) {
    return isClaimed(secret) && !isWellFormed(new String(secret, US_ASCII));
  }

  /// The secret itself, to be told once.
  public String reveal() {
    return text;
  }

  /// What is kept of it.
  public Digest digest() {
    return Digest.of(text.getBytes(US_ASCII));
  }

  /// Without the secret: this value may end up in a log.
  @Override
  public String toString() {
    return "TokenSecret";
  }
}
