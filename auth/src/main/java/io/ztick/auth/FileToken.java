package io.ztick.auth;

import java.util.List;

/// A token of the auth file.
///
/// @param digests of its secrets, at least one
/// @param place where it stands, such as `auth.toml:4: token.deploy`
record FileToken(Identity identity, List<Digest> digests, String place) {
  FileToken {
    digests = List.copyOf(digests);
  }
}
