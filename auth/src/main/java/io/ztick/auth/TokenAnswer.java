package io.ztick.auth;

import java.util.List;

/// What became of the wish to make, rotate or revoke a token.
public sealed interface TokenAnswer {

  /// A token has a new secret, which nobody can be told a second time.
  record NewSecret(IssuedToken token, TokenSecret secret) implements TokenAnswer {}

  /// Tokens were revoked: the one that was named, and all that it made, those first.
  record Revoked(List<IssuedToken> tokens) implements TokenAnswer {
    public Revoked {
      tokens = List.copyOf(tokens);
    }
  }

  /// Nothing was changed.
  ///
  /// @param sentence for the client
  record Refused(Kind kind, String sentence) implements TokenAnswer {}

  /// Which error it is.
  enum Kind {
    /// The request itself is wrong.
    MALFORMED,
    /// A right is missing.
    DENIED,
    /// There is no such token, as far as the client may know.
    NOT_FOUND,
    /// There were too many lately.
    RATE_LIMITED,
    /// There are too many.
    TOO_MANY
  }
}
