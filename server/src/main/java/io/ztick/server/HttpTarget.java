package io.ztick.server;

import java.net.URI;
import java.util.Locale;

/// Where calls can share a connection.
///
/// @param secure whether it speaks TLS
/// @param host a name or an address, without brackets
/// @param guarded whether it must be at a public address; then its connections are shared with none
///   that need not
record HttpTarget(boolean secure, String host, int port, boolean guarded) {
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  /// The target of a URL that has a host.
  static HttpTarget of(URI url) {
    boolean secure = url.getScheme().toLowerCase(Locale.ROOT).equals("https");
    int ownPort = secure ? HTTPS_PORT : HTTP_PORT;
    String host = url.getHost();
    boolean bracketed = host.startsWith("[");
    return new HttpTarget(
        secure,
        bracketed ? host.substring(1, host.length() - 1) : host,
        url.getPort() == -1 ? ownPort : url.getPort(),
        false);
  }

  /// The same, at a public address.
  HttpTarget atPublicAddress() {
    return new HttpTarget(secure, host, port, true);
  }

  /// What the header `Host` says.
  String header() {
    String name = host.indexOf(':') < 0 ? host : "[" + host + "]";
    return port == (secure ? HTTPS_PORT : HTTP_PORT) ? name : name + ":" + port;
  }
}
