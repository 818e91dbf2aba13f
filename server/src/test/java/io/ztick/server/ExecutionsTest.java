package io.ztick.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.ztick.scheduler.Outcome;
import io.ztick.scheduler.Rule;
import io.ztick.scheduler.Run;
import io.ztick.scheduler.Runner;
import java.io.File;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class ExecutionsTest {
  private static final String PASSWORD = "password";

  @TempDir private Path directory;

  private final Network network = new Network();
  private final Loop loop =
      new Loop(network.eventLoop(), fault -> fail("a fault on the loop", fault));
  private final List<Ended> ended = new CopyOnWriteArrayList<>();
  private final Executions executions = executions(RunsOfTest.DEFAULTS);

  private record Ended(Run run, Outcome outcome, String thread) {}

  @AfterEach
  void end() {
    executions.kill();
    await().until(executions::idle);
    executions.close();
    network.close();
  }

  @Test
  void every_run_is_reported_once_and_on_the_loop() throws Exception {
    String loopThread = network.eventLoop().submit(() -> Thread.currentThread().getName()).get();
    Map<String, Outcome> expected = new HashMap<>();
    for (int i = 0; i < 100; i++) {
      expected.put("job" + i, Outcome.exit(i % 3));
      start("job" + i, new Runner.Shell("exit " + i % 3));
    }
    await().until(executions::idle);

    assertThat(ended).hasSize(100);
    for (Ended run : ended) {
      assertThat(run.outcome()).isEqualTo(expected.get(run.run().job()));
      assertThat(run.thread()).isEqualTo(loopThread);
    }
  }

  @Test
  void a_rule_of_a_tenant_runs_only_what_tenants_may_use_now() {
    var shell = new Runner.Shell("exit 0");
    String tenant = "t.0123456789abcdef.";

    for (String rule : List.of(tenant + "r", "rule." + tenant)) {
      assertThat(outcome(executions, RunsOfTest.run(new Rule(rule, tenant, shell))))
          .isEqualTo(Outcome.failed("runner shell is not allowed to tenants"));
    }
    assertThat(outcome(executions, RunsOfTest.run(new Rule("rule.team.", tenant, shell))))
        .isEqualTo(Outcome.OK);
  }

  @Test
  void a_runner_that_is_not_allowed_or_not_there_yet_is_refused() {
    Executions careful = executions(RunsOfTest.allowing(Set.of("http", "redis")));

    assertThat(outcome(careful, new Runner.Shell("exit 0")))
        .isEqualTo(Outcome.failed("runner shell is not allowed"));
    assertThat(
            outcome(
                careful, new Runner.Redis(URI.create("redis://h"), Runner.Redis.Verb.SET, "key")))
        .isEqualTo(Outcome.failed("runner redis is not available yet"));
  }

  @Test
  void an_https_server_must_be_one_that_the_system_trusts_by_its_name() throws Exception {
    KeyStore store = selfSigned();
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls(store)));
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    SSLContext ofTheSystem = SSLContext.getDefault();
    int port = server.getAddress().getPort();
    var byName = new Runner.Http(Runner.Http.Method.GET, URI.create("https://localhost:" + port));
    var byAddress =
        new Runner.Http(Runner.Http.Method.GET, URI.create("https://127.0.0.1:" + port));
    try {
      assertThat(outcome(executions, byName).text()).startsWith("TLS: ").contains("certificate");
      SSLContext.setDefault(tls(store));
      assertThat(outcome(executions, byName)).isEqualTo(Outcome.OK);
      assertThat(outcome(executions, byAddress).text()).startsWith("TLS: ").contains("name");
    } finally {
      SSLContext.setDefault(ofTheSystem);
      server.stop(0);
    }
  }

  /// The key and the certificate of `localhost`.
  private KeyStore selfSigned() throws Exception {
    Path store = directory.resolve("store");
    int made =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD)
            .inheritIO()
            .start()
            .waitFor();
    assertThat(made).isZero();
    return KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
  }

  private static SSLContext tls(KeyStore store) throws Exception {
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD.toCharArray());
    // Trust has to be put in a store of its own: an entry with a key is none that is trusted.
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    trusted.setCertificateEntry("localhost", store.getCertificate(store.aliases().nextElement()));
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    var tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return tls;
  }

  @Test
  void a_run_that_is_ended_by_the_stop_of_the_server_has_no_outcome() throws Exception {
    try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      start("http", new Runner.Http(Runner.Http.Method.GET, url(silent)));
      start("shell", new Runner.Shell("exec sleep 600"));
      start("deaf", new Runner.Shell("trap '' TERM; touch " + ready() + "; sleep 600"));
      await().until(() -> Files.exists(ready()));
      try (var _ = silent.accept()) {
        network.eventLoop().submit(executions::terminate).get();
        assertThat(executions.idle()).isFalse();
        network.eventLoop().submit(executions::kill).get();
        await().until(executions::idle);
      }
    }
    network.eventLoop().submit(() -> {}).get();
    assertThat(ended).isEmpty();
  }

  @Test
  void a_failed_run_is_one_warning_and_any_other_is_no_line() {
    Logger logger = (Logger) LoggerFactory.getLogger(Executions.class);
    var lines = new ListAppender<ILoggingEvent>();
    lines.start();
    logger.addAppender(lines);
    try {
      outcome(executions, new Runner.Shell("exit 0"));
      outcome(executions, new Runner.Shell("printf 'so\\nwhat'; exit 1"));
      outcome(
          executions,
          new Runner.Http(
              Runner.Http.Method.GET, URI.create("http://user:secret@localhost:1/?token=secret")));
    } finally {
      logger.detachAppender(lines);
    }

    assertThat(lines.list)
        .filteredOn(line -> line.getLevel().isGreaterOrEqual(Level.INFO))
        .extracting(ILoggingEvent::getLevel)
        .containsExactly(Level.WARN, Level.WARN);
    assertThat(lines.list).noneMatch(line -> line.getFormattedMessage().contains("secret"));
    assertThat(lines.list).noneMatch(line -> line.getFormattedMessage().contains("\n"));
  }

  @Test
  void a_failed_run_with_binary_output_is_a_line_of_a_bounded_length() {
    Logger logger = (Logger) LoggerFactory.getLogger(Executions.class);
    var lines = new ListAppender<ILoggingEvent>();
    lines.start();
    logger.addAppender(lines);
    try {
      outcome(executions, new Runner.Shell("head -c 1000000 /dev/zero; printf 'the end'; exit 1"));
    } finally {
      logger.detachAppender(lines);
    }

    assertThat(lines.list).hasSize(1);
    assertThat(lines.list.getFirst().getFormattedMessage())
        .hasSizeLessThan(RunsOfTest.DEFAULTS.maxOutputBytes() + 200)
        .contains(" characters more: \"")
        .endsWith("\\u{0}the end\"");
  }

  /// In a JVM of its own: this one can change neither its locale nor its PATH.
  @Test
  void arguments_and_variables_are_utf_8_in_every_locale() throws Exception {
    Path awf = directory.resolve("awf");
    Files.writeString(awf, "#!/bin/sh\necho \"$@\" >awf-arguments\n");
    assertThat(awf.toFile().setExecutable(true)).isTrue();
    // A JVM inherits ignored signals: CHLD would cost the exit codes, the others would go on.
    var builder =
        new ProcessBuilder(
                "/bin/sh",
                "-c",
                "trap '' CHLD HUP PIPE; export TZ=$(printf 'gr\\303\\274n'); exec \"$@\"",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                InAnotherLocale.class.getName(),
                directory.toString())
            .redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C");
    builder.environment().merge("PATH", "", (path, _) -> directory + ":" + path);
    File log = directory.resolve("log").toFile();
    int exit = builder.redirectOutput(log).start().waitFor();

    assertThat(exit).as(Files.readString(log.toPath())).isZero();
    assertThat(directory.resolve("arguments")).hasContent("grüße€𝄞jöbgrün");
    assertThat(directory.resolve("awf-arguments")).hasContent("run deploy --input a=ü");
    assertThat(Files.readString(directory.resolve("status")).lines())
        .contains("SigIgn:\t0000000000000000");
  }

  static final class InAnotherLocale {
    private InAnotherLocale() {}

    static void main(String[] arguments) {
      var outcomes = new CopyOnWriteArrayList<Outcome>();
      var network = new Network();
      var loop = new Loop(network.eventLoop(), Throwable::printStackTrace);
      var executions =
          new Executions(
              new Configuration.Shell(Path.of("/bin/sh"), List.of("-c")),
              RunsOfTest.directory(Path.of(arguments[0])),
              network,
              loop,
              new Configuration.TenantRunners(Set.of("http"), true),
              (_, outcome) -> outcomes.add(outcome));
      List<Runner> runners =
          List.of(
              new Runner.Shell("printf %s grüße€𝄞$ZTICK_JOB_ID$TZ >arguments"),
              new Runner.Direct("cp", List.of("/proc/self/status", "status")),
              new Runner.Awf("deploy", List.of("a=ü")),
              new Runner.Shell("exit 3"));
      for (Runner runner : runners) {
        loop.execute(() -> executions.start(RunsOfTest.run("jöb", runner)));
      }
      await().until(() -> outcomes.size() == runners.size());
      await().until(executions::idle);
      assertThat(outcomes)
          .containsExactlyInAnyOrder(Outcome.OK, Outcome.OK, Outcome.OK, Outcome.exit(3));
      network.close();
    }
  }

  private Outcome outcome(Executions performer, Runner runner) {
    return outcome(performer, RunsOfTest.run(runner));
  }

  private Outcome outcome(Executions performer, Run run) {
    int before = ended.size();
    loop.execute(() -> performer.start(run));
    await().until(() -> ended.size() > before);
    return ended.get(before).outcome();
  }

  private void start(String job, Runner runner) throws Exception {
    network.eventLoop().submit(() -> executions.start(RunsOfTest.run(job, runner))).get();
  }

  private Executions executions(Configuration.Runs runs) {
    return new Executions(
        Configuration.defaults().shell(),
        runs,
        network,
        loop,
        new Configuration.TenantRunners(Set.of("http"), true),
        (run, outcome) -> ended.add(new Ended(run, outcome, Thread.currentThread().getName())));
  }

  private Path ready() {
    return directory.resolve("ready");
  }

  private static URI url(ServerSocket server) {
    return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");
  }
}
