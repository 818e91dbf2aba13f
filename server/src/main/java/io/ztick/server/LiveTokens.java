package io.ztick.server;

import io.ztick.auth.Authority;
import io.ztick.auth.IssuedToken;
import io.ztick.auth.MalformedTokenException;
import io.ztick.auth.Tenants;
import io.ztick.auth.TokenChange;
import io.ztick.auth.Tokens;
import io.ztick.scheduler.Change;
import io.ztick.scheduler.Scheduler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/// The tokens while the server runs: another auth file takes the place of the one before, expired
/// tokens are forgotten, connections follow, and the journal keeps those made at run time. Confined
/// to the loop.
///
/// ```
/// TokenCommands ─► Authority ─► TokenChange ─► Scheduler, and so the journal
/// Reloads ─► use ──┘   └─► Connections look again
/// ```
final class LiveTokens {
  private final Authority authority;
  private final Scheduler scheduler;
  private final Connections connections;
  private final WallClock clock;
  private final Audit audit;

  /// @param tokens what the auth file says
  /// @param kept the tokens made at run time that the journal has
  LiveTokens(
      Configuration.Controller controller,
      Tokens tokens,
      List<IssuedToken> kept,
      Scheduler scheduler,
      Connections connections,
      WallClock clock,
      Audit audit) {
    this.scheduler = scheduler;
    this.connections = connections;
    this.clock = clock;
    this.audit = audit;
    Tenants tenants =
        controller.hasTenants() ? new Tenants(controller.tenantRunners().names()) : null;
    authority = new Authority(tokens, Gate.VOCABULARY, tenants, controller.maxTokens(), this::keep);
    authority.restore(kept);
  }

  /// What the journal has of a token.
  ///
  /// @throws UncheckedIOException when it is none that this version can read
  static IssuedToken read(Change.TokenStored stored) {
    try {
      return IssuedToken.parse(stored.text());
    } catch (MalformedTokenException e) {
      throw new UncheckedIOException(
          new IOException(
              "the journal's token " + LogText.escaped(stored.id()) + ": " + e.getMessage(), e));
    }
  }

  private void keep(TokenChange change) {
    scheduler.keep(
        switch (change) {
          case TokenChange.Stored(var token) -> new Change.TokenStored(token.id(), token.text());
          case TokenChange.Removed(var id) -> new Change.TokenRemoved(id);
        });
  }

  /// Who may come in.
  Authority authority() {
    return authority;
  }

  /// What keeps an auth file from being used beside the tokens that were made at run time.
  List<String> conflicts(Tokens file) {
    return authority.conflicts(file, clock.instant());
  }

  /// From now on another auth file counts, one without {@link #conflicts}. Tokens that go back to
  /// one that it has no more are forgotten.
  void use(Tokens file) {
    authority.use(file).forEach(audit::tokenOrphaned);
    connections.lookAgain();
  }

  /// Forgets tokens that have expired. Their connections look at the time themselves.
  void removeExpired() {
    authority.removeExpired(clock.instant()).forEach(audit::tokenExpired);
  }
}
