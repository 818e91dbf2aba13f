package io.ztick.server;

import io.ztick.auth.SecretSources;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The secrets that this process has been given beside its files: by its environment, and by the
/// service manager.
record MachineSecrets(Map<String, String> environment, Credentials credentials)
    implements SecretSources {

  @Override
  public @Nullable String variable(String name) {
    return environment.get(name);
  }

  @Override
  public boolean isCredentialName(String text) {
    return Credentials.isNamedBy(text);
  }

  @Override
  public Path credential(String text) throws IOException {
    try {
      return credentials.file(text);
    } catch (ConfigurationSection.Refused e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public boolean isCredential(Path file) {
    return credentials.hold(file);
  }
}
