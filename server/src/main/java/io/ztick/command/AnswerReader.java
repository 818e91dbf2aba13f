package io.ztick.command;

/// Reads the answers that come over one connection, in the order of the requests.
public interface AnswerReader {

  /// Reads as far as bytes can be understood, and counts what they hold.
  ///
  /// @return the index behind the last byte that was taken; what follows is offered again, at the
  ///   beginning of what has come until then
  /// @throws java.net.ProtocolException when they are no answers
  int read(byte[] bytes, int from, int to, Tally tally) throws java.net.ProtocolException;
}
