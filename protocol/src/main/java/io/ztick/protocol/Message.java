package io.ztick.protocol;

import org.jspecify.annotations.Nullable;

/// One non-blank line of a client, understood or not. `requestId` is what every line of the answer
/// begins with; it is absent when the line has none, or none that could be found.
public sealed interface Message {

  /// The word that goes in front of every line of the answer.
  @Nullable String requestId();

  /// A well-formed line.
  record Request(@Nullable String requestId, Command command) implements Message {}

  /// A line that cannot be a command, with the answer it gets.
  ///
  /// @param hangUp whether the connection ends with this answer
  record Refused(@Nullable String requestId, ErrorCode code, String sentence, boolean hangUp)
      implements Message {}
}
