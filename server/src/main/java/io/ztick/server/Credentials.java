package io.ztick.server;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The files that the service manager has laid ready for this process alone: systemd's
/// `LoadCredential=`. A configuration names them as `credential:NAME`.
///
/// @param directory where they are; null when no service manager gave any
record Credentials(@Nullable Path directory) {
  private static final String VARIABLE = "CREDENTIALS_DIRECTORY";
  private static final String PREFIX = "credential:";

  static Credentials of(Map<String, String> environment) {
    String directory = environment.get(VARIABLE);
    return new Credentials(
        directory != null && directory.startsWith("/") ? Path.of(directory) : null);
  }

  /// The same for who reads what a service is configured with, and is not that service: without a
  /// directory a credential has a name, and no file.
  Credentials orNames() {
    return directory == null ? new Credentials(Path.of(PREFIX)) : this;
  }

  static boolean isNamedBy(String text) {
    return text.startsWith(PREFIX);
  }

  /// The file of what {@link #isNamedBy} is true of.
  Path file(String text) throws ConfigurationSection.Refused {
    String name = text.substring(PREFIX.length());
    if (name.isEmpty() || name.contains("/") || name.equals(".") || name.equals("..")) {
      throw new ConfigurationSection.Refused(
          text, "is not a credential such as \"" + PREFIX + "auth.toml\": its name holds no \"/\"");
    }
    if (directory == null) {
      throw new ConfigurationSection.Refused(
          text,
          "is a credential, and "
              + VARIABLE
              + " is not set: a systemd unit with LoadCredential= sets it");
    }
    return directory.resolve(name);
  }

  /// Whether a file is one of them.
  boolean hold(Path file) {
    return directory != null && directory.equals(file.getParent());
  }
}
