package io.ztick.server;

import static io.ztick.server.Pems.NOW;
import static io.ztick.server.Pems.PASSWORD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.security.spec.NamedParameterSpec;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsTest {
  private static final KeyPair RSA = Pems.rsa();
  private static final KeyPair EC = Pems.ec();
  private static final KeyPair ED25519 = Pems.ed25519();
  private static final String EC_PARAMETERS =
      "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";

  @TempDir private Path directory;

  static Stream<Arguments> keysInEveryForm() {
    return Stream.of(
        argumentSet("PKCS#1", RSA, Pems.traditional(RSA.getPrivate())),
        argumentSet("PKCS#8 RSA", RSA, Pems.pkcs8(RSA.getPrivate())),
        argumentSet("SEC1", EC, Pems.traditional(EC.getPrivate())),
        argumentSet("SEC1 with parameters", EC, EC_PARAMETERS + Pems.traditional(EC.getPrivate())),
        argumentSet("PKCS#8 EC", EC, Pems.pkcs8(EC.getPrivate())),
        argumentSet("PKCS#8 Ed25519", ED25519, Pems.pkcs8(ED25519.getPrivate())));
  }

  static Stream<Arguments> encryptedKeysInEveryForm() {
    return Stream.of(
        argumentSet("PKCS#1", RSA, Pems.encryptedTraditional(RSA.getPrivate())),
        argumentSet("SEC1", EC, Pems.encryptedTraditional(EC.getPrivate())),
        argumentSet("PKCS#8", EC, Pems.encryptedPkcs8(EC.getPrivate())));
  }

  @ParameterizedTest
  @MethodSource("keysInEveryForm")
  void a_key_in_any_form_shakes_hands(KeyPair keys, String pem) throws Exception {
    var certificate = Pems.certificate(keys);

    Tls tls = load(Pems.traditional(certificate), pem);

    assertThat(tls.warnings()).isEmpty();
    assertThat(protocol(tls.context(), certificate)).isEqualTo("TLSv1.3");
  }

  @ParameterizedTest
  @MethodSource("encryptedKeysInEveryForm")
  void an_encrypted_key_is_opened_by_the_first_line_of_the_password_file(KeyPair keys, String pem)
      throws Exception {
    var certificate = Pems.certificate(keys);

    Tls tls =
        Tls.load(
            file("cert.pem", Pems.traditional(certificate)),
            file("key.pem", pem),
            file("password", PASSWORD + "\nsecond line\n"),
            NOW);

    assertThat(protocol(tls.context(), certificate)).isEqualTo("TLSv1.3");
  }

  @ParameterizedTest
  @MethodSource("encryptedKeysInEveryForm")
  void a_wrong_password_is_refused(KeyPair keys, String pem) {
    List<String> problems =
        problems(
            file("cert.pem", Pems.traditional(Pems.certificate(keys))),
            file("key.pem", pem),
            file("password", "wrong"));

    assertThat(problems)
        .containsExactly("controller.tls_key: key.pem: not decrypted by the password in password");
  }

  @Test
  void an_encrypted_key_needs_a_password_file() {
    List<String> problems =
        problems(
            file("cert.pem", Pems.traditional(Pems.certificate(RSA))),
            file("key.pem", Pems.encryptedPkcs8(RSA.getPrivate())),
            null);

    assertThat(problems)
        .containsExactly(
            "controller.tls_key: key.pem: encrypted, and controller.tls_key_password_file is not"
                + " set");
  }

  @Test
  void the_chain_behind_the_certificate_is_sent() throws Exception {
    var root = Pems.certificate("CN=root", RSA, "CN=root", RSA.getPrivate());
    KeyPair middleKeys = Pems.ec();
    var middle = Pems.certificate("CN=middle", middleKeys, "CN=root", RSA.getPrivate());
    var leaf = Pems.certificate("CN=localhost", EC, "CN=middle", middleKeys.getPrivate());

    Tls tls =
        load(Pems.traditional(leaf) + Pems.traditional(middle), Pems.traditional(EC.getPrivate()));

    assertThat(protocol(tls.context(), root)).isEqualTo("TLSv1.3");
  }

  @Test
  void tls_1_2_is_spoken() throws Exception {
    var certificate = Pems.certificate(RSA);
    Tls tls = load(Pems.traditional(certificate), Pems.pkcs8(RSA.getPrivate()));

    assertThat(protocol(tls.context(), certificate, "TLSv1.2")).isEqualTo("TLSv1.2");
  }

  @Test
  void nothing_older_than_tls_1_2_is_offered() throws Exception {
    Tls tls = load(Pems.traditional(Pems.certificate(RSA)), Pems.pkcs8(RSA.getPrivate()));
    var engine = tls.context().newEngine(UnpooledByteBufAllocator.DEFAULT);

    assertThat(engine.getEnabledProtocols()).containsExactlyInAnyOrder("TLSv1.3", "TLSv1.2");
  }

  static Stream<Arguments> mismatches() {
    return Stream.of(
        argumentSet("RSA and EC", RSA, EC),
        argumentSet("EC and RSA", EC, RSA),
        argumentSet("two RSA keys", RSA, Pems.rsa()),
        argumentSet("two EC keys", EC, Pems.ec()),
        argumentSet("EC and Ed25519", EC, ED25519));
  }

  @ParameterizedTest
  @MethodSource("mismatches")
  void a_key_that_is_not_the_certificates_is_refused(KeyPair certified, KeyPair other) {
    List<String> problems =
        problems(
            file("cert.pem", Pems.traditional(Pems.certificate(certified))),
            file("key.pem", Pems.pkcs8(other.getPrivate())),
            null);

    assertThat(problems)
        .containsExactly(
            "controller.tls_key: key.pem: not the key of the first certificate in cert.pem");
  }

  @Test
  void a_kind_of_key_that_cannot_sign_is_refused() {
    KeyPair keys = Pems.keys("X25519", NamedParameterSpec.X25519);

    List<String> problems =
        problems(
            file("cert.pem", Pems.traditional(Pems.certificate(EC))),
            file("key.pem", Pems.pkcs8(keys.getPrivate())),
            null);

    assertThat(problems)
        .containsExactly("controller.tls_key: key.pem: a kind of key that is not supported (XDH)");
  }

  @Test
  void missing_files_are_both_told() {
    List<String> problems =
        problems(directory.resolve("cert.pem"), directory.resolve("key.pem"), null);

    assertThat(problems)
        .containsExactly(
            "controller.tls_cert: cert.pem: no such file",
            "controller.tls_key: key.pem: no such file");
  }

  @Test
  void a_missing_password_file_is_told_by_its_name() {
    List<String> problems =
        problems(
            file("cert.pem", Pems.traditional(Pems.certificate(RSA))),
            file("key.pem", Pems.encryptedPkcs8(RSA.getPrivate())),
            directory.resolve("password"));

    assertThat(problems)
        .containsExactly("controller.tls_key: key.pem: its password file password: no such file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "garbage", "-----BEGIN CERTIFICATE-----\nAAAA\n"})
  void a_file_without_a_certificate_is_refused(String garbage) {
    List<String> problems =
        problems(file("cert.pem", garbage), file("key.pem", Pems.pkcs8(EC.getPrivate())), null);

    assertThat(problems)
        .singleElement()
        .asString()
        .matches("controller\\.tls_cert: cert\\.pem: (holds no|not a) PEM certificate");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "garbage",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "-----BEGIN RSA PRIVATE KEY-----\n####\n-----END RSA PRIVATE KEY-----\n",
        "-----BEGIN EC PRIVATE KEY-----\nAAAA\n"
      })
  void a_file_without_a_key_is_refused(String garbage) {
    List<String> problems =
        problems(
            file("cert.pem", Pems.traditional(Pems.certificate(EC))),
            file("key.pem", garbage),
            null);

    assertThat(problems)
        .singleElement()
        .asString()
        .matches("controller\\.tls_key: key\\.pem: (holds no PEM private key|a damaged PEM file)");
  }

  @Test
  void an_expired_certificate_is_only_a_warning() throws Exception {
    Path certificate = file("cert.pem", Pems.traditional(Pems.certificate(EC)));
    Path key = file("key.pem", Pems.pkcs8(EC.getPrivate()));

    Tls last = Tls.load(certificate, key, null, Pems.END);
    Tls late = Tls.load(certificate, key, null, Pems.END.plusMillis(1));
    Tls early = Tls.load(certificate, key, null, Pems.BEGIN.minusMillis(1));

    assertThat(last.warnings()).isEmpty();
    assertThat(late.warnings())
        .containsExactly(
            "controller.tls_cert: %s: CN=localhost expired at 2199-01-01T00:00:00Z"
                .formatted(certificate));
    assertThat(early.warnings())
        .containsExactly(
            "controller.tls_cert: %s: CN=localhost is not valid before 2000-01-01T00:00:00Z"
                .formatted(certificate));
  }

  private Tls load(String certificatePem, String keyPem) throws Exception {
    return Tls.load(file("cert.pem", certificatePem), file("key.pem", keyPem), null, NOW);
  }

  /// Without the directory of the test.
  private List<String> problems(Path certificate, Path key, @Nullable Path password) {
    var refused =
        catchThrowableOfType(
            InvalidConfigurationException.class, () -> Tls.load(certificate, key, password, NOW));
    return refused.problems().stream()
        .map(problem -> problem.replace(directory + "/", ""))
        .toList();
  }

  private Path file(String name, String text) {
    return Pems.file(directory, name, text);
  }

  /// What a client and the server agree on, without a network between them.
  private static String protocol(
      SslContext context, X509Certificate trusted, String... clientProtocols) throws Exception {
    var clientContext =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.JDK)
            .trustManager(trusted)
            .endpointIdentificationAlgorithm(null);
    if (clientProtocols.length > 0) {
      clientContext.protocols(clientProtocols);
    }
    var server = new EmbeddedChannel();
    SslHandler serverSide = context.newHandler(server.alloc());
    server.pipeline().addLast(serverSide);
    var client = new EmbeddedChannel();
    SslHandler clientSide = clientContext.build().newHandler(client.alloc());
    client.pipeline().addLast(clientSide);
    while (!clientSide.handshakeFuture().isDone() || !serverSide.handshakeFuture().isDone()) {
      if (!moved(client, server) && !moved(server, client)) {
        break;
      }
    }
    assertThat(clientSide.handshakeFuture().cause()).isNull();
    assertThat(serverSide.handshakeFuture().isSuccess()).isTrue();
    return clientSide.engine().getSession().getProtocol();
  }

  private static boolean moved(EmbeddedChannel from, EmbeddedChannel to) {
    Object bytes = from.readOutbound();
    if (bytes == null) {
      return false;
    }
    to.writeInbound(bytes);
    return true;
  }
}
