package io.ztick.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Tenants by hash: whoever has a secret that is long enough has the namespace that follows from
/// it, and nothing was set up for them.
///
/// @param runners what their rules may name
public record Tenants(Set<String> runners) {

  /// What the ids of all tenants' jobs begin with.
  public static final String PREFIX = "t.";

  /// What all tenants' namespaces lie in.
  private static final Namespace ALL = new Namespace(PREFIX);

  /// Shorter secrets are no tenant's, in characters.
  static final int MIN_SECRET_CHARACTERS = 32;

  private static final int DIGITS = 16;
  private static final Pattern NAMESPACE =
      Pattern.compile(Pattern.quote(PREFIX) + "[0-9a-f]{" + DIGITS + "}\\.");
  private static final int NAMESPACE_CHARACTERS = PREFIX.length() + DIGITS + ".".length();

  public Tenants {
    runners = Set.copyOf(runners);
  }

  /// The namespace of whoever has a secret with this digest.
  static Namespace namespace(Digest digest) {
    return new Namespace(PREFIX + digest.hex().substring(0, DIGITS) + ".");
  }

  /// The tenant's namespace that a text is; null when it is none.
  static @Nullable Namespace namespace(String text) {
    return NAMESPACE.matcher(text).matches() ? new Namespace(text) : null;
  }

  /// Whether a token of this namespace and tenants would reach into one another. `*` is there to
  /// cover them.
  static boolean overlap(Namespace namespace) {
    return !namespace.equals(Namespace.ALL) && namespace.overlaps(ALL);
  }

  /// Whether a job's or a rule's identifier lies in a tenant's namespace.
  public static boolean own(String identifier) {
    return owner(identifier) != null;
  }

  /// The tenant whose namespace a job's or a rule's identifier lies in; null when it is nobody's.
  static @Nullable Namespace owner(String identifier) {
    int from = identifier.startsWith(Namespace.RULES) ? Namespace.RULES.length() : 0;
    int to = from + NAMESPACE_CHARACTERS;
    // Most identifiers are told apart by their first two characters.
    return identifier.startsWith(PREFIX, from) && identifier.length() >= to
        ? namespace(identifier.substring(from, to))
        : null;
  }

  /// Whether a secret may be a tenant's. One of the server's own form never is: when it has
  /// expired, its client must hear so.
  static boolean mayBeSecret(byte[] secret) {
    return isLong(secret) && !TokenSecret.isClaimed(secret);
  }

  private static boolean isLong(byte[] secret) {
    String text = new String(secret, UTF_8);
    return text.codePointCount(0, text.length()) >= MIN_SECRET_CHARACTERS;
  }

  /// Who has a secret with this digest.
  Identity identity(Digest digest) {
    Namespace namespace = namespace(digest);
    String name = namespace.prefix().substring(0, namespace.prefix().length() - 1);
    Rights rights = new Rights(namespace, Names.all(), Names.of(runners), Addresses.ALL);
    return new Identity(Identity.Origin.TENANT, name, name, rights, Lifetime.ALWAYS);
  }
}
