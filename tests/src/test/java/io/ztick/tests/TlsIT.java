package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The same bytes inside TLS.
class TlsIT {
  private static final String TOKENS =
      "[token.deploy]\nsecret = \"sk_deploy_a1b2c3d4e5f6\"\nnamespace = \"deploy.\"\n";

  @TempDir static Path directory;
  @TempDir Path own;
  private static SelfSigned ec;
  private static SelfSigned rsa;
  private static ZtickServer server;

  @BeforeAll
  static void start() throws Exception {
    ec = SelfSigned.create(directory, "EC");
    rsa = SelfSigned.create(directory, "RSA");
    server = tls(directory, ec.certificate(), ec.key()).auth(TOKENS).start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void the_same_bytes_inside_tls(String protocol) throws Exception {
    try (Wire wire = ec.connect(server.port(), protocol)) {
      wire.session(
          """
          > AUTH sk_deploy_a1b2c3d4e5f6
          < OK
          > r1 SET deploy.tls 2099-04-01
          < r1 OK
          > r2 GET deploy.tls
          < r2 OK planned 4078684800000000000
          > r3 SET backup.tls 2099-04-01
          < r3 ERROR auth_denied insufficient namespace scope
          """);
      assertThat(wire.table("STAT"))
          .containsEntry("tls_enabled", "1")
          .containsEntry("auth_enabled", "1");
      wire.send("r4 QUIT").expect("r4 OK").expectClosed();
    }
  }

  @Test
  void the_start_is_logged_with_tls_on() throws Exception {
    assertThat(server.awaitLog("listening on")).contains("TLS on", "authentication on (1 token");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void thousands_of_lines_come_back_in_order(String protocol) throws Exception {
    try (Wire wire = ec.connect(server.port(), protocol)) {
      wire.write(
          "AUTH sk_deploy_a1b2c3d4e5f6\n"
              + IntStream.range(0, 3000)
                  .mapToObj(n -> "r" + n + " PING\n")
                  .collect(Collectors.joining())
              + "QUIT\n");
      assertThat(wire.remaining())
          .isEqualTo(
              "OK\n"
                  + IntStream.range(0, 3000)
                      .mapToObj(n -> "r" + n + " OK\n")
                      .collect(Collectors.joining())
                  + "OK\n");
    }
  }

  @Test
  void half_closed_clients_get_every_answer_in_tls_1_3() throws Exception {
    try (Wire wire = ec.connect(server.port(), "TLSv1.3")) {
      wire.write("AUTH sk_deploy_a1b2c3d4e5f6\nr1 PING\nr2 GET deploy.none\nr3 PING\n").halfClose();
      Wire.assertLines(wire.remaining(), "OK", "r1 OK", "r2 ERROR not_found…", "r3 OK");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PING", "AUTH wrong"})
  void an_answer_before_the_close_is_not_lost(String line) throws Exception {
    try (Wire wire = ec.connect(server.port(), "TLSv1.3")) {
      wire.send(line).expect(line.equals("PING") ? "ERROR auth_required" : "ERROR auth_failed");
      wire.expectClosed();
    }
  }

  @Test
  void a_plaintext_client_is_closed_without_any_error_response_and_others_go_on() throws Exception {
    try (Wire good = ec.connect(server.port(), "TLSv1.3")) {
      good.send("AUTH sk_deploy_a1b2c3d4e5f6").expect("OK");
      for (int client = 0; client < 20; client++) {
        try (Wire plain = server.connect()) {
          plain.write("AUTH sk_deploy_a1b2c3d4e5f6\nr1 PING\n");
          assertThat(remainingOrReset(plain)).doesNotContain("ERROR", "OK");
        }
      }
      good.send("r1 PING").expect("r1 OK");
    }
  }

  @Test
  void the_handshake_has_five_seconds_of_its_own() throws Exception {
    long before = System.nanoTime();
    try (Wire silent = server.connect()) {
      remainingOrReset(silent);
      assertThat(Duration.ofNanos(System.nanoTime() - before))
          .isGreaterThanOrEqualTo(Duration.ofSeconds(5));
    }
  }

  @Test
  void the_clock_for_auth_starts_when_the_handshake_is_done() throws Exception {
    long before = System.nanoTime();
    try (Wire late = ec.connect(server.port(), "TLSv1.3")) {
      late.expectClosed();
      assertThat(Duration.ofNanos(System.nanoTime() - before))
          .isGreaterThanOrEqualTo(Duration.ofSeconds(5));
    }
  }

  @Test
  void tls_works_without_authentication_and_with_an_rsa_key() throws Exception {
    try (ZtickServer other = tls(own, rsa.certificate(), rsa.key()).start();
        Wire wire = rsa.connect(other.port(), "TLSv1.3")) {
      wire.send("r1 PING").expect("r1 OK");
    }
  }

  @ParameterizedTest
  @CsvSource({"-tls1_2", "-tls1_3"})
  void openssl_s_client_talks_to_it(String version) throws Exception {
    Tool.assumeInstalled("openssl", "openssl");
    assertThat(
            sClient(
                server, version + " -CAfile " + ec.certificate(), "AUTH sk_deploy_a1b2c3d4e5f6\\n"))
        .isEqualTo("OK\nr1 OK\nr2 OK\n");
  }

  @ParameterizedTest
  @CsvSource({
    "RSA, openssl rsa -in KEY -traditional -out OUT",
    "RSA, openssl pkcs8 -in KEY -topk8 -nocrypt -out OUT",
    "EC,  openssl ec -in KEY -out OUT",
    "EC,  (openssl ecparam -name secp384r1; openssl ec -in KEY) > OUT",
    "EC,  openssl pkcs8 -in KEY -topk8 -nocrypt -out OUT"
  })
  void pkcs1_pkcs8_and_sec1_keys_are_read(String algorithm, String command) throws Exception {
    Tool.assumeInstalled("openssl", "openssl");
    SelfSigned pair = algorithm.equals("EC") ? ec : rsa;
    Path key = own.resolve("converted.pem");
    Tool.run(
        "sh", "-c", command.replace("KEY", pair.key().toString()).replace("OUT", key.toString()));
    assertThat(key).isNotEmptyFile();
    try (ZtickServer other = tls(own, pair.certificate(), key).start();
        Wire wire = pair.connect(other.port(), "TLSv1.3")) {
      wire.send("r1 PING").expect("r1 OK");
    }
  }

  @Test
  void the_whole_chain_of_the_certificate_is_sent() throws Exception {
    Tool.assumeInstalled("openssl", "openssl");
    Tool.run(
        "sh",
        "-c",
        """
        cd "$0"
        openssl req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -subj /CN=root
        openssl req -newkey rsa:2048 -nodes -keyout mid.key -out mid.csr -subj /CN=mid
        echo 'basicConstraints = critical,CA:TRUE' > mid.ext
        openssl x509 -req -in mid.csr -CA root.pem -CAkey root.key -CAcreateserial \\
          -extfile mid.ext -out mid.pem
        openssl req -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr -subj /CN=localhost
        openssl x509 -req -in leaf.csr -CA mid.pem -CAkey mid.key -CAcreateserial -out leaf.pem
        cat leaf.pem mid.pem > chain.pem
        """,
        own.toString());
    try (ZtickServer other = tls(own, own.resolve("chain.pem"), own.resolve("leaf.key")).start()) {
      assertThat(sClient(other, "-CAfile " + own.resolve("root.pem"), ""))
          .isEqualTo("r1 OK\nr2 OK\n");
    }
  }

  @Test
  void a_key_that_does_not_match_its_certificate_is_refused_at_start() throws Exception {
    Path other = Files.createDirectory(own.resolve("other"));
    refuses(ec.certificate(), rsa.key());
    refuses(ec.certificate(), SelfSigned.create(other, "EC").key());
    refuses(rsa.certificate(), SelfSigned.create(other, "RSA").key());
  }

  @Test
  void an_unreadable_file_is_refused_at_start() throws Exception {
    Path garbage = Files.writeString(own.resolve("garbage.pem"), "no pem\n");
    refuses(own.resolve("missing.pem"), ec.key());
    refuses(ec.certificate(), own.resolve("missing.pem"));
    refuses(garbage, ec.key());
    refuses(ec.certificate(), garbage);
    refuses(ec.key(), ec.certificate());
  }

  private void refuses(Path certificate, Path key) throws Exception {
    try (ZtickServer refused = tls(own, certificate, key).launch()) {
      assertThat(refused.exitCode()).isEqualTo(2);
      assertThat(String.join("\n", refused.log()))
          .containsPattern("controller\\.tls_(cert|key): ")
          .doesNotContain("\tat ");
    }
  }

  private static ZtickServer.Setup tls(Path directory, Path certificate, Path key) {
    return ZtickServer.in(directory)
        .set("controller", "tls_cert", certificate.toString())
        .set("controller", "tls_key", key.toString());
  }

  private static String sClient(ZtickServer server, String options, String first)
      throws IOException, InterruptedException {
    return Tool.run(
        "sh",
        "-c",
        "printf '"
            + first
            + "r1 PING\\nr2 QUIT\\n' | openssl s_client -quiet -verify_return_error "
            + options
            + " -connect 127.0.0.1:"
            + server.port());
  }

  /// What a client sees whose bytes are no handshake: an alert or nothing, then the end or a reset.
  private static String remainingOrReset(Wire wire) throws IOException {
    try {
      return wire.remaining();
    } catch (SocketException e) {
      return "";
    }
  }
}
