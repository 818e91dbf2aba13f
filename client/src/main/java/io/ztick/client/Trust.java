package io.ztick.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Whom a client trusts.
final class Trust {
  private Trust() {}

  /// @throws ConnectionException when the file with certificates cannot be used
  static SSLContext context(ClientOptions options) {
    if (options.sslContext().isPresent()) {
      return options.sslContext().get();
    }
    try {
      return options.caFile().isPresent()
          ? trusting(options.caFile().get())
          : SSLContext.getDefault();
    } catch (GeneralSecurityException e) {
      throw new ConnectionException("TLS cannot be used: " + e.getMessage(), e);
    }
  }

  private static SSLContext trusting(Path file) throws GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    try (InputStream pem = Files.newInputStream(file)) {
      trusted.load(null, null);
      int count = 0;
      for (Certificate anchor : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        trusted.setCertificateEntry("ca" + count++, anchor);
      }
      if (count == 0) {
        throw new ConnectionException("caFile " + file + " holds no PEM certificate", null);
      }
    } catch (IOException e) {
      throw new ConnectionException("caFile " + file + " cannot be read", e);
    } catch (GeneralSecurityException e) {
      throw new ConnectionException("caFile " + file + " holds no PEM certificate", e);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }
}
