package io.ztick.server;

import io.ztick.auth.Authority;
import io.ztick.auth.GuessLimit;
import io.ztick.auth.Identity;
import io.ztick.auth.Login;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// Where clients say who they are: what becomes of a secret, and how long one who does not know any
/// waits for the answer. Confined to the loop.
final class Entrance {
  private final @Nullable Authority authority;
  private final WallClock clock;
  private final Audit audit;
  private final GuessLimit guesses = new GuessLimit();
  private final Refusals refusals = new Refusals();

  /// How a client that says who it is is answered.
  sealed interface Verdict {}

  /// It may come in, at once.
  record Welcome(Login.Accepted login) implements Verdict {}

  /// It may not.
  ///
  /// @param answer when it hears so
  record Failed(GuessLimit.Verdict answer) implements Verdict {}

  /// @param authority null when authentication is off
  Entrance(@Nullable Authority authority, WallClock clock, Audit audit) {
    this.authority = authority;
    this.clock = clock;
    this.audit = audit;
  }

  /// Whether nobody is asked: authentication is off.
  boolean isOpen() {
    return authority == null;
  }

  /// What becomes of a secret.
  Verdict ask(byte[] secret, InetAddress address) {
    return switch (asked().login(secret, address, clock.instant())) {
      case Login.Accepted accepted -> {
        audit.loginAccepted(accepted.identity(), address);
        yield new Welcome(accepted);
      }
      case Login.Refused refused -> {
        refuse("AUTH", address, refused.toString());
        audit.loginRefused(refused, address);
        yield new Failed(guesses.failed(address, System.nanoTime()));
      }
    };
  }

  /// What a secret that was accepted is worth now, after a change of the tokens.
  Login lookAgain(Login.Accepted login, InetAddress address) {
    return asked().lookAgain(login, address, clock.instant());
  }

  /// A connection ends because of its token.
  void ended(Identity who, InetAddress address, CloseReason reason) {
    audit.sessionEnded(who, address, reason);
  }

  private Authority asked() {
    if (authority == null) {
      throw new IllegalStateException("nobody is asked while authentication is off");
    }
    return authority;
  }

  /// Tells the log of a client that was not let in.
  ///
  /// @param what was refused, such as `AUTH`
  /// @param reason what an operator should know, and a client need not
  void refuse(String what, InetAddress address, String reason) {
    refusals.report(what, address, reason, System.nanoTime());
  }
}
