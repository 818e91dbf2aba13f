package io.ztick.command;

import java.util.List;

/// What a {@link Load} sends, and how what comes back is read. Confined to the thread that runs the
/// load.
public interface Workload {

  /// The kinds of requests, at most 127; results are told by kind, in this order.
  List<String> kinds();

  /// The most bytes that one request takes.
  int maxRequestBytes();

  /// Goes on to the next request.
  ///
  /// @return the index of its kind
  int next();

  /// Writes the request that {@link #next()} went on to.
  ///
  /// @param to has room for {@link #maxRequestBytes()} behind `at`
  /// @return the index behind its last byte
  int compose(byte[] to, int at);

  /// A reader of answers for one more connection.
  AnswerReader answers();
}
