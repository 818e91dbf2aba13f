package io.ztick.client;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a token that is to be made at run time may do, and for how long. What is left unsaid is as
/// its maker has it, but for the command `TOKEN`, which is only given when {@link #commands} names
/// it. Nobody can hand out more than they have. Immutable.
///
/// ```java
/// TokenRequest.of("ci", "deploy.ci.").ttl(Duration.ofHours(8)).commands("SET", "GET")
/// ```
public final class TokenRequest {
  private final String name;
  private final String namespace;

  /// By the key of the wire.
  private final Map<String, String> options;

  private TokenRequest(String name, String namespace, Map<String, String> options) {
    this.name = name;
    this.namespace = namespace;
    this.options = options;
  }

  /// A token that lasts for a day.
  ///
  /// @param name 1 to 64 of `A-Z a-z 0-9 . _ -`, a letter or digit first, which no other token has
  /// @param namespace the beginning of the jobs and rules that it reaches; `*` for all
  public static TokenRequest of(String name, String namespace) {
    return new TokenRequest(name, namespace, Map.of());
  }

  /// How long it lasts, but no longer than its maker; the server takes 1 second to 366 days.
  ///
  /// @throws IllegalArgumentException when it is negative or longer than 292 years
  public TokenRequest ttl(Duration ttl) {
    return with("ttl", Times.nanos(ttl) + "ns");
  }

  /// The commands that it may use, such as `SET`; `*` for all, nothing for none. `RULE` is the
  /// right to set rules, `TOKEN` the one to make and revoke tokens.
  public TokenRequest commands(String... commands) {
    return with("commands", String.join(",", commands));
  }

  /// The runners that it may set rules for, such as `http`; `*` for all, nothing for none.
  public TokenRequest runners(String... runners) {
    return with("runners", String.join(",", runners));
  }

  /// Where its clients may connect from, such as `10.0.0.0/8` or `::1`; `*` for anywhere.
  public TokenRequest from(String... addresses) {
    return with("from", String.join(",", addresses));
  }

  /// What the list of tokens shows about it.
  public TokenRequest note(String note) {
    return with("note", note);
  }

  public String name() {
    return name;
  }

  public String namespace() {
    return namespace;
  }

  /// What was said, by the keys of the protocol, in the order in which it was said.
  Map<String, String> options() {
    return options;
  }

  private TokenRequest with(String key, String value) {
    Map<String, String> more = new LinkedHashMap<>(options);
    more.put(key, value);
    return new TokenRequest(name, namespace, more);
  }

  @Override
  public String toString() {
    return name + " " + namespace + " " + options;
  }
}
