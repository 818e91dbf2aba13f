package io.ztick.server;

import io.ztick.protocol.Answers;

/// How a connection goes on after a command.
sealed interface Next {

  /// The answer is complete.
  enum Plain implements Next {
    /// The next line comes.
    LINE,
    /// The client asked for the connection to end.
    QUIT
  }

  /// A listing that goes out in pieces, so that memory does not grow with it and others have their
  /// turn.
  non-sealed interface Listing extends Next {

    /// The most rows of one piece.
    int ROWS = 256;

    /// Composes the next piece; with the last one, the line that ends the listing.
    ///
    /// @param maxBytes of answers beyond which a piece ends
    /// @return whether the listing is complete
    boolean compose(Answers answers, int maxBytes);
  }
}
