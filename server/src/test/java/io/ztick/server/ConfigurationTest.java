package io.ztick.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.ztick.server.Configuration.AuditTarget;
import io.ztick.server.Configuration.Level;
import io.ztick.server.Configuration.Persistence;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {
  private static final long GIBIBYTE = 1L << 30;

  @TempDir private Path directory;

  @Test
  void the_defaults_are_those_of_the_documentation() {
    Configuration defaults = read("").configuration();

    assertThat(defaults.controller())
        .isEqualTo(
            new Configuration.Controller(
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 5678),
                null,
                null,
                null,
                null,
                false,
                false,
                10_000,
                1_000,
                10_000,
                Configuration.TenantsBy.OFF,
                1_000,
                1_000,
                new Configuration.TenantRunners(Set.of("http"), true),
                65_536,
                1_048_576,
                Duration.ofSeconds(5),
                Duration.ZERO,
                Duration.ofSeconds(60)));
    assertThat(defaults.shell())
        .isEqualTo(new Configuration.Shell(Path.of("/bin/sh"), List.of("-c")));
    assertThat(defaults.runs())
        .isEqualTo(
            new Configuration.Runs(
                Set.of("shell", "direct", "http", "awf"),
                64,
                16,
                Duration.ofHours(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                4096,
                List.of(),
                Path.of("").toAbsolutePath(),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30)));
    assertThat(defaults.database())
        .isEqualTo(
            new Configuration.Database(
                Persistence.JOURNAL,
                Path.of(System.getProperty("user.home"), ".local/state/ztick"),
                5_162_220,
                10_000,
                Duration.ofDays(7),
                67_108_864));
    assertThat(defaults.log()).isEqualTo(new Configuration.Log(Level.INFO));
    assertThat(defaults.audit())
        .isEqualTo(
            new Configuration.Audit(
                Configuration.AuditTarget.OFF,
                Path.of(System.getProperty("user.home"), ".local/state/ztick/audit.log"),
                10_485_760,
                9));
  }

  static Stream<Arguments> numbers() {
    return Stream.of(
        number("controller", "max_connections", 1, 1_000_000, c -> c.controller().maxConnections()),
        number(
            "controller",
            "max_unauthenticated",
            1,
            1_000_000,
            c -> c.controller().maxUnauthenticated()),
        number("controller", "max_tokens", 1, 100_000, c -> c.controller().maxTokens()),
        number("controller", "max_tenants", 1, 1_000_000, c -> c.controller().maxTenants()),
        number(
            "controller", "tenant_max_jobs", 1, 1_000_000_000, c -> c.controller().tenantMaxJobs()),
        number("audit", "max_bytes", 65_536, 1_099_511_627_776L, c -> c.audit().maxBytes()),
        number("audit", "files", 1, 20, c -> c.audit().files()),
        number("controller", "max_line_bytes", 64, 16_777_216, c -> c.controller().maxLineBytes()),
        number(
            "controller",
            "max_pending_bytes",
            1_024,
            1_073_741_824,
            c -> c.controller().maxPendingBytes()),
        number("runs", "max_concurrent", 1, 10_000, c -> c.runs().maxConcurrent()),
        number("runs", "max_concurrent_per_rule", 1, 10_000, c -> c.runs().maxConcurrentPerRule()),
        number("runs", "max_output_bytes", 0, 16_777_216, c -> c.runs().maxOutputBytes()),
        number("database", "max_jobs", 1, 1_000_000_000, c -> c.database().maxJobs()),
        number("database", "max_rules", 1, 1_000_000, c -> c.database().maxRules()),
        number(
            "database",
            "max_unsynced_bytes",
            65_536,
            17_179_869_184L,
            c -> c.database().maxUnsyncedBytes()));
  }

  private static Arguments number(
      String section, String key, long least, long most, Function<Configuration, Number> value) {
    return arguments(section, key, least, most, value);
  }

  @ParameterizedTest(name = "{0}.{1}")
  @MethodSource("numbers")
  void a_number_is_taken_up_to_its_bounds_and_refused_beyond(
      String section, String key, long least, long most, Function<Configuration, Number> value)
      throws Exception {
    for (long bound : List.of(least, most)) {
      Configuration read = read("[%s]\n%s = %d".formatted(section, key, bound)).valid();
      assertThat(value.apply(read).longValue()).isEqualTo(bound);
    }
    for (long beyond : List.of(least - 1, most + 1)) {
      assertThat(problems("[%s]\n%s = %d".formatted(section, key, beyond)))
          .containsExactly(
              "ztick.toml:2: %s.%s: %d is not an integer from %d to %d"
                  .formatted(section, key, beyond, least, most));
    }
    assertThat(sampleComment(section, key)).contains(least + " to " + most);
  }

  static Stream<Arguments> durations() {
    return Stream.of(
        duration("controller", "auth_timeout", "10ms", "1h", c -> c.controller().authTimeout()),
        duration("controller", "idle_timeout", "0s", "365d", c -> c.controller().idleTimeout()),
        duration("controller", "write_timeout", "10ms", "1d", c -> c.controller().writeTimeout()),
        duration("runs", "timeout", "0s", "365d", c -> c.runs().timeout()),
        duration("runs", "kill_grace", "0s", "1h", c -> c.runs().killGrace()),
        duration("runs", "stop_wait", "0s", "1h", c -> c.runs().stopWait()),
        duration("runs", "http_connect_timeout", "10ms", "1h", c -> c.runs().httpConnectTimeout()),
        duration("runs", "http_timeout", "10ms", "1d", c -> c.runs().httpTimeout()),
        duration("database", "retention", "0s", "36500d", c -> c.database().retention()));
  }

  private static Arguments duration(
      String section,
      String key,
      String least,
      String most,
      Function<Configuration, Duration> value) {
    return arguments(section, key, least, most, value);
  }

  @ParameterizedTest(name = "{0}.{1}")
  @MethodSource("durations")
  void a_duration_is_taken_up_to_its_bounds_and_refused_beyond(
      String section,
      String key,
      String least,
      String most,
      Function<Configuration, Duration> value)
      throws Exception {
    String line = "[" + section + "]\n" + key + " = \"%s\"";
    String rule = " is not between \"" + least + "\" and \"" + most + "\"";
    Duration shortest = value.apply(read(line.formatted(least)).valid());
    Duration longest = value.apply(read(line.formatted(most)).valid());

    assertThat(shortest).isLessThan(longest);
    if (!shortest.isZero()) {
      assertThat(problems(line.formatted(shortest.toMillis() - 1 + "ms")))
          .singleElement()
          .asString()
          .startsWith("ztick.toml:2: " + section + "." + key + ": ")
          .endsWith(rule);
    }
    assertThat(problems(line.formatted(longest.toDays() + "d24h1ms")))
        .singleElement()
        .asString()
        .startsWith("ztick.toml:2: " + section + "." + key + ": ")
        .endsWith(rule);
    assertThat(sampleComment(section, key)).contains("\"" + least + "\" to \"" + most + "\"");
  }

  @ParameterizedTest
  @CsvSource({
    "0s, PT0S",
    "250ms, PT0.25S",
    "5s, PT5S",
    "90m, PT1H30M",
    "1h30m, PT1H30M",
    "7d, PT168H",
    "1d2h3m4s5ms, PT26H3M4.005S"
  })
  void durations_are_written_in_units(String text, Duration expected) throws Exception {
    assertThat(read("[controller]\nidle_timeout = \"" + text + "\"").valid())
        .extracting(configuration -> configuration.controller().idleTimeout())
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\"",
        "\"5\"",
        "5",
        "\"s\"",
        "\"-1s\"",
        "\"5 s\"",
        "\"5S\"",
        "\"1.5s\"",
        "\"30m1h\"",
        "\"1s1s\"",
        "\"5w\"",
        "\"9999999999s\"",
        "true",
        "[\"5s\"]"
      })
  void what_is_no_duration_is_refused(String value) {
    assertThat(problems("[runs]\ntimeout = " + value))
        .singleElement()
        .asString()
        .startsWith("ztick.toml:2: runs.timeout: ")
        .endsWith(" is not a duration such as \"250ms\", \"5s\" or \"1h30m\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"64\"", "64.0", "true", "[64]", "{ a = 1 }", "2024-01-01"})
  void what_is_no_integer_is_refused(String value) {
    assertThat(problems("[controller]\nmax_connections = " + value))
        .singleElement()
        .asString()
        .startsWith("ztick.toml:2: controller.max_connections: ")
        .endsWith(" is not an integer from 1 to 1000000");
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:0, 127.0.0.1, 0",
    "0.0.0.0:65535, 0.0.0.0, 65535",
    "[::1]:5678, ::1, 5678",
    "localhost:5678, localhost, 5678"
  })
  void listen_is_a_host_and_a_port(String text, String host, int port) throws Exception {
    assertThat(read("[controller]\nlisten = \"" + text + "\"").valid().controller().listen())
        .isEqualTo(new InetSocketAddress(InetAddress.getByName(host), port));
  }

  @Test
  void an_asterisk_listens_on_all_addresses() throws Exception {
    InetSocketAddress listen = read("[controller]\nlisten = \"*:1\"").valid().controller().listen();

    assertThat(listen.getAddress().isAnyLocalAddress()).isTrue();
    assertThat(listen.getPort()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\"",
        "\"5678\"",
        "\":5678\"",
        "\"127.0.0.1\"",
        "\"127.0.0.1:\"",
        "\"127.0.0.1:65536\"",
        "\"127.0.0.1:-1\"",
        "\"127.0.0.1:x\"",
        "\"::1:5678\"",
        "\"[::1]\"",
        "\"[localhost]:1\"",
        "5678",
        "true"
      })
  void what_is_no_address_is_refused(String value) {
    assertThat(problems("[controller]\nlisten = " + value))
        .singleElement()
        .asString()
        .startsWith("ztick.toml:2: controller.listen: ")
        .contains(" is not an address such as \"127.0.0.1:5678\"");
  }

  @Test
  void a_host_that_cannot_be_found_is_refused() {
    assertThat(problems("[controller]\nlisten = \"nowhere.invalid:1\""))
        .containsExactly(
            "ztick.toml:2: controller.listen: \"nowhere.invalid:1\" names a host that cannot be"
                + " found");
  }

  @Test
  void relative_paths_start_at_the_directory_of_the_file() throws Exception {
    Configuration read =
        read("""
        [controller]
        auth_file = "secrets/auth.toml"
        tls_cert = "/etc/cert.pem"
        tls_key = "key.pem"
        [runs]
        directory = "."
        """)
            .valid();

    assertThat(read.controller().authFile()).isEqualTo(directory.resolve("secrets/auth.toml"));
    assertThat(read.controller().tlsCert()).isEqualTo(Path.of("/etc/cert.pem"));
    assertThat(read.controller().tlsKey()).isEqualTo(directory.resolve("key.pem"));
    assertThat(read.runs().directory()).isEqualTo(directory.resolve("."));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"\"", "5", "\"a\\u0000b\""})
  void what_is_no_path_is_refused(String value) {
    assertThat(problems("[controller]\nauth_file = " + value))
        .singleElement()
        .asString()
        .startsWith("ztick.toml:2: controller.auth_file: ");
  }

  @ParameterizedTest
  @CsvSource({
    "tls_cert, tls_key",
    "tls_key, tls_cert",
  })
  void certificate_and_key_are_set_together(String key, String missing) {
    assertThat(problems("[controller]\n" + key + " = \"a.pem\""))
        .containsExactly("ztick.toml:2: controller." + key + ": set without controller." + missing);
  }

  @Test
  void a_password_file_is_set_only_beside_a_key() {
    assertThat(problems("[controller]\ntls_key_password_file = \"password\""))
        .containsExactly(
            "ztick.toml:2: controller.tls_key_password_file: set without controller.tls_key");
  }

  @Test
  void TLS_can_be_required() {
    assertThat(problems("[controller]\nrequire_tls = true"))
        .containsExactly(
            "ztick.toml:2: controller.require_tls: TLS is off, and secrets would cross the network"
                + " readable; set tls_cert");
    assertThat(problems("[controller]\nrequire_tls = \"yes\""))
        .containsExactly("ztick.toml:2: controller.require_tls: \"yes\" is not true or false");
    assertThat(
            problems(
                """
                [controller]
                require_tls = true
                tls_cert = "cert.pem"
                tls_key = "key.pem"
                """))
        .isEmpty();
  }

  @Test
  void files_are_watched_when_it_is_asked_for() throws Exception {
    assertThat(read("[controller]\nwatch = true").valid().controller().watch()).isTrue();
    assertThat(problems("[controller]\nwatch = 1"))
        .containsExactly("ztick.toml:2: controller.watch: 1 is not true or false");
  }

  @Test
  void tenants_are_known_by_hash_or_not_at_all() throws Exception {
    String auth = "[controller]\nauth_file = \"auth.toml\"\n";
    assertThat(read(auth + "tenants = \"hash\"").valid().controller().hasTenants()).isTrue();
    assertThat(read(auth + "tenants = \"off\"").valid().controller().hasTenants()).isFalse();
    assertThat(problems("[controller]\ntenants = \"hash\""))
        .containsExactly("ztick.toml:2: controller.tenants: set without controller.auth_file");
    assertThat(problems("[controller]\ntenants = \"name\""))
        .containsExactly("ztick.toml:2: controller.tenants: \"name\" is not one of off, hash");
  }

  @Test
  void tenants_call_public_addresses_only_unless_it_is_said() throws Exception {
    String line = "[controller]\ntenant_runners = %s";
    var none = read(line.formatted("[]")).valid().controller();
    var any = read(line.formatted("[\"shell\", \"http_private\"]")).valid().controller();

    assertThat(none.tenantRunners()).isEqualTo(new Configuration.TenantRunners(Set.of(), true));
    assertThat(any.tenantRunners())
        .isEqualTo(new Configuration.TenantRunners(Set.of("shell", "http"), false));
    assertThat(problems(line.formatted("[\"bash\"]")))
        .containsExactly(
            "ztick.toml:2: controller.tenant_runners: \"bash\" is not one of awf, direct, http,"
                + " shell");
  }

  @Test
  void the_audit_trail_goes_where_it_is_sent() throws Exception {
    for (AuditTarget target : AuditTarget.values()) {
      String name = target.name().toLowerCase(Locale.ROOT);
      assertThat(read("[audit]\nto = \"" + name + "\"").valid().audit().to()).isEqualTo(target);
    }
    assertThat(problems("[audit]\nto = \"syslog\""))
        .containsExactly("ztick.toml:2: audit.to: \"syslog\" is not one of off, stderr, file");
    var file = read("[audit]\nto = \"file\"\nfile = \"a.log\"");
    assertThat(file.valid().audit().file()).isEqualTo(directory.resolve("a.log"));
    assertThat(file.warnings()).isEmpty();
    assertThat(warnings(read("[audit]\nfile = \"a.log\"")))
        .containsExactly("ztick.toml:2: audit.file: says nothing while audit.to is not \"file\"");
  }

  @Test
  void the_shell_is_an_executable_file() throws Exception {
    Path script = Files.writeString(directory.resolve("shell"), "");

    assertThat(problems("[shell]\npath = \"shell\""))
        .containsExactly("ztick.toml:2: shell.path: \"" + script + "\" is not an executable file");
    assertThat(problems("[shell]\npath = \"/\"")).hasSize(1);
    assertThat(problems("[shell]\npath = \"/nowhere\"")).hasSize(1);
    assertThat(script.toFile().setExecutable(true)).isTrue();
    assertThat(read("[shell]\npath = \"shell\"").valid().shell().path()).isEqualTo(script);
  }

  @Test
  void the_arguments_of_the_shell_may_be_none() throws Exception {
    assertThat(read("[shell]\nargs = []").valid().shell().args()).isEmpty();
    assertThat(read("[shell]\nargs = [\"-e\", \"-c\"]").valid().shell().args())
        .containsExactly("-e", "-c");
    assertThat(problems("[shell]\nargs = \"-c\""))
        .containsExactly(
            "ztick.toml:2: shell.args: \"-c\" is not an array of texts such as [\"a\", \"b\"]");
    assertThat(problems("[shell]\nargs = [\"-c\", 5]"))
        .containsExactly("ztick.toml:2: shell.args: 5 is not a text in quotes");
  }

  @Test
  void only_runners_that_there_are_may_be_allowed() throws Exception {
    assertThat(read("[runs]\nallow = [\"http\"]").valid().runs().allow()).containsExactly("http");
    assertThat(read("[runs]\nallow = []").valid().runs().allow()).isEmpty();
    assertThat(
            problems(
                """
                [runs]
                allow = [
                  "http",
                  "amqp",
                  "bash",
                  "redis",
                ]
                """))
        .containsExactly(
            "ztick.toml:4: runs.allow: runner amqp is not available yet",
            "ztick.toml:5: runs.allow: \"bash\" is not one of awf, direct, http, shell",
            "ztick.toml:6: runs.allow: runner redis is not available yet");
  }

  @Test
  void a_runner_may_be_allowed_twice() throws Exception {
    assertThat(read("[runs]\nallow = [\"http\", \"http\"]").valid().runs().allow()).hasSize(1);
  }

  @Test
  void the_environment_lists_names_of_variables() throws Exception {
    assertThat(read("[runs]\nenvironment = [\"A\", \"_b2\"]").valid().runs().environment())
        .containsExactly("A", "_b2");
    assertThat(problems("[runs]\nenvironment = [\"A=1\", \"\", \"2A\", \"ZTICK_JOB_ID\"]"))
        .containsExactly(
            "ztick.toml:2: runs.environment: \"A=1\" is not the name of a variable",
            "ztick.toml:2: runs.environment: \"\" is not the name of a variable",
            "ztick.toml:2: runs.environment: \"2A\" is not the name of a variable",
            "ztick.toml:2: runs.environment: \"ZTICK_JOB_ID\" begins with ZTICK_; these are set for"
                + " each run");
  }

  @Test
  void the_directory_of_runs_exists() {
    assertThat(problems("[runs]\ndirectory = \"/nowhere\""))
        .containsExactly("ztick.toml:2: runs.directory: \"/nowhere\" is not a directory");
  }

  @Test
  void the_log_file_of_the_original_is_read_as_the_journal_with_a_warning() {
    ConfigurationFile read = read("[database]\npersistence = \"logfile\"");

    assertThat(read.problems()).isEmpty();
    assertThat(read.configuration().database().persistence()).isEqualTo(Persistence.JOURNAL);
    assertThat(warnings(read))
        .containsExactly(
            "ztick.toml:2: database.persistence: read as \"journal\"; ztick import takes over what"
                + " a log file holds");
  }

  @Test
  void an_unknown_persistence_is_refused() {
    assertThat(problems("[database]\npersistence = \"disk\""))
        .containsExactly(
            "ztick.toml:2: database.persistence: \"disk\" is not one of \"memory\", \"journal\"");
  }

  @Test
  void the_directory_of_the_database_need_not_exist_but_is_no_file() throws Exception {
    Files.writeString(directory.resolve("file"), "");

    assertThat(read("[database]\ndirectory = \"new\"").valid().database().directory())
        .isEqualTo(directory.resolve("new"));
    assertThat(problems("[database]\ndirectory = \"file\""))
        .containsExactly(
            "ztick.toml:2: database.directory: \"" + directory + "/file\" is not a directory");
  }

  static Stream<Arguments> environments() {
    String home = System.getProperty("user.home");
    return Stream.of(
        arguments(Map.of(), home + "/.local/state/ztick"),
        arguments(Map.of("XDG_STATE_HOME", "/xdg"), "/xdg/ztick"),
        arguments(Map.of("XDG_STATE_HOME", "relative"), home + "/.local/state/ztick"),
        arguments(Map.of("STATE_DIRECTORY", "/state", "XDG_STATE_HOME", "/xdg"), "/state"),
        arguments(Map.of("STATE_DIRECTORY", "/state:/second"), "/state"));
  }

  @ParameterizedTest
  @MethodSource("environments")
  void the_directory_of_the_database_comes_from_the_environment(
      Map<String, String> environment, Path expected) {
    var read = ConfigurationFile.read(file(""), environment, GIBIBYTE);

    assertThat(read.configuration().database().directory()).isEqualTo(expected);
  }

  @Test
  void a_credential_is_a_file_of_the_service_manager() {
    String text =
        """
        controller.auth_file = "credential:auth.toml"
        controller.tls_cert = "credential:cert.pem"
        controller.tls_key = "credential:key.pem"
        controller.tls_key_password_file = "credential:key.password"
        """;
    var read =
        ConfigurationFile.read(
            file(text), Map.of("CREDENTIALS_DIRECTORY", "/run/credentials/ztick"), GIBIBYTE);

    assertThat(read.problems()).isEmpty();
    var controller = read.configuration().controller();
    assertThat(
            List.of(
                controller.authFile(),
                controller.tlsCert(),
                controller.tlsKey(),
                controller.tlsKeyPasswordFile()))
        .allSatisfy(file -> assertThat(read.secretSources().isCredential(file)).isTrue())
        .extracting(Path::toString)
        .containsExactly(
            "/run/credentials/ztick/auth.toml",
            "/run/credentials/ztick/cert.pem",
            "/run/credentials/ztick/key.pem",
            "/run/credentials/ztick/key.password");
  }

  @Test
  void a_credential_needs_a_service_manager_but_for_a_tool() throws Exception {
    Path file = file("controller.auth_file = \"credential:auth.toml\"");

    assertThat(withoutDirectory(ConfigurationFile.read(file, Map.of(), GIBIBYTE).problems()))
        .containsExactly(
            "ztick.toml:1: controller.auth_file: \"credential:auth.toml\" is a credential, and"
                + " CREDENTIALS_DIRECTORY is not set: a systemd unit with LoadCredential= sets it");
    assertThat(Configuration.load(file).controller().authFile()).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/etc/shadow", "../auth.toml", "a/b", ".", "..", "auth.toml/"})
  void a_credential_has_a_plain_name(String name) {
    var read =
        ConfigurationFile.read(
            file("controller.auth_file = \"credential:" + name + "\""),
            Map.of("CREDENTIALS_DIRECTORY", directory.toString()),
            GIBIBYTE);

    assertThat(withoutDirectory(read.problems()))
        .singleElement()
        .asString()
        .startsWith("ztick.toml:1: controller.auth_file: \"credential:" + name + "\" is not a ");
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1073741824, 5162220", "9223372036854775807, 1000000000"})
  void the_number_of_jobs_follows_the_heap(long heapBytes, int jobs) {
    var read = ConfigurationFile.read(file(""), Map.of(), heapBytes);

    assertThat(read.configuration().database().maxJobs()).isEqualTo(jobs);
  }

  @ParameterizedTest
  @EnumSource(Level.class)
  void every_level_has_its_name(Level level) throws Exception {
    String name = level.name().toLowerCase(Locale.ROOT);

    assertThat(read("[log]\nlevel = \"" + name + "\"").valid().log().level()).isEqualTo(level);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"verbose\"", "\"INFO\"", "\"\"", "3"})
  void an_unknown_level_is_refused(String value) {
    assertThat(problems("[log]\nlevel = " + value))
        .containsExactly(
            "ztick.toml:2: log.level: "
                + value
                + " is not one of off, error, warn, info, debug, trace");
  }

  @Test
  void an_unknown_key_is_refused_by_name() {
    assertThat(problems("[shell]\npath = \"/bin/sh\"\npaht = 1\n\"a\\nb\" = 2"))
        .containsExactly(
            "ztick.toml:3: shell.paht: unknown key; [shell] has args, path",
            "ztick.toml:4: shell.a\\nb: unknown key; [shell] has args, path");
  }

  @Test
  void an_unknown_section_is_refused_by_name() {
    assertThat(problems("level = \"info\"\n[logs]\nlevel = \"info\"\n[shell.more]\na = 1"))
        .containsExactly(
            "ztick.toml:1: level: a key outside a section; there are audit, controller, database,"
                + " log, runs, shell",
            "ztick.toml:2: logs: unknown section; there are audit, controller, database, log, runs,"
                + " shell",
            "ztick.toml:4: shell.more: unknown key; [shell] has args, path");
  }

  @ParameterizedTest
  @ValueSource(strings = {"log = \"info\"", "[[log]]\nlevel = \"info\""})
  void a_section_is_a_section(String text) {
    assertThat(problems(text)).containsExactly("ztick.toml:1: log: must be a section, [log]");
  }

  @Test
  void a_section_may_be_written_with_dotted_keys() throws Exception {
    assertThat(read("log.level = \"debug\"").valid().log().level()).isEqualTo(Level.DEBUG);
  }

  @Test
  void all_problems_are_told_at_once_in_the_order_of_the_lines() {
    assertThat(
            problems(
                """
                [runs]
                max_concurrent = 0
                [controller]
                max_line_bytes = 63
                listen = 5
                unknown = 1
                tls_key = "key.pem"
                [elsewhere]
                [log]
                level = loud
                """))
        .satisfiesExactly(
            problem -> assertThat(problem).startsWith("ztick.toml:2: runs.max_concurrent: 0 is"),
            problem -> assertThat(problem).startsWith("ztick.toml:4: controller.max_line_bytes"),
            problem -> assertThat(problem).startsWith("ztick.toml:5: controller.listen: 5 is"),
            problem -> assertThat(problem).startsWith("ztick.toml:6: controller.unknown: unknown"),
            problem -> assertThat(problem).startsWith("ztick.toml:7: controller.tls_key: set"),
            problem -> assertThat(problem).startsWith("ztick.toml:8: elsewhere: unknown section"),
            problem -> assertThat(problem).startsWith("ztick.toml:10: not valid TOML at column 9"));
  }

  @Test
  void a_key_that_is_set_twice_is_refused() {
    assertThat(problems("[log]\nlevel = \"info\"\nlevel = \"warn\""))
        .singleElement()
        .asString()
        .startsWith("ztick.toml:3: not valid TOML at column 1: level previously defined");
  }

  @Test
  void a_missing_file_is_refused() {
    Path missing = directory.resolve("missing.toml");

    assertThat(ConfigurationFile.read(missing).problems())
        .containsExactly(missing + ": no such file");
  }

  @Test
  void a_directory_is_refused() {
    assertThat(ConfigurationFile.read(directory).problems())
        .containsExactly(directory + ": Is a directory");
  }

  @Test
  void a_file_that_is_not_utf_8_is_refused() throws Exception {
    Path file = Files.write(directory.resolve("latin.toml"), new byte[] {'#', (byte) 0xe4});

    assertThat(ConfigurationFile.read(file).problems()).containsExactly(file + ": not UTF-8 text");
  }

  @Test
  void a_file_of_more_than_a_mebibyte_is_refused() {
    String longest = "#" + "x".repeat(TextFile.MAX_BYTES - 1);

    assertThat(problems(longest)).isEmpty();
    assertThat(problems(longest + "x")).containsExactly("ztick.toml: larger than 1048576 bytes");
  }

  @Test
  void what_the_original_had_is_accepted_with_a_warning_each() {
    ConfigurationFile read =
        read(
            """
            [database]
            fsync_on_persist = true
            framerate = 512
            compression_interval = 3600
            logfile_path = "logfile"
            [http]
            listen = "0.0.0.0:80"
            [telemetry]
            enabled = false
            """);

    assertThat(read.problems()).isEmpty();
    assertThat(warnings(read))
        .satisfiesExactly(
            warning -> assertThat(warning).startsWith("ztick.toml:2: database.fsync_on_persist: "),
            warning -> assertThat(warning).startsWith("ztick.toml:3: database.framerate: "),
            warning ->
                assertThat(warning).startsWith("ztick.toml:4: database.compression_interval: "),
            warning ->
                assertThat(warning)
                    .isEqualTo(
                        "ztick.toml:5: database.logfile_path: ignored: database.directory replaced"
                            + " it"),
            warning ->
                assertThat(warning)
                    .isEqualTo(
                        "ztick.toml:6: [http]: ignored: the HTTP interface is not there yet"),
            warning -> assertThat(warning).startsWith("ztick.toml:8: [telemetry]: "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:5678", "[::1]:5678", "127.9.9.9:1", "localhost:1"})
  void an_open_server_on_loopback_is_no_surprise(String listen) {
    assertThat(read("[controller]\nlisten = \"" + listen + "\"").warnings()).isEmpty();
    assertThat(
            read("[controller]\nlisten = \"" + listen + "\"\nauth_file = \"auth.toml\"").warnings())
        .isEmpty();
  }

  @Test
  void an_open_server_beyond_loopback_is_a_warning() {
    assertThat(warnings(read("[controller]\nlisten = \"*:5678\"")))
        .containsExactly(
            "ztick.toml:2: controller.listen: authentication is off, and more than this machine can"
                + " connect: anybody may run commands as the server's user");
  }

  @Test
  void secrets_without_tls_beyond_loopback_are_a_warning() {
    assertThat(warnings(read("[controller]\nlisten = \"0.0.0.0:5678\"\nauth_file = \"auth.toml\"")))
        .containsExactly(
            "ztick.toml:3: controller.auth_file: TLS is off, and more than this machine can"
                + " connect: secrets cross the network readable");
  }

  @Test
  void tokens_with_tls_are_no_warning() {
    ConfigurationFile read =
        read(
            """
            [controller]
            listen = "*:5678"
            auth_file = "auth.toml"
            tls_cert = "cert.pem"
            tls_key = "key.pem"
            """);

    assertThat(read.warnings()).isEmpty();
  }

  private ConfigurationFile read(String text) {
    return ConfigurationFile.read(file(text), Map.of(), GIBIBYTE);
  }

  private Path file(String text) {
    return Pems.file(directory, "ztick.toml", text);
  }

  private List<String> problems(String text) {
    return withoutDirectory(read(text).problems());
  }

  private List<String> warnings(ConfigurationFile read) {
    return withoutDirectory(read.warnings());
  }

  private List<String> withoutDirectory(List<String> findings) {
    return findings.stream().map(finding -> finding.replaceFirst(directory + "/", "")).toList();
  }

  /// The comment above a key in the installed file.
  private static String sampleComment(String section, String key) throws IOException {
    boolean inside = false;
    String before = "";
    for (String line : Files.readAllLines(Path.of("..", "conf", "ztick.toml"))) {
      if (line.startsWith("[")) {
        inside = line.equals("[" + section + "]");
      }
      if (inside && (line.startsWith(key + " = ") || line.startsWith("#" + key + " = "))) {
        return before;
      }
      before = line;
    }
    return "";
  }
}
