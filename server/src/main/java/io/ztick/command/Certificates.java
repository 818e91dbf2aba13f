package io.ztick.command;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import org.jspecify.annotations.Nullable;

/// Files of certificates to trust.
final class Certificates {
  private Certificates() {}

  /// Says why a file cannot be trusted, if it cannot.
  static @Nullable String problem(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in).isEmpty()
          ? file + " holds no PEM certificate"
          : null;
    } catch (CertificateException e) {
      return file + " holds no PEM certificate";
    } catch (IOException e) {
      return file + " cannot be read";
    }
  }
}
