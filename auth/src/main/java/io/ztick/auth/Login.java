package io.ztick.auth;

import org.jspecify.annotations.Nullable;

/// What became of a secret. A client hears only whether it was accepted.
public sealed interface Login {

  /// The secret is good.
  ///
  /// @param identity who has it
  /// @param digest of the secret, to look again later whether it still is
  record Accepted(Identity identity, Digest digest) implements Login {}

  /// The secret is not good, for the log.
  ///
  /// @param name of the token that it belongs to; null when it is nobody's
  record Refused(Reason reason, @Nullable String name) implements Login {

    /// What the log says, such as `the token has expired (token deploy)`.
    @Override
    public String toString() {
      return name == null ? reason.toString() : reason + " (token " + name + ")";
    }
  }

  /// Why a secret is refused. The text is what the log says.
  enum Reason {
    UNKNOWN("no token has the secret"),
    MISTYPED("the check sum of the secret is wrong, so it was cut or mistyped"),
    NOT_YET_VALID("the token is not valid yet"),
    EXPIRED("the token has expired"),
    WRONG_ADDRESS("the token may not be used from this address"),
    MAKER_GONE("the token that made it is gone, or has another namespace now"),
    DENIED("the tenant is on the deny list");

    private final String text;

    Reason(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
