package io.ztick.client;

import java.time.Instant;

/// The secret of a token that was made or rotated. Nobody can be told it a second time: the server
/// keeps its digest only.
///
/// @param secret what a client logs in with, as {@link Token#of}
/// @param id `tok_…`, by which the token is revoked and rotated; no secret
/// @param expires when the token is good no longer
public record IssuedSecret(String secret, String id, Instant expires) {

  /// Without the secret: this value may end up in a log.
  @Override
  public String toString() {
    return "IssuedSecret[id=" + id + ", expires=" + expires + "]";
  }
}
