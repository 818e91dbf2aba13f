package io.ztick.server;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PrivateKey;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.jspecify.annotations.Nullable;

/// A private key in any of the PEM forms that tools write: PKCS#1, PKCS#8, SEC1, plain or
/// encrypted. No message holds anything of a key file's content.
final class PemKey {
  private PemKey() {}

  /// The first private key in the file. The message of an exception says what is wrong with the
  /// file, or names the password file.
  static PrivateKey read(Path file, @Nullable Path passwordFile) throws IOException {
    String pem = TextFile.read(file, StandardCharsets.ISO_8859_1);
    Object found = firstKey(pem);
    PrivateKeyInfo key =
        switch (found) {
          case PEMKeyPair pair -> pair.getPrivateKeyInfo();
          case PrivateKeyInfo plain -> plain;
          default -> decrypted(found, passwordFile);
        };
    try {
      return new JcaPEMKeyConverter().getPrivateKey(key);
    } catch (PEMException e) {
      throw new IOException("a kind of key that is not supported", e);
    }
  }

  private static Object firstKey(String pem) throws IOException {
    try (var parser = new PEMParser(new StringReader(pem))) {
      for (Object next = parser.readObject(); next != null; next = parser.readObject()) {
        switch (next) {
          case PEMKeyPair _,
              PrivateKeyInfo _,
              PEMEncryptedKeyPair _,
              PKCS8EncryptedPrivateKeyInfo _ -> {
            return next;
          }
          // Parameters of a curve, or a certificate in the same file.
          default -> {}
        }
      }
    } catch (IOException | RuntimeException e) {
      throw new IOException("a damaged PEM file", e);
    }
    throw new IOException("holds no PEM private key");
  }

  private static PrivateKeyInfo decrypted(Object encrypted, @Nullable Path passwordFile)
      throws IOException {
    if (passwordFile == null) {
      throw new IOException("encrypted, and controller.tls_key_password_file is not set");
    }
    char[] password = password(passwordFile);
    // Not registered for the whole process: only the old ciphers of key files need it.
    var provider = new BouncyCastleProvider();
    try {
      if (encrypted instanceof PEMEncryptedKeyPair pair) {
        var decryptor = new JcePEMDecryptorProviderBuilder().setProvider(provider).build(password);
        return pair.decryptKeyPair(decryptor).getPrivateKeyInfo();
      }
      var decryptor =
          new JceOpenSSLPKCS8DecryptorProviderBuilder().setProvider(provider).build(password);
      return ((PKCS8EncryptedPrivateKeyInfo) encrypted).decryptPrivateKeyInfo(decryptor);
    } catch (IOException | OperatorCreationException | PKCSException | RuntimeException e) {
      throw new IOException("not decrypted by the password in " + passwordFile, e);
    }
  }

  private static char[] password(Path file) throws IOException {
    try {
      String text = TextFile.read(file, StandardCharsets.UTF_8);
      return text.lines().findFirst().orElse("").toCharArray();
    } catch (IOException e) {
      throw new IOException("its password file " + file + ": " + e.getMessage(), e);
    }
  }
}
