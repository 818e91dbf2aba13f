package io.ztick.auth;

import java.util.Locale;

/// Who a connection is, and what it may do until when.
///
/// @param origin where its token comes from
/// @param id what never changes about the token and no other has: `tok_…` of one made at run time,
///   the name of any other
/// @param name the token's name as logs show it, control characters escaped
/// @param lifetime when the secret that was shown is good; the connection ends with it
public record Identity(Origin origin, String id, String name, Rights rights, Lifetime lifetime) {

  /// Where a token comes from.
  public enum Origin {
    /// From nowhere: authentication is off.
    NONE,
    /// From the auth file.
    FILE,
    /// It was made at run time.
    ISSUED,
    /// From its secret's hash: a tenant.
    TENANT;

    /// How answers and the audit trail say it.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Everybody, while authentication is off.
  public static final Identity ANYONE =
      new Identity(Origin.NONE, "anyone", "anyone", Rights.ALL, Lifetime.ALWAYS);

  /// What it may name.
  public Namespace namespace() {
    return rights.namespace();
  }
}
