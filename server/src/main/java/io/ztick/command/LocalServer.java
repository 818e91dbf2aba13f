package io.ztick.command;

import io.ztick.client.Endpoint;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// The server of this machine, known by its configuration file.
public interface LocalServer {

  /// Whether the command line names the file.
  boolean isNamed();

  /// Reads the file.
  ///
  /// @throws Exception when it cannot be used; whoever made this knows how to tell it
  Access access() throws Exception;

  /// How to reach it.
  ///
  /// @param authentication whether it wants a token
  /// @param trust what knows its certificate; empty when it speaks no TLS
  record Access(Endpoint endpoint, boolean authentication, Optional<SSLContext> trust) {}
}
