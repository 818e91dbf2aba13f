package io.ztick.server;

import io.ztick.protocol.Answers;
import org.jspecify.annotations.Nullable;

/// How a connection goes on after a command.
sealed interface Next {

  /// The answer is complete.
  enum Plain implements Next {
    /// The next line comes.
    LINE,
    /// The client asked for the connection to end.
    QUIT
  }

  /// The answer takes its time, and the next line waits for it: a listing goes out in pieces, so
  /// that memory does not grow with it and others have their turn; a result is not known yet.
  non-sealed interface Longer extends Next {

    /// The most rows of one piece of a listing.
    int ROWS = 256;

    /// Whose answer it is.
    @Nullable String requestId();

    /// Composes the next piece; with the last one, the line that ends the answer.
    ///
    /// @param maxBytes of answers beyond which a piece ends
    /// @return whether the answer is complete
    boolean compose(Answers answers, int maxBytes);

    /// Whether it tells what a token with fewer rights may not see.
    default boolean dependsOnRights() {
      return true;
    }

    /// Whether there is anything to compose now.
    default boolean isReady() {
      return true;
    }

    /// Names what to do when it becomes ready, if it is not.
    default void whenReady(Runnable action) {}
  }
}
