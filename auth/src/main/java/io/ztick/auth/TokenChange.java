package io.ztick.auth;

/// One step of what is kept of the tokens that are made at run time. Everything that alters them is
/// one of these, live and in recovery alike. Each says all there is to know about one token, so a
/// store that keeps the last change of each id keeps everything.
public sealed interface TokenChange {

  /// The token it is about, `tok_…`.
  String id();

  /// A token was made, or got another secret.
  record Stored(IssuedToken token) implements TokenChange {
    @Override
    public String id() {
      return token.id();
    }
  }

  /// A token was revoked, or had expired.
  record Removed(String id) implements TokenChange {}
}
