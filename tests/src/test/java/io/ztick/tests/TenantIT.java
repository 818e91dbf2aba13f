package io.ztick.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tenants by hash: whoever has a secret that is long enough.
class TenantIT {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final String ADMIN = "the secret of the admin";
  private static final String TOKENS =
      "[token.admin]\nnamespace = '*'\nsecret = 'the secret of the admin'\n";

  @TempDir Path directory;

  private static String hex(String secret) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(UTF_8));
    return HexFormat.of().formatHex(digest);
  }

  private static String namespace(String secret) throws Exception {
    return "t." + hex(secret).substring(0, 16) + ".";
  }

  private ZtickServer.Setup setup() throws Exception {
    return ZtickServer.withJournal(directory).auth(TOKENS).set("controller", "tenants", "hash");
  }

  @Test
  void a_long_secret_has_the_namespace_that_follows_from_it() throws Exception {
    String own = namespace(SECRET);
    try (ZtickServer server = setup().start();
        Wire tenant = server.connect(SECRET);
        Wire other = server.connect(SECRET + "x")) {
      tenant.send("r1 SET " + own + "a 2099-01-01").expect("r1 OK");
      tenant.send("r2 SET " + own + "b 4070908800000000000").expect("r2 OK");
      other.send("r3 GET " + own + "a").expect("r3 ERROR auth_denied insufficient namespace scope");
      tenant
          .send("r4 RULE SET rule." + own + " " + own + " shell true")
          .expect("r4 ERROR auth_denied the token may not use the runner shell");
      tenant
          .send("r5 TOKEN LIST")
          .expect("r5 ERROR auth_denied the token may not use the command TOKEN");
      assertThat(tenant.table("WHOAMI"))
          .containsEntry("origin", "tenant")
          .containsEntry("namespace", own)
          .containsEntry("runners", "http")
          .containsEntry("expires_ns", "never");
      assertThat(tenant.table("STAT")).containsEntry("jobs_total", "2");
      assertThat(other.rows("QUERY")).isEmpty();
      try (Wire wire = server.connect()) {
        wire.send("AUTH " + SECRET.substring(1)).expect("ERROR auth_failed").expectClosed();
      }
    }
  }

  @Test
  void a_tenant_on_the_deny_list_is_closed_at_a_reload() throws Exception {
    try (ZtickServer server = setup().start();
        Wire admin = server.connect(ADMIN);
        Wire tenant = server.connect(SECRET);
        Wire other = server.connect(SECRET + "x")) {
      ZtickServer.replaceAuth(directory, "deny = ['" + namespace(SECRET) + "']\n" + TOKENS);
      assertThat(admin.rows("RELOAD")).isEmpty();
      tenant.expectClosed();
      other.send("PING").expect("OK");
      try (Wire wire = server.connect()) {
        wire.send("AUTH " + SECRET).expect("ERROR auth_failed").expectClosed();
      }
    }
  }

  @Test
  void tenants_and_what_they_have_are_bounded_also_after_a_restart() throws Exception {
    ZtickServer.Setup setup =
        setup().set("controller", "max_tenants", 2).set("controller", "tenant_max_jobs", 3);
    List<String> secrets = List.of(SECRET + "a", SECRET + "b", SECRET + "c");
    try (ZtickServer server = setup.start();
        Wire first = server.connect(secrets.get(0));
        Wire second = server.connect(secrets.get(1))) {
      String own = namespace(secrets.get(0));
      for (int job = 0; job < 3; job++) {
        first.send("SET " + own + job + " 4070908800000000000").expect("OK");
      }
      first
          .send("r1 SET " + own + "3 4070908800000000000")
          .expect("r1 ERROR overloaded tenant_max_jobs is 3");
      first.send("r2 SET " + own + "0 4070908800000000001").expect("r2 OK");
      second.send("SET " + namespace(secrets.get(1)) + "x 2099-01-01").expect("OK");
      server.stop();
    }
    try (ZtickServer server = setup.start();
        Wire first = server.connect(secrets.get(0));
        Wire second = server.connect(secrets.get(1));
        Wire third = server.connect(secrets.get(2))) {
      String own = namespace(secrets.get(0));
      String line = "SET " + namespace(secrets.get(2)) + "x 2099-01-01";
      first
          .send("r1 SET " + own + "3 2099-01-01")
          .expect("r1 ERROR overloaded tenant_max_jobs is 3");
      third.send("r2 " + line).expect("r2 ERROR overloaded max_tenants is 2");
      second.send("REMOVE " + namespace(secrets.get(1)) + "x").expect("OK");
      third.send("r3 " + line).expect("r3 OK");
    }
  }

  @Test
  void five_tenants_a_minute_are_new_from_an_address() throws Exception {
    try (ZtickServer server = setup().start()) {
      for (int tenant = 0; tenant <= 5; tenant++) {
        String secret = SECRET + tenant;
        try (Wire wire = server.connect(secret)) {
          wire.send("SET " + namespace(secret) + "x 2099-01-01")
              .expect(
                  tenant < 5
                      ? "OK"
                      : "ERROR rate_limited at most 5 tenants a minute are new from an address");
        }
      }
      String last = SECRET + 5;
      try (Wire elsewhere = Wire.connectFrom("127.0.0.9", server.port())) {
        elsewhere.send("AUTH " + last).expect("OK");
        elsewhere.send("SET " + namespace(last) + "x 2099-01-01").expect("OK");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.1"})
  void a_tenants_call_reaches_no_private_address_and_the_admins_does(String host) throws Exception {
    String own = namespace(SECRET);
    HttpServer target =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    target.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    target.start();
    try (ZtickServer server = setup().start();
        Wire admin = server.connect(ADMIN);
        Wire tenant = server.connect(SECRET)) {
      String url = "http://" + host + ":" + target.getAddress().getPort() + "/";
      tenant.send("RULE SET " + own + "r " + own + " http GET " + url).expect("OK");
      admin.send("RULE SET admins admins. http GET " + url).expect("OK");
      admin.send("SET admins.x now").expect("OK");
      await()
          .atMost(ZtickServer.BOUND)
          .until(() -> admin.ask("GET admins.x"), answer -> answer.startsWith("OK executed"));
      tenant.send("SET " + own + "x now").expect("OK");
      await()
          .atMost(ZtickServer.BOUND)
          .until(() -> tenant.ask("GET " + own + "x"), answer -> answer.startsWith("OK failed"));
      assertThat(tenant.table("SHOW " + own + "x"))
          .containsEntry("outcome", "the host is at no public address");
    } finally {
      target.stop(0);
    }
  }

  @Test
  void a_namespace_that_tenants_have_keeps_the_server_from_starting() throws Exception {
    String tokens = TOKENS + "[token.t]\nsecret = 'another secret'\nnamespace = 't.x.'\n";
    try (ZtickServer server = setup().auth(tokens).launch()) {
      server.awaitLog("token.t: namespace overlaps with t.");
      assertThat(server.exitCode()).isEqualTo(2);
    }
  }
}
