package io.ztick.protocol;

/// The word behind `ERROR` in an answer. The list is closed: clients switch on it.
public enum ErrorCode {
  AUTH_REQUIRED("auth_required"),
  AUTH_FAILED("auth_failed"),
  AUTH_DENIED("auth_denied"),
  NOT_FOUND("not_found"),
  BAD_REQUEST("bad_request"),
  UNKNOWN_COMMAND("unknown_command"),
  LINE_TOO_LONG("line_too_long"),
  OVERLOADED("overloaded"),
  RATE_LIMITED("rate_limited"),
  UNAVAILABLE("unavailable"),
  STOPPING("stopping");

  private final String word;

  ErrorCode(String word) {
    this.word = word;
  }

  /// The code as it stands in an answer.
  public String word() {
    return word;
  }
}
