package io.ztick.auth;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where secrets are that an auth file only names. Asked while a file is read, on the thread that
/// reads it.
public interface SecretSources {

  /// The value of an environment variable; null when it is not set.
  @Nullable String variable(String name);

  /// Whether a text names a file that the service manager has laid ready, such as
  /// `credential:deploy.secret`.
  boolean isCredentialName(String text);

  /// The file of what {@link #isCredentialName} is true of.
  ///
  /// @throws IOException when there can be none; the message goes on behind the name: `is no …`
  Path credential(String text) throws IOException;

  /// Whether a file was laid ready by a service manager, which says by an access control list who
  /// may read it. The permissions of the group are that list's mask then, and no reason for a
  /// warning.
  boolean isCredential(Path file);
}
