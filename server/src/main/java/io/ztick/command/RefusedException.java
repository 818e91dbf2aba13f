package io.ztick.command;

/// Why nothing can be measured.
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1;
  private static final String ERROR = "ERROR ";

  private final int exitCode;

  /// The server said ERROR.
  RefusedException(String sentence) {
    this(sentence, Failures.REFUSED);
  }

  private RefusedException(String sentence, int exitCode) {
    super(sentence);
    this.exitCode = exitCode;
  }

  /// There is no connection, or not as many as are wanted.
  static RefusedException unreached(String sentence, int connections) {
    return new RefusedException(
        sentence + (connections == 0 ? "" : ", after %d connections".formatted(connections)),
        Failures.UNREACHED);
  }

  /// The code and the sentence of an answer.
  static String sentence(String answer) {
    String said = answer.startsWith(ERROR) ? answer.substring(ERROR.length()) : answer;
    int code = said.indexOf(' ');
    return Texts.safe(code < 0 ? said : said.substring(0, code) + ":" + said.substring(code));
  }

  /// The same, and at which connection.
  RefusedException of(int connection, int connections) {
    return new RefusedException(
        "%s (connection %d of %d)".formatted(getMessage(), connection, connections), exitCode);
  }

  /// Says so, and returns the exit code.
  int tell(Session session) {
    session.errors().println("ztick: " + getMessage());
    return exitCode;
  }
}
