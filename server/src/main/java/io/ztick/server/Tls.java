package io.ztick.server;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// The server's side of TLS: what [PemKey] and a certificate chain make, checked against each
/// other, for a wrong pair would show only when the first client shakes hands.
///
/// @param warnings what the operator should know
record Tls(SslContext context, List<String> warnings) {
  private static final byte[] SAMPLE = "sample".getBytes(StandardCharsets.US_ASCII);

  /// The problems of certificate and key are told at once.
  static Tls load(Path certificateFile, Path keyFile, @Nullable Path passwordFile, Instant now)
      throws InvalidConfigurationException {
    var problems = new ArrayList<String>();
    List<X509Certificate> chain = List.of();
    try {
      chain = chain(certificateFile);
    } catch (IOException e) {
      problems.add("controller.tls_cert: " + certificateFile + ": " + e.getMessage());
    }
    PrivateKey key = null;
    try {
      key = PemKey.read(keyFile, passwordFile);
    } catch (IOException e) {
      problems.add("controller.tls_key: " + keyFile + ": " + e.getMessage());
    }
    if (key == null || chain.isEmpty()) {
      throw new InvalidConfigurationException(problems);
    }
    requirePair(keyFile, key, certificateFile, chain.getFirst());
    return new Tls(context(certificateFile, chain, key), warnings(certificateFile, chain, now));
  }

  /// The certificates in a PEM file, at least one.
  static List<X509Certificate> chain(Path file) throws IOException {
    String pem = TextFile.read(file, StandardCharsets.ISO_8859_1);
    var chain = new ArrayList<X509Certificate>();
    try {
      var in = new ByteArrayInputStream(pem.getBytes(StandardCharsets.ISO_8859_1));
      for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        chain.add((X509Certificate) certificate);
      }
    } catch (CertificateException e) {
      throw new IOException("not a PEM certificate", e);
    }
    if (chain.isEmpty()) {
      throw new IOException("holds no PEM certificate");
    }
    return chain;
  }

  private static void requirePair(
      Path keyFile, PrivateKey key, Path certificateFile, X509Certificate certificate)
      throws InvalidConfigurationException {
    try {
      if (!isVerified(certificate.getPublicKey(), signature(key), key)) {
        throw refused(
            "tls_key", keyFile, "not the key of the first certificate in " + certificateFile);
      }
    } catch (GeneralSecurityException e) {
      throw refused(
          "tls_key", keyFile, "a kind of key that is not supported (" + key.getAlgorithm() + ")");
    }
  }

  private static byte[] signature(PrivateKey key) throws GeneralSecurityException {
    var signature = Signature.getInstance(signatureAlgorithm(key));
    signature.initSign(key);
    signature.update(SAMPLE);
    return signature.sign();
  }

  private static boolean isVerified(PublicKey certified, byte[] signed, PrivateKey key)
      throws GeneralSecurityException {
    var signature = Signature.getInstance(signatureAlgorithm(key));
    try {
      signature.initVerify(certified);
      signature.update(SAMPLE);
      return signature.verify(signed);
    } catch (InvalidKeyException | SignatureException e) {
      return false;
    }
  }

  private static String signatureAlgorithm(PrivateKey key) {
    return switch (key.getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> key.getAlgorithm();
    };
  }

  private static SslContext context(Path file, List<X509Certificate> chain, PrivateKey key)
      throws InvalidConfigurationException {
    try {
      return SslContextBuilder.forServer(key, chain)
          .sslProvider(SslProvider.JDK)
          .protocols("TLSv1.3", "TLSv1.2")
          .build();
    } catch (SSLException | IllegalArgumentException e) {
      throw refused("tls_cert", file, "cannot be used for TLS");
    }
  }

  private static InvalidConfigurationException refused(String key, Path file, String rule) {
    return new InvalidConfigurationException(
        List.of("controller." + key + ": " + file + ": " + rule));
  }

  private static List<String> warnings(Path file, List<X509Certificate> chain, Instant now) {
    var warnings = new ArrayList<String>();
    for (X509Certificate certificate : chain) {
      String subject = LogText.escaped(certificate.getSubjectX500Principal().getName());
      Instant begin = certificate.getNotBefore().toInstant();
      Instant end = certificate.getNotAfter().toInstant();
      if (now.isAfter(end)) {
        warnings.add("controller.tls_cert: %s: %s expired at %s".formatted(file, subject, end));
      }
      if (now.isBefore(begin)) {
        warnings.add(
            "controller.tls_cert: %s: %s is not valid before %s".formatted(file, subject, begin));
      }
    }
    return warnings;
  }
}
