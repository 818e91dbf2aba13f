package io.ztick.auth;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The tokens that were made at run time: what {@link TokenChange}s left. Confined to its owner's
/// thread.
final class IssuedTokens {

  /// In the order in which they were made.
  private final Map<String, IssuedToken> byId = new LinkedHashMap<>();

  private final Map<String, IssuedToken> byName = new HashMap<>();
  private final Map<Digest, Found> byDigest = new HashMap<>();

  /// A token and the secret of it that was shown.
  record Found(IssuedToken token, IssuedToken.Secret secret) {}

  /// The only way in which anything here changes.
  void apply(TokenChange change) {
    IssuedToken before =
        switch (change) {
          // A token that stays keeps its place.
          case TokenChange.Stored(var token) -> byId.put(token.id(), token);
          case TokenChange.Removed(var id) -> byId.remove(id);
        };
    if (before != null) {
      byName.remove(before.name());
      before.secrets().forEach(secret -> byDigest.remove(secret.digest()));
    }
    if (change instanceof TokenChange.Stored(var token)) {
      byName.put(token.name(), token);
      for (IssuedToken.Secret secret : token.secrets()) {
        byDigest.put(secret.digest(), new Found(token, secret));
      }
    }
  }

  int count() {
    return byId.size();
  }

  /// In the order in which they were made.
  Collection<IssuedToken> all() {
    return Collections.unmodifiableCollection(byId.values());
  }

  @Nullable IssuedToken withId(String id) {
    return byId.get(id);
  }

  @Nullable IssuedToken withName(String name) {
    return byName.get(name);
  }

  /// Whose secret has a digest; null when it is nobody's. Always compares with every secret.
  @Nullable Found search(Digest digest) {
    Found found = null;
    for (Found each : byDigest.values()) {
      if (each.secret().digest().matches(digest)) {
        found = each;
      }
    }
    return found;
  }

  /// The same, quickly: for digests of secrets that were good once.
  @Nullable Found withDigest(Digest digest) {
    return byDigest.get(digest);
  }

  /// The token of the auth file that a token goes back to; null when there is one missing on the
  /// way.
  @Nullable String root(IssuedToken token) {
    String maker = token.maker();
    while (IssuedToken.isId(maker)) {
      IssuedToken made = byId.get(maker);
      if (made == null) {
        return null;
      }
      maker = made.maker();
    }
    return maker;
  }

  /// How many makers made at run time stand between a token and the auth file.
  int generation(IssuedToken token) {
    int generation = 0;
    IssuedToken maker = byId.get(token.maker());
    while (maker != null) {
      generation++;
      maker = byId.get(maker.maker());
    }
    return generation;
  }

  /// Those that a condition holds for, and all that they made, the youngest first: whatever of it
  /// is removed in this order, no token is ever without its maker.
  List<IssuedToken> withDescendants(Predicate<IssuedToken> condition) {
    Set<String> ids = new HashSet<>();
    List<IssuedToken> found = new ArrayList<>();
    // A token comes behind its maker.
    for (IssuedToken token : byId.values()) {
      if (ids.contains(token.maker()) || condition.test(token)) {
        ids.add(token.id());
        found.add(token);
      }
    }
    return found.reversed();
  }

  /// Those that have expired, and all that they made.
  List<IssuedToken> expired(Instant now) {
    return withDescendants(token -> token.isExpired(now));
  }
}
