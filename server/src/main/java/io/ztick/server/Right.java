package io.ztick.server;

import io.ztick.auth.Namespace;
import io.ztick.auth.Rights;
import org.jspecify.annotations.Nullable;

/// The right to a command, by the name that a token lists, and what else the command needs. What
/// only tells a client about itself, or ends it, is everybody's and has none.
enum Right {
  SET(About.JOB),
  GET(About.JOB),
  SHOW(About.JOB),
  QUERY(About.NOTHING),
  DUE(About.NOTHING),
  REMOVE(About.JOB),
  /// To set a rule.
  RULE(About.RULE),
  REMOVERULE(About.RULE),
  LISTRULES(About.NOTHING),
  STAT(About.NOTHING),
  BACKUP(About.EVERYTHING),
  RELOAD(About.EVERYTHING),
  /// To make, list, revoke and rotate tokens. What they may be depends on the token, and is looked
  /// at where it is known.
  TOKEN(About.NOTHING);

  private enum About {
    /// A job of the namespace.
    JOB,
    /// A rule of the namespace.
    RULE,
    /// The whole server.
    EVERYTHING,
    /// No single thing, or what the client sees of it anyway.
    NOTHING
  }

  private final About about;

  Right(About about) {
    this.about = about;
  }

  /// Why a client with these rights may not give the command; null when it may.
  ///
  /// @param identifier of the job or rule that the command names; null where it names nothing
  @Nullable String missing(Rights rights, @Nullable String identifier) {
    String missing = rights.missingForCommand(name());
    return missing == null ? missingScope(rights, identifier) : missing;
  }

  private @Nullable String missingScope(Rights rights, @Nullable String identifier) {
    return switch (about) {
      case JOB -> identifier == null ? null : rights.missingForJob(identifier);
      case RULE -> identifier == null ? null : rights.missingForRule(identifier);
      case EVERYTHING ->
          rights.namespace().equals(Namespace.ALL)
              ? null
              : name() + " needs a token of the namespace *";
      case NOTHING -> null;
    };
  }
}
