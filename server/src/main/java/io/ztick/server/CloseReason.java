package io.ztick.server;

/// Every way in which a connection ends. The text is what the log says.
enum CloseReason {
  CLIENT_CLOSED("the client closed it"),
  QUIT("the client said QUIT"),
  AUTH_REQUIRED("no AUTH before another line"),
  AUTH_FAILED("its AUTH failed"),
  TOO_MANY_GUESSES("too many failed AUTHs of its address wait"),
  TOKEN_EXPIRED("its token has expired"),
  TOKEN_GONE("its token or secret is good no longer"),
  AUTH_TIMEOUT("no AUTH in time"),
  TOO_MANY_UNAUTHENTICATED("max_unauthenticated is reached and this one waited longest"),
  TOO_MANY_CONNECTIONS("max_connections is reached"),
  TOO_MUCH_INPUT("lines without a line feed fill their part of the heap"),
  TLS_FAILED("the TLS handshake failed"),
  NOT_HTTP("it spoke HTTP"),
  IDLE("nothing was read for idle_timeout"),
  SLOW_CONSUMER("a pending write made no progress for write_timeout"),
  JOURNAL_FAILED("the journal failed"),
  SERVER_STOPPING("the server is stopping"),
  IO_ERROR("the network failed");

  private final String text;

  CloseReason(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
