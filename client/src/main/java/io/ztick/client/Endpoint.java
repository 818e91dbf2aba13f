package io.ztick.client;

/// Where a server listens, and whether it speaks TLS there: `ztick://host:port` or
/// `ztick+tls://host:port`.
///
/// @param host a name or an address; an IPv6 address stands without brackets
/// @param port 1 to 65535
/// @param tls whether the connection is encrypted and the server proves who it is
public record Endpoint(String host, int port, boolean tls) {

  /// The port of a server that was configured with none.
  public static final int DEFAULT_PORT = 5678;

  private static final String PLAIN = "ztick://";
  private static final String TLS = "ztick+tls://";
  private static final int MAX_PORT = 65_535;

  /// @throws IllegalArgumentException when the host is empty or the port out of its bounds
  public Endpoint {
    if (host.isBlank()) {
      throw new IllegalArgumentException("the host is empty");
    }
    if (port < 1 || port > MAX_PORT) {
      throw new IllegalArgumentException("a port is 1 to 65535, not " + port);
    }
  }

  /// Reads `ztick://host[:port]` or `ztick+tls://host[:port]`. An IPv6 address stands in brackets;
  /// without a port it is {@value #DEFAULT_PORT}.
  ///
  /// @throws IllegalArgumentException when the text is anything else
  public static Endpoint parse(String text) {
    boolean tls = text.startsWith(TLS);
    if (!tls && !text.startsWith(PLAIN)) {
      throw malformed();
    }
    String rest = text.substring(tls ? TLS.length() : PLAIN.length());
    int bracket = rest.startsWith("[") ? rest.indexOf(']') : 0;
    int colon = bracket < 0 ? -1 : rest.indexOf(':', bracket);
    String host = colon < 0 ? rest : rest.substring(0, colon);
    if (bracket > 0 && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    if (host.isBlank() || host.chars().anyMatch(c -> "/@[]?# ".indexOf(c) >= 0)) {
      throw malformed();
    }
    return new Endpoint(host, colon < 0 ? DEFAULT_PORT : port(rest.substring(colon + 1)), tls);
  }

  private static int port(String digits) {
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      throw malformed();
    }
  }

  /// Without the text, which may hold a secret in a place where none belongs.
  private static IllegalArgumentException malformed() {
    return new IllegalArgumentException(
        "an endpoint is ztick://host:port or ztick+tls://host:port, an IPv6 address in brackets");
  }

  /// As {@link #parse} reads it.
  @Override
  public String toString() {
    String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return (tls ? TLS : PLAIN) + name + ":" + port;
  }
}
