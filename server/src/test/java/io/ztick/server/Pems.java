package io.ztick.server;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.cert.X509Certificate;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaMiscPEMGenerator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMEncryptorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Keys and certificates for tests, and the PEM forms in which tools write them.
final class Pems {
  static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  static final Instant BEGIN = Instant.parse("2000-01-01T00:00:00Z");
  static final Instant END = Instant.parse("2199-01-01T00:00:00Z");
  static final String PASSWORD = "correct horse";

  private static final Provider PROVIDER = new BouncyCastleProvider();

  private Pems() {}

  static KeyPair rsa() {
    return keys("RSA", new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4));
  }

  static KeyPair ec() {
    return keys("EC", new ECGenParameterSpec("secp256r1"));
  }

  static KeyPair ed25519() {
    return keys("Ed25519", NamedParameterSpec.ED25519);
  }

  /// A certificate for `localhost` that its own key signed.
  static X509Certificate certificate(KeyPair keys) {
    return certificate("CN=localhost", keys, "CN=localhost", keys.getPrivate());
  }

  static X509Certificate certificate(
      String subject, KeyPair keys, String issuer, PrivateKey issuerKey) {
    try {
      String algorithm =
          switch (issuerKey.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "Ed25519";
          };
      var builder =
          new JcaX509v3CertificateBuilder(
                  new X500Principal(issuer),
                  BigInteger.valueOf(subject.hashCode() & 0xffff),
                  Date.from(BEGIN),
                  Date.from(END),
                  new X500Principal(subject),
                  keys.getPublic())
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      var signer = new JcaContentSignerBuilder(algorithm).setProvider(PROVIDER).build(issuerKey);
      return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    } catch (OperatorCreationException | GeneralSecurityException | CertIOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// As the old tools write it: PKCS#1 for RSA, SEC1 for EC; a certificate as it is always written.
  static String traditional(Object object) {
    return written(object);
  }

  static String pkcs8(PrivateKey key) {
    return written(generator(key, false));
  }

  static String encryptedPkcs8(PrivateKey key) {
    return written(generator(key, true));
  }

  static String encryptedTraditional(PrivateKey key) {
    try {
      var encryptor =
          new JcePEMEncryptorBuilder("AES-256-CBC")
              .setProvider(PROVIDER)
              .build(PASSWORD.toCharArray());
      return written(new JcaMiscPEMGenerator(key, encryptor));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path file(Path directory, String name, String text) {
    try {
      return Files.writeString(directory.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static KeyPair keys(String algorithm, AlgorithmParameterSpec parameters) {
    try {
      var generator = KeyPairGenerator.getInstance(algorithm, PROVIDER);
      generator.initialize(parameters);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JcaPKCS8Generator generator(PrivateKey key, boolean encrypted) {
    try {
      if (!encrypted) {
        return new JcaPKCS8Generator(key, null);
      }
      return new JcaPKCS8Generator(
          key,
          new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
              .setProvider(PROVIDER)
              .setPassword(PASSWORD.toCharArray())
              .build());
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String written(Object object) {
    var text = new StringWriter();
    try (var writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
