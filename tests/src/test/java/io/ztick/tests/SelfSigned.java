package io.ztick.tests;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/// A certificate for 127.0.0.1 and its PKCS#8 key as PEM files, and clients that trust it.
record SelfSigned(Path certificate, Path key, SSLContext trusting) {
  private static final char[] PASSWORD = "changeit".toCharArray();

  /// The algorithm is `EC` or `RSA`.
  static SelfSigned create(Path directory, String algorithm)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path file = directory.resolve(algorithm + ".p12");
    Tool.run(
        Path.of(Objects.requireNonNull(System.getProperty("java.home")), "bin/keytool").toString(),
        "-genkeypair",
        "-alias",
        "server",
        "-keyalg",
        algorithm,
        "-dname",
        "CN=localhost",
        "-ext",
        "SAN=ip:127.0.0.1,dns:localhost",
        "-validity",
        "30",
        "-storetype",
        "PKCS12",
        "-keystore",
        file.toString(),
        "-storepass",
        new String(PASSWORD));
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream input = Files.newInputStream(file)) {
      store.load(input, PASSWORD);
    }
    Certificate certificate = Objects.requireNonNull(store.getCertificate("server"));
    Key key = Objects.requireNonNull(store.getKey("server", PASSWORD));
    return new SelfSigned(
        pem(directory.resolve(algorithm + ".cert.pem"), "CERTIFICATE", certificate.getEncoded()),
        pem(directory.resolve(algorithm + ".key.pem"), "PRIVATE KEY", key.getEncoded()),
        trusting(certificate));
  }

  /// A client that has shaken hands by this version of TLS.
  Wire connect(int port, String protocol) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            trusting.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(Math.toIntExact(ZtickServer.BOUND.toMillis()));
    socket.setEnabledProtocols(new String[] {protocol});
    socket.startHandshake();
    return new Wire(socket);
  }

  private static SSLContext trusting(Certificate certificate)
      throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, PASSWORD);
    trusted.setCertificateEntry("server", certificate);
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }

  private static Path pem(Path file, String kind, byte[] der) throws IOException {
    Base64.Encoder encoder = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    return Files.writeString(
        file,
        "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
            .formatted(kind, encoder.encodeToString(der)));
  }
}
