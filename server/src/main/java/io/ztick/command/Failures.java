package io.ztick.command;

import io.ztick.client.AuthenticationException;
import io.ztick.client.UnknownOutcomeException;
import io.ztick.client.ZtickException;

/// What a failed call is to a person, and to a script.
final class Failures {
  /// The server said ERROR.
  static final int REFUSED = 1;

  /// Wrong usage or configuration.
  static final int MISUSED = 2;

  /// No connection, or none any more: nobody answered.
  static final int UNREACHED = 3;

  private Failures() {}

  /// One sentence, with nothing in it that a terminal would obey.
  static String sentence(ZtickException failure) {
    String said = Texts.safe(String.valueOf(failure.getMessage()));
    // The client says it of its own; the server's sentence does not.
    return failure instanceof UnknownOutcomeException && !said.contains("not known")
        ? said + " (it is not known whether the change is kept)"
        : said;
  }

  static int exitCode(ZtickException failure) {
    if (failure.code().isPresent()) {
      return REFUSED;
    }
    // The client found no token where one should be.
    return failure instanceof AuthenticationException ? MISUSED : UNREACHED;
  }
}
