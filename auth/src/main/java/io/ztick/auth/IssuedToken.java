package io.ztick.auth;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A token that was made at run time.
///
/// @param id `tok_…`, never used again
/// @param maker who made it: the id of another token made at run time, or the name of one of the
///   auth file. No name looks like an id
/// @param note what its maker wrote about it; may be empty
/// @param created when it was made; a clock that is set back afterwards makes it no less good
/// @param expires when it is good no longer
/// @param secrets the newest first: one, or while a rotation overlaps two
public record IssuedToken(
    String id,
    String name,
    String maker,
    Rights rights,
    String note,
    Instant created,
    Instant expires,
    List<Secret> secrets) {

  /// How ids begin.
  static final String ID_PREFIX = "tok_";

  /// What a text of this form begins with; another form would have another number.
  private static final String FORM = "1";

  /// What is kept of a secret.
  ///
  /// @param until when it is good no longer, whatever the token's own time
  record Secret(Digest digest, Instant until) {}

  public IssuedToken {
    secrets = List.copyOf(secrets);
  }

  /// Whether a text looks like an id, as no name does.
  public static boolean isId(String text) {
    return text.startsWith(ID_PREFIX);
  }

  boolean isExpired(Instant now) {
    return !now.isBefore(expires);
  }

  /// When one of its secrets is good.
  Lifetime lifetime(Secret secret) {
    return new Lifetime(Instant.MIN, expires.isBefore(secret.until()) ? expires : secret.until());
  }

  /// The same token with another secret; the one it has is good until an instant.
  IssuedToken rotated(Digest digest, Instant untilOfOld) {
    Secret old = secrets.getFirst();
    return new IssuedToken(
        id,
        name,
        maker,
        rights,
        note,
        created,
        expires,
        List.of(new Secret(digest, expires), new Secret(old.digest(), untilOfOld)));
  }

  /// All of it as text, for a store: a line for each field, `<key> <value>`. It holds no secret,
  /// but their digests. {@link #parse} reads it.
  public String text() {
    StringBuilder lines = new StringBuilder();
    line(lines, "form", FORM);
    line(lines, "id", id);
    line(lines, "name", name);
    line(lines, "maker", maker);
    line(lines, "namespace", rights.namespace().prefix());
    line(lines, "commands", rights.commands().text());
    line(lines, "runners", rights.runners().text());
    line(lines, "from", rights.addresses().toString());
    line(lines, "note", note);
    line(lines, "created", created.toString());
    line(lines, "expires", expires.toString());
    for (Secret secret : secrets) {
      line(lines, "secret", secret.digest().hex() + " " + secret.until());
    }
    return lines.toString();
  }

  private static void line(StringBuilder lines, String key, String value) {
    lines.append(key).append(' ').append(value).append('\n');
  }

  /// Reads what {@link #text} wrote.
  ///
  /// @throws MalformedTokenException when it is something else, for example of a later version
  public static IssuedToken parse(String text) throws MalformedTokenException {
    Map<String, String> values = new HashMap<>();
    List<Secret> secrets = new ArrayList<>();
    try {
      for (String line : text.lines().toList()) {
        int space = line.indexOf(' ');
        if (space < 0) {
          throw new MalformedTokenException("a line without a value");
        }
        String key = line.substring(0, space);
        String value = line.substring(space + 1);
        if (key.equals("secret")) {
          secrets.add(secret(value));
        } else if (values.put(key, value) != null) {
          throw new MalformedTokenException(key + " is there twice");
        }
      }
      return of(values, secrets);
    } catch (DateTimeException | IllegalArgumentException | MalformedAddressException e) {
      throw new MalformedTokenException(String.valueOf(e.getMessage()));
    }
  }

  private static Secret secret(String value) throws MalformedTokenException {
    int space = value.indexOf(' ');
    Digest digest = space < 0 ? null : Digest.ofHex(value.substring(0, space));
    if (digest == null) {
      throw new MalformedTokenException("a secret without a digest");
    }
    return new Secret(digest, Instant.parse(value.substring(space + 1)));
  }

  private static IssuedToken of(Map<String, String> values, List<Secret> secrets)
      throws MalformedTokenException, MalformedAddressException {
    String form = take(values, "form");
    if (!form.equals(FORM)) {
      throw new MalformedTokenException("form " + form + "; this version reads " + FORM);
    }
    if (secrets.isEmpty()) {
      throw new MalformedTokenException("secret is missing");
    }
    IssuedToken token =
        new IssuedToken(
            take(values, "id"),
            take(values, "name"),
            take(values, "maker"),
            new Rights(
                new Namespace(take(values, "namespace")),
                Names.parse(take(values, "commands")),
                Names.parse(take(values, "runners")),
                Addresses.parse(take(values, "from"))),
            take(values, "note"),
            Instant.parse(take(values, "created")),
            Instant.parse(take(values, "expires")),
            secrets);
    if (!values.isEmpty()) {
      throw new MalformedTokenException("unknown " + values.keySet());
    }
    return token;
  }

  private static String take(Map<String, String> values, String key)
      throws MalformedTokenException {
    String value = values.remove(key);
    if (value == null) {
      throw new MalformedTokenException(key + " is missing");
    }
    return value;
  }
}
