package io.ztick.auth;

import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Who may come in: the tokens of the auth file, those that were made at run time, and tenants.
/// Confined to its owner's thread; knows no clock.
///
/// ```
/// auth.toml ──► Tokens ───────┐
/// journal ──► IssuedTokens ───┼─► login ─► Accepted or Refused
///                  Tenants ───┘
/// ```
public final class Authority {

  /// How long the former secret stays good unless whoever rotates it says so.
  public static final Duration DEFAULT_OVERLAP = Duration.ofHours(1);

  /// The longest that a former secret stays good.
  static final Duration MAX_OVERLAP = Duration.ofDays(7);

  /// The most tokens that one creator makes in a minute.
  static final int CREATIONS_PER_MINUTE = 5;

  /// How many tokens made at run time may stand between a token and the auth file.
  static final int MAX_GENERATIONS = 8;

  private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final int ID_BYTES = 8;

  private final Vocabulary vocabulary;
  private final @Nullable Tenants tenants;
  private final int maxTokens;
  private final Consumer<TokenChange> journal;
  private final SecureRandom random = new SecureRandom();
  private final IssuedTokens issued = new IssuedTokens();
  private final RateLimit<String> creations;
  private Tokens tokens;

  /// @param tokens what the auth file says
  /// @param tenants null when there are none
  /// @param maxTokens the most tokens that were made at run time at once
  /// @param journal is told every change before it takes effect
  public Authority(
      Tokens tokens,
      Vocabulary vocabulary,
      @Nullable Tenants tenants,
      int maxTokens,
      Consumer<TokenChange> journal) {
    this.tokens = tokens;
    this.vocabulary = vocabulary;
    this.tenants = tenants;
    this.maxTokens = maxTokens;
    this.journal = journal;
    // Creators that count are tokens of either kind, so there are never more than these.
    this.creations = new RateLimit<>(CREATIONS_PER_MINUTE, MINUTE_NANOS, Integer.MAX_VALUE);
  }

  /// Brings back the tokens that the journal kept, in whatever order it has them.
  public void restore(Collection<IssuedToken> kept) {
    SequencedMap<String, IssuedToken> left = new LinkedHashMap<>();
    kept.stream()
        .sorted(Comparator.comparing(IssuedToken::created).thenComparing(IssuedToken::id))
        .forEach(token -> left.put(token.id(), token));
    while (!left.isEmpty()) {
      restore(left.firstEntry().getValue(), left);
    }
  }

  /// A token comes behind its maker, also when the clock was set back between them.
  private void restore(IssuedToken token, Map<String, IssuedToken> left) {
    left.remove(token.id());
    IssuedToken maker = left.get(token.maker());
    if (maker != null) {
      restore(maker, left);
    }
    issued.apply(new TokenChange.Stored(token));
  }

  private void commit(TokenChange change) {
    journal.accept(change);
    issued.apply(change);
  }

  /// Who has a secret. How long it takes does not tell which secrets there are.
  ///
  /// @param address where the client connects from
  public Login login(byte[] secret, InetAddress address, Instant now) {
    Digest digest = Digest.of(secret);
    FileToken fileToken = tokens.search(digest);
    IssuedTokens.Found found = issued.search(digest);
    boolean denied = tokens.denied().holds(digest);
    if (fileToken != null || found != null) {
      return login(fileToken, found, digest, address, now);
    }
    if (tenants == null || !Tenants.mayBeSecret(secret)) {
      boolean mistyped = TokenSecret.isMistyped(secret);
      return refused(mistyped ? Login.Reason.MISTYPED : Login.Reason.UNKNOWN, null);
    }
    return tenant(tenants, digest, denied);
  }

  /// What a secret that was accepted would be told now: after a change of tokens each connection
  /// goes on as what this says, or ends.
  public Login lookAgain(Login.Accepted accepted, InetAddress address, Instant now) {
    Digest digest = accepted.digest();
    if (accepted.identity().origin() == Identity.Origin.TENANT) {
      return tenants == null
          ? refused(Login.Reason.UNKNOWN, accepted.identity().name())
          : tenant(tenants, digest, tokens.denied().holds(digest));
    }
    FileToken fileToken = tokens.withDigest(digest);
    return login(fileToken, issued.withDigest(digest), digest, address, now);
  }

  private Login login(
      @Nullable FileToken fileToken,
      IssuedTokens.@Nullable Found found,
      Digest digest,
      InetAddress address,
      Instant now) {
    if (fileToken != null) {
      return login(fileToken.identity(), digest, address, now);
    }
    if (found == null) {
      return refused(Login.Reason.UNKNOWN, null);
    }
    Identity identity = identity(found);
    return identity == null
        ? refused(Login.Reason.MAKER_GONE, found.token().name())
        : login(identity, digest, address, now);
  }

  private static Login login(Identity identity, Digest digest, InetAddress address, Instant now) {
    if (identity.lifetime().isOver(now)) {
      return refused(Login.Reason.EXPIRED, identity.name());
    }
    if (identity.lifetime().isAhead(now)) {
      return refused(Login.Reason.NOT_YET_VALID, identity.name());
    }
    return identity.rights().addresses().contains(address)
        ? new Login.Accepted(identity, digest)
        : refused(Login.Reason.WRONG_ADDRESS, identity.name());
  }

  private static Login tenant(Tenants tenants, Digest digest, boolean denied) {
    Identity identity = tenants.identity(digest);
    return denied
        ? refused(Login.Reason.DENIED, identity.name())
        : new Login.Accepted(identity, digest);
  }

  private static Login refused(Login.Reason reason, @Nullable String name) {
    return new Login.Refused(reason, name);
  }

  /// What a token made at run time is worth now; null when the token of the file that it goes back
  /// to is gone. A token of the file may have been narrowed since, and its descendants with it.
  private @Nullable Identity identity(IssuedTokens.Found found) {
    IssuedToken token = found.token();
    String root = issued.root(token);
    FileToken ancestor = root == null ? null : tokens.withName(root);
    if (ancestor == null) {
      return null;
    }
    Rights rights = token.rights().intersection(ancestor.identity().rights());
    if (rights == null) {
      return null;
    }
    Lifetime lifetime = token.lifetime(found.secret()).intersection(ancestor.identity().lifetime());
    return new Identity(Identity.Origin.ISSUED, token.id(), token.name(), rights, lifetime);
  }

  /// What keeps an auth file from being used beside the tokens that were made at run time, one line
  /// each in the style of the file's other problems. Tokens that have expired, or that would be
  /// revoked because the file has no more what they go back to, are in nobody's way.
  public List<String> conflicts(Tokens file, Instant now) {
    Set<IssuedToken> ending =
        new HashSet<>(
            issued.withDescendants(token -> token.isExpired(now) || isOrphan(token, file)));
    List<String> conflicts = new ArrayList<>();
    for (FileToken token : file.all()) {
      IssuedToken same = issued.withName(token.identity().name());
      if (same != null && !ending.contains(same)) {
        conflicts.add(token.place() + ": a token of this name was made at run time, " + same.id());
      }
      for (Digest digest : token.digests()) {
        IssuedTokens.Found found = issued.withDigest(digest);
        if (found != null && !ending.contains(found.token())) {
          conflicts.add(
              token.place()
                  + ": secret is also that of "
                  + found.token().id()
                  + ", made at run time");
        }
      }
    }
    if (tenants != null) {
      for (IssuedToken token : issued.all()) {
        Namespace namespace = token.rights().namespace();
        if (Tenants.overlap(namespace) && !ending.contains(token)) {
          conflicts.add(
              "controller.tenants: the token "
                  + token.id()
                  + ", made at run time, has the namespace "
                  + namespace.prefix()
                  + ", which overlaps with t.");
        }
      }
    }
    return conflicts;
  }

  /// From now on another auth file counts, one without {@link #conflicts}. Tokens that go back to
  /// one that it has no more are revoked.
  ///
  /// @return those
  public List<IssuedToken> use(Tokens file) {
    tokens = file;
    return remove(issued.withDescendants(token -> isOrphan(token, file)));
  }

  private boolean isOrphan(IssuedToken token, Tokens file) {
    return IssuedToken.isId(token.maker())
        ? issued.withId(token.maker()) == null
        : file.withName(token.maker()) == null;
  }

  /// Forgets tokens that have expired.
  ///
  /// @return those
  public List<IssuedToken> removeExpired(Instant now) {
    return remove(issued.expired(now));
  }

  private List<IssuedToken> remove(List<IssuedToken> some) {
    some.forEach(token -> commit(new TokenChange.Removed(token.id())));
    return some;
  }

  /// Makes a token.
  ///
  /// @param maker who wants it; has the right to `TOKEN`
  /// @param nanoTime of the monotonic clock
  public TokenAnswer create(Identity maker, TokenRequest request, Instant now, long nanoTime) {
    TokenAnswer.Refused malformed = malformed(request);
    if (malformed != null) {
      return malformed;
    }
    Rights rights = request.rights(maker.rights());
    TokenAnswer.Refused refused = refusal(maker, request.name(), rights, now, nanoTime);
    if (refused != null) {
      return refused;
    }
    creations.count(maker.id(), nanoTime);
    TokenSecret secret = TokenSecret.random(random);
    Instant wanted = now.plus(request.ttl());
    Instant limit = maker.lifetime().until();
    Instant expires = wanted.isBefore(limit) ? wanted : limit;
    IssuedToken token =
        new IssuedToken(
            newId(),
            request.name(),
            maker.id(),
            rights,
            request.note(),
            now,
            expires,
            List.of(new IssuedToken.Secret(secret.digest(), expires)));
    commit(new TokenChange.Stored(token));
    return new TokenAnswer.NewSecret(token, secret);
  }

  private TokenAnswer.@Nullable Refused malformed(TokenRequest request) {
    String fault = fault(request);
    return fault == null ? null : new TokenAnswer.Refused(TokenAnswer.Kind.MALFORMED, fault);
  }

  /// What is wrong with a wish whoever has it; null when nothing is.
  public @Nullable String fault(TokenRequest request) {
    return request.fault(vocabulary);
  }

  private TokenAnswer.@Nullable Refused refusal(
      Identity maker, String name, Rights rights, Instant now, long nanoTime) {
    String missing = maker.rights().missingForHandingOut(rights);
    if (missing != null) {
      return new TokenAnswer.Refused(TokenAnswer.Kind.DENIED, missing);
    }
    if (tenants != null && Tenants.overlap(rights.namespace())) {
      return new TokenAnswer.Refused(
          TokenAnswer.Kind.DENIED, "the namespace overlaps with t., which is for tenants");
    }
    if (maker.lifetime().isOver(now) || !isMaker(maker)) {
      return new TokenAnswer.Refused(TokenAnswer.Kind.DENIED, "the token is no longer valid");
    }
    if (tokens.withName(name) != null || issued.withName(name) != null) {
      return new TokenAnswer.Refused(
          TokenAnswer.Kind.MALFORMED, "there is a token of this name already");
    }
    if (issued.count() >= maxTokens) {
      return new TokenAnswer.Refused(TokenAnswer.Kind.TOO_MANY, "max_tokens is " + maxTokens);
    }
    IssuedToken own = issued.withId(maker.id());
    if (own != null && issued.generation(own) == MAX_GENERATIONS - 1) {
      return new TokenAnswer.Refused(
          TokenAnswer.Kind.DENIED,
          "tokens make tokens at most " + MAX_GENERATIONS + " times in a row");
    }
    return creations.admits(maker.id(), nanoTime)
        ? null
        : new TokenAnswer.Refused(
            TokenAnswer.Kind.RATE_LIMITED,
            "a token makes at most " + CREATIONS_PER_MINUTE + " tokens a minute");
  }

  /// Whether a token made by this one would have a maker.
  private boolean isMaker(Identity maker) {
    return tokens.withName(maker.id()) != null || issued.withId(maker.id()) != null;
  }

  private String newId() {
    byte[] bytes = new byte[ID_BYTES];
    String id;
    do {
      random.nextBytes(bytes);
      id = IssuedToken.ID_PREFIX + HexFormat.of().formatHex(bytes);
    } while (issued.withId(id) != null);
    return id;
  }

  /// The tokens made at run time that a client may see: those that have no right which the client
  /// has not. In the order in which they were made.
  public List<IssuedToken> list(Identity who, Instant now) {
    return issued.all().stream().filter(token -> isVisible(token, who, now)).toList();
  }

  private static boolean isVisible(IssuedToken token, Identity who, Instant now) {
    return !token.isExpired(now) && who.rights().contains(token.rights());
  }

  /// Revokes a token, and all that it made.
  public TokenAnswer revoke(Identity who, String idOrName, Instant now) {
    IssuedToken token = find(who, idOrName, now);
    return token == null
        ? notFound(who, idOrName)
        : new TokenAnswer.Revoked(
            remove(issued.withDescendants(each -> each.id().equals(token.id()))));
  }

  /// Gives a token another secret. The one it has stays good for the overlap; one from before that
  /// ends at once, so a token has at most two.
  ///
  /// @param overlap 0 to 7 days; another is refused
  public TokenAnswer rotate(Identity who, String idOrName, Duration overlap, Instant now) {
    if (overlap.isNegative() || overlap.compareTo(MAX_OVERLAP) > 0) {
      return new TokenAnswer.Refused(
          TokenAnswer.Kind.MALFORMED, "overlap is 0s to " + MAX_OVERLAP.toDays() + "d");
    }
    IssuedToken token = find(who, idOrName, now);
    if (token == null) {
      return notFound(who, idOrName);
    }
    // Else who has an hour left would have the secret of a token that lasts a year.
    if (token.expires().isAfter(who.lifetime().until())) {
      return new TokenAnswer.Refused(
          TokenAnswer.Kind.DENIED, "the token to rotate lasts longer than yours");
    }
    TokenSecret secret = TokenSecret.random(random);
    IssuedToken rotated = token.rotated(secret.digest(), now.plus(overlap));
    commit(new TokenChange.Stored(rotated));
    return new TokenAnswer.NewSecret(rotated, secret);
  }

  private @Nullable IssuedToken find(Identity who, String idOrName, Instant now) {
    IssuedToken token =
        IssuedToken.isId(idOrName) ? issued.withId(idOrName) : issued.withName(idOrName);
    return token != null && isVisible(token, who, now) ? token : null;
  }

  private TokenAnswer.Refused notFound(Identity who, String name) {
    FileToken fileToken = tokens.withName(name);
    return fileToken != null && who.rights().contains(fileToken.identity().rights())
        ? new TokenAnswer.Refused(
            TokenAnswer.Kind.DENIED, "the token stands in the auth file and is changed there")
        : new TokenAnswer.Refused(TokenAnswer.Kind.NOT_FOUND, "no such token");
  }
}
