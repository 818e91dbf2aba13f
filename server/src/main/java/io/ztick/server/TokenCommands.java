package io.ztick.server;

import io.ztick.auth.Addresses;
import io.ztick.auth.Authority;
import io.ztick.auth.Identity;
import io.ztick.auth.IssuedToken;
import io.ztick.auth.MalformedAddressException;
import io.ztick.auth.Names;
import io.ztick.auth.TokenAnswer;
import io.ztick.auth.TokenRequest;
import io.ztick.protocol.Answers;
import io.ztick.protocol.Command;
import io.ztick.protocol.ErrorCode;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Makes, lists, rotates and revokes tokens for clients, and tells them who they are. Whether they
/// may is looked at before. Confined to the loop.
final class TokenCommands {

  /// What an answer says of a time that never comes.
  private static final String NEVER = "never";

  private static final String OFF = "authentication is off, so there are no tokens";

  private final @Nullable Authority authority;
  private final WallClock clock;
  private final Consumer<IssuedToken> changed;
  private final Audit audit;

  /// @param authority null when authentication is off
  /// @param changed is told of each token that may be worth less than before
  TokenCommands(
      @Nullable Authority authority, WallClock clock, Consumer<IssuedToken> changed, Audit audit) {
    this.authority = authority;
    this.clock = clock;
    this.changed = changed;
    this.audit = audit;
  }

  /// What is wrong with a command, whoever gives it; null when nothing is.
  @Nullable String fault(Command command) {
    if (!(command instanceof Command.TokenCreate create)) {
      return authority == null && command instanceof Command.OfTokens ? OFF : null;
    }
    if (authority == null) {
      return OFF;
    }
    try {
      return authority.fault(request(create));
    } catch (MalformedAddressException e) {
      return "from is ranges such as 10.0.0.0/8,::1, not "
          + Answers.shown(String.valueOf(create.from()));
    }
  }

  private static TokenRequest request(Command.TokenCreate create) throws MalformedAddressException {
    Duration ttl = create.ttl();
    String commands = create.commands();
    String runners = create.runners();
    String from = create.from();
    return new TokenRequest(
        create.name(),
        create.namespace(),
        ttl == null ? TokenRequest.DEFAULT_TTL : ttl,
        commands == null ? null : Names.parse(commands),
        runners == null ? null : Names.parse(runners),
        from == null ? null : Addresses.parse(from),
        create.note());
  }

  private Authority authority() {
    if (authority == null) {
      throw new IllegalStateException("a command with a fault");
    }
    return authority;
  }

  /// Does what a client asks for and composes the answer.
  ///
  /// @param command without a {@link #fault}
  Next handle(
      Identity who,
      InetAddress address,
      Command.OfTokens command,
      @Nullable String id,
      Answers answers) {
    switch (command) {
      case Command.TokenCreate create -> create(who, address, create, id, answers);
      case Command.TokenList() -> {
        return new TokenListing(id, authority().list(who, clock.instant()));
      }
      case Command.TokenRevoke revoke -> revoke(who, address, revoke, id, answers);
      case Command.TokenRotate rotate -> rotate(who, address, rotate, id, answers);
    }
    return Next.Plain.LINE;
  }

  private void create(
      Identity who,
      InetAddress address,
      Command.TokenCreate create,
      @Nullable String id,
      Answers answers) {
    TokenRequest request;
    try {
      request = request(create);
    } catch (MalformedAddressException e) {
      throw new IllegalStateException("a command with a fault", e);
    }
    TokenAnswer answer = authority().create(who, request, clock.instant(), System.nanoTime());
    if (answer instanceof TokenAnswer.NewSecret(var token, _)) {
      audit.tokenCreated(who, address, token);
    }
    answer(who, address, answer, id, answers);
  }

  private void rotate(
      Identity who,
      InetAddress address,
      Command.TokenRotate rotate,
      @Nullable String id,
      Answers answers) {
    Duration given = rotate.overlap();
    Duration overlap = given == null ? Authority.DEFAULT_OVERLAP : given;
    TokenAnswer answer = authority().rotate(who, rotate.token(), overlap, clock.instant());
    answer(who, address, answer, id, answers);
    if (answer instanceof TokenAnswer.NewSecret(var token, _)) {
      audit.tokenRotated(who, address, token);
      changed.accept(token);
    }
  }

  private void revoke(
      Identity who,
      InetAddress address,
      Command.TokenRevoke revoke,
      @Nullable String id,
      Answers answers) {
    TokenAnswer answer = authority().revoke(who, revoke.token(), clock.instant());
    answer(who, address, answer, id, answers);
    if (answer instanceof TokenAnswer.Revoked(var tokens)) {
      for (IssuedToken token : tokens) {
        audit.tokenRevoked(who, address, token);
        changed.accept(token);
      }
    }
  }

  private void answer(
      Identity who, InetAddress address, TokenAnswer answer, @Nullable String id, Answers answers) {
    switch (answer) {
      case TokenAnswer.NewSecret(var token, var secret) ->
          answers
              .beginOk(id)
              .word(secret.reveal())
              .word(token.id())
              .number(WallClock.nanos(token.expires()))
              .end();
      case TokenAnswer.Revoked(var tokens) -> answers.beginOk(id).number(tokens.size()).end();
      case TokenAnswer.Refused(var kind, var sentence) -> {
        if (kind == TokenAnswer.Kind.DENIED) {
          audit.denied(who, address, Right.TOKEN.name(), sentence);
        }
        answers.error(id, code(kind), sentence);
      }
    }
  }

  private static ErrorCode code(TokenAnswer.Kind kind) {
    return switch (kind) {
      case MALFORMED -> ErrorCode.BAD_REQUEST;
      case DENIED -> ErrorCode.AUTH_DENIED;
      case NOT_FOUND -> ErrorCode.NOT_FOUND;
      case RATE_LIMITED -> ErrorCode.RATE_LIMITED;
      case TOO_MANY -> ErrorCode.OVERLOADED;
    };
  }

  /// Who a client is and what it may.
  static void whoAmI(Identity who, @Nullable String id, Answers answers) {
    answers.row(id, "name", who.name());
    answers.row(id, "id", who.id());
    answers.row(id, "origin", who.origin().word());
    answers.row(id, "namespace", who.namespace().prefix());
    answers.row(id, "commands", who.rights().commands().text());
    answers.row(id, "runners", who.rights().runners().text());
    answers.row(id, "from", who.rights().addresses().toString());
    Instant until = who.lifetime().until();
    if (who.lifetime().ends()) {
      answers.row(id, "expires_ns", WallClock.nanos(until));
    } else {
      answers.row(id, "expires_ns", NEVER);
    }
    answers.ok(id);
  }
}
