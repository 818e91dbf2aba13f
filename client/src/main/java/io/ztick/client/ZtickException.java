package io.ztick.client;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What went wrong with a call, by what a caller can do about it.
///
/// | exception | what happened | what to do |
/// |---|---|---|
/// | {@link AuthenticationException} | the server does not know the token | another token |
/// | {@link AccessDeniedException} | the token may not do this | another token |
/// | {@link NotFoundException} | there is no such job or rule | |
/// | {@link BadRequestException} | the server does not understand the call | mend the call |
/// | {@link OverloadedException} | a limit is reached, nothing was changed | later again |
/// | {@link RateLimitedException} | too often, nothing was changed | later again |
/// | {@link StoppingException} | the server stops, nothing was changed | later again |
/// | {@link UnknownOutcomeException} | nobody knows whether the change is kept | look, or again |
/// | {@link ConnectionException} | no connection, nothing was changed | later again |
/// | {@link ProtocolException} | what answers is no ztick server | another endpoint |
public abstract sealed class ZtickException extends RuntimeException
    permits AccessDeniedException,
        AuthenticationException,
        BadRequestException,
        ConnectionException,
        NotFoundException,
        OverloadedException,
        ProtocolException,
        RateLimitedException,
        StoppingException,
        UnknownOutcomeException {

  private final transient @Nullable Refusal refusal;

  /// Found by the client.
  ZtickException(String message, @Nullable Throwable cause) {
    super(message, cause);
    this.refusal = null;
  }

  /// Said by the server.
  ZtickException(Refusal refusal) {
    super(refusal.toString());
    this.refusal = refusal;
  }

  /// The word behind `ERROR`, such as `not_found`; empty when it was not the server that said so.
  public final Optional<String> code() {
    return Optional.ofNullable(refusal).map(Refusal::code);
  }

  /// What the server said for a person; empty when it said nothing.
  public final Optional<String> sentence() {
    return Optional.ofNullable(refusal).map(Refusal::sentence).filter(text -> !text.isEmpty());
  }

  /// The rows that the server sent before it said ERROR, each as its words; often none.
  public final List<List<String>> rows() {
    return refusal == null ? List.of() : refusal.rows();
  }

  /// The exception for what the server has said.
  static ZtickException of(Refusal refusal) {
    return switch (refusal.code()) {
      case "auth_required", "auth_failed" -> new AuthenticationException(refusal);
      case "auth_denied" -> new AccessDeniedException(refusal);
      case "not_found" -> new NotFoundException(refusal);
      case "bad_request", "unknown_command", "line_too_long" -> new BadRequestException(refusal);
      case "overloaded" -> new OverloadedException(refusal);
      case "rate_limited" -> new RateLimitedException(refusal);
      case "stopping" -> new StoppingException(refusal);
      case "unavailable" -> new UnknownOutcomeException(refusal);
      default -> new ProtocolException(refusal);
    };
  }

  /// The same for another caller.
  ZtickException again() {
    return refusal == null
        ? new AuthenticationException(String.valueOf(getMessage()), this)
        : of(refusal);
  }
}
