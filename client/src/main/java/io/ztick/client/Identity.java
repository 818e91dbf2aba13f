package io.ztick.client;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Who the client is to the server, and what it may do: the answer to `WHOAMI`. Immutable.
public final class Identity {
  private final Map<String, String> values;

  Identity(Map<String, String> values) {
    this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /// The name of the token; `anyone` when authentication is off.
  public String name() {
    return text("name");
  }

  /// `tok_…` of a token that was made at run time, the name of any other.
  public String id() {
    return text("id");
  }

  /// `file` when the token stands in the server's auth file, `issued` when it was made at run time,
  /// `tenant` when its secret is all there is of it, `none` when authentication is off.
  public String origin() {
    return text("origin");
  }

  /// The beginning of the jobs and rules that it reaches; `*` for all.
  public String namespace() {
    return text("namespace");
  }

  /// The commands that it may use; `*` alone for all, empty for none.
  public List<String> commands() {
    return Rows.names(text("commands"));
  }

  /// The runners that it may set rules for; `*` alone for all, empty for none.
  public List<String> runners() {
    return Rows.names(text("runners"));
  }

  /// The addresses that it may be used from; `*` alone for all.
  public List<String> from() {
    return Rows.names(text("from"));
  }

  /// When it is good no longer; empty when it never expires.
  public Optional<Instant> expires() {
    String value = text("expires_ns");
    return value.equals("never")
        ? Optional.empty()
        : Optional.of(Times.instant(Numbers.parse(value)));
  }

  /// All keys of the answer with their values, in its order; those that this class has no method
  /// for among them.
  public Map<String, String> values() {
    return values;
  }

  @Override
  public String toString() {
    return values.toString();
  }

  private String text(String key) {
    return Rows.text(values, key);
  }
}
