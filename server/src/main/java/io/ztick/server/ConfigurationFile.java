package io.ztick.server;

import io.ztick.auth.SecretSources;
import io.ztick.scheduler.Runner;
import io.ztick.server.Configuration.Audit;
import io.ztick.server.Configuration.AuditTarget;
import io.ztick.server.Configuration.Controller;
import io.ztick.server.Configuration.Database;
import io.ztick.server.Configuration.Level;
import io.ztick.server.Configuration.Log;
import io.ztick.server.Configuration.Persistence;
import io.ztick.server.Configuration.Runs;
import io.ztick.server.Configuration.Shell;
import io.ztick.server.Configuration.TenantRunners;
import io.ztick.server.Configuration.TenantsBy;
import io.ztick.server.ConfigurationSection.Refused;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/// One reading of a configuration file: the table of all keys with their defaults and bounds, and
/// what was found wrong or doubtful. A key with a problem has its default meanwhile, so that
/// everything else is checked as well.
final class ConfigurationFile {
  /// What a planned job with an id of some twenty bytes takes of the heap. Longer ids take more:
  /// the scheduler counts them.
  static final int BYTES_PER_JOB = 104;

  private static final int MOST_JOBS = 1_000_000_000;

  /// Among `tenant_runners`: tenants' HTTP calls may go anywhere.
  private static final String HTTP_PRIVATE = "http_private";

  private static final InetSocketAddress LOOPBACK =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 5678);
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /// Sections that the original had and this version has not.
  private static final Map<String, String> FORMER_SECTIONS =
      Map.of(
          "http", "ignored: the HTTP interface is not there yet",
          "telemetry", "ignored: metrics and traces are not there yet");

  private final Path base;
  private final Credentials credentials;
  private final Map<String, String> environment;
  private final TomlParseResult toml;
  private final Findings findings;
  private final Set<String> sections = new TreeSet<>();
  private final Configuration configuration;

  private ConfigurationFile(
      Path base,
      Credentials credentials,
      TomlParseResult toml,
      Findings findings,
      Map<String, String> environment,
      long heapBytes) {
    this.base = base;
    this.credentials = credentials;
    this.environment = environment;
    this.toml = toml;
    this.findings = findings;
    toml.errors().forEach(this::malformed);
    this.configuration =
        new Configuration(
            controller(), shell(), runs(), database(environment, heapBytes), log(), audit());
    refuseUnknownSections();
  }

  /// Reads a file. That it cannot be read is one of its problems.
  static ConfigurationFile read(Path file) {
    return read(file, System.getenv(), Runtime.getRuntime().maxMemory());
  }

  /// The same for who reads none of the credentials that it names.
  static ConfigurationFile readForTool(Path file) {
    Map<String, String> environment = System.getenv();
    return read(
        file, Credentials.of(environment).orNames(), environment, Runtime.getRuntime().maxMemory());
  }

  static ConfigurationFile read(Path file, Map<String, String> environment, long heapBytes) {
    return read(file, Credentials.of(environment), environment, heapBytes);
  }

  private static ConfigurationFile read(
      Path file, Credentials credentials, Map<String, String> environment, long heapBytes) {
    var findings = new Findings(file);
    String text = "";
    try {
      text = TextFile.read(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      findings.problem(null, String.valueOf(e.getMessage()));
    }
    Path base = file.toAbsolutePath().resolveSibling("");
    return new ConfigurationFile(
        base, credentials, Toml.parse(text), findings, environment, heapBytes);
  }

  /// What is read when no key is set.
  static ConfigurationFile empty() {
    return new ConfigurationFile(
        Path.of("").toAbsolutePath(),
        new Credentials(null),
        Toml.parse(""),
        new Findings(Path.of("defaults")),
        System.getenv(),
        Runtime.getRuntime().maxMemory());
  }

  /// What was read, with the default of each key that has a problem.
  Configuration configuration() {
    return configuration;
  }

  /// What was read, if it may be used.
  Configuration valid() throws InvalidConfigurationException {
    if (!problems().isEmpty()) {
      throw new InvalidConfigurationException(problems());
    }
    return configuration;
  }

  /// Where the secrets are that the auth file may name.
  SecretSources secretSources() {
    return new MachineSecrets(environment, credentials);
  }

  /// Finds out what else a start would refuse, of what may change until then: the directory, and
  /// the address but for its port, which a running server may have.
  void checkMachine() {
    var listen = configuration.controller().listen();
    try (var _ = new ServerSocket(0, 1, listen.getAddress())) {
      // It is an address of this machine.
    } catch (IOException e) {
      problem("controller", "listen", "cannot listen there: " + e.getMessage());
    }
    var database = configuration.database();
    if (database.persistence() == Persistence.JOURNAL && !isUsable(database.directory())) {
      String directory = shownPath(database.directory());
      problem("database", "directory", directory + " cannot be used by this user");
    }
  }

  private void problem(String section, String key, String text) {
    boolean said =
        toml.get(List.of(section)) instanceof TomlTable table && table.contains(List.of(key));
    findings.problem(
        said ? toml.inputPositionOf(List.of(section, key)) : null,
        section + "." + key + ": " + text);
  }

  /// Whether a directory is ours to change, or can be made.
  private static boolean isUsable(Path directory) {
    Path existing = directory;
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    if (existing == null || !Files.isDirectory(existing)) {
      // Of the directory itself it has been said.
      return directory.equals(existing);
    }
    return Files.isReadable(existing) && Files.isWritable(existing) && Files.isExecutable(existing);
  }

  /// What keeps the server from starting, in the order of the lines.
  List<String> problems() {
    return findings.problems();
  }

  /// What an operator should know, in the order of the lines.
  List<String> warnings() {
    return findings.warnings();
  }

  private Controller controller() {
    var keys = section("controller");
    var controller =
        new Controller(
            keys.address("listen", LOOPBACK),
            keys.file("auth_file", credentials),
            keys.file("tls_cert", credentials),
            keys.file("tls_key", credentials),
            keys.file("tls_key_password_file", credentials),
            keys.flag("require_tls", false),
            keys.flag("watch", false),
            keys.integer("max_connections", 10_000, 1, 1_000_000),
            keys.integer("max_unauthenticated", 1_000, 1, 1_000_000),
            keys.integer("max_tokens", 10_000, 1, 100_000),
            keys.oneOf("tenants", TenantsBy.OFF),
            keys.integer("max_tenants", 1_000, 1, 1_000_000),
            keys.integer("tenant_max_jobs", 1_000, 1, MOST_JOBS),
            tenantRunners(keys),
            keys.integer("max_line_bytes", 65_536, 64, 16_777_216),
            keys.integer("max_pending_bytes", 1_048_576, 1_024, 1_073_741_824),
            keys.duration("auth_timeout", "5s", "10ms", "1h"),
            keys.duration("idle_timeout", "0s", "0s", "365d"),
            keys.duration("write_timeout", "60s", "10ms", "1d"));
    keys.finish();
    together(keys, "tls_cert", "tls_key");
    together(keys, "tls_key", "tls_cert");
    together(keys, "tls_key_password_file", "tls_key");
    if (controller.requireTls() && !keys.has("tls_cert")) {
      keys.problem(
          "require_tls", "TLS is off, and secrets would cross the network readable; set tls_cert");
    }
    if (controller.hasTenants()) {
      together(keys, "tenants", "auth_file");
    }
    warnOfOpenListener(keys, controller);
    return controller;
  }

  private Shell shell() {
    var keys = section("shell");
    var shell =
        new Shell(
            keys.path("path", Path.of("/bin/sh")), keys.texts("args", List.of("-c"), _ -> {}));
    keys.finish();
    if (!Files.isRegularFile(shell.path()) || !Files.isExecutable(shell.path())) {
      keys.problem("path", shownPath(shell.path()) + " is not an executable file");
    }
    return shell;
  }

  private Runs runs() {
    var keys = section("runs");
    var allow =
        keys.texts("allow", List.copyOf(availableRunners()), ConfigurationFile::checkRunner);
    var runs =
        new Runs(
            Set.copyOf(allow),
            keys.integer("max_concurrent", 64, 1, 10_000),
            keys.integer("max_concurrent_per_rule", 16, 1, 10_000),
            keys.duration("timeout", "1h", "0s", "365d"),
            keys.duration("kill_grace", "5s", "0s", "1h"),
            keys.duration("stop_wait", "5s", "0s", "1h"),
            keys.integer("max_output_bytes", 4096, 0, 16_777_216),
            keys.texts("environment", List.of(), ConfigurationFile::checkVariable),
            keys.path("directory", Path.of("").toAbsolutePath()),
            keys.duration("http_connect_timeout", "5s", "10ms", "1h"),
            keys.duration("http_timeout", "30s", "10ms", "1d"));
    keys.finish();
    if (!Files.isDirectory(runs.directory())) {
      keys.problem("directory", shownPath(runs.directory()) + " is not a directory");
    }
    return runs;
  }

  private Database database(Map<String, String> environment, long heapBytes) {
    var keys = section("database");
    var database =
        new Database(
            persistence(keys),
            keys.path("directory", stateDirectory(environment)),
            keys.integer("max_jobs", jobsIn(heapBytes), 1, MOST_JOBS),
            keys.integer("max_rules", 10_000, 1, 1_000_000),
            keys.duration("retention", "168h", "0s", "36500d"),
            keys.number("max_unsynced_bytes", 67_108_864, 65_536, 17_179_869_184L));
    keys.former("framerate", "ignored: there is no tick any more; a job starts when it is due");
    keys.former("compression_interval", "ignored: the journal compacts itself");
    keys.former("fsync_on_persist", "ignored: the journal is synced before each answer");
    keys.former("logfile_path", "ignored: database.directory replaced it");
    keys.finish();
    if (Files.exists(database.directory()) && !Files.isDirectory(database.directory())) {
      keys.problem("directory", shownPath(database.directory()) + " is not a directory");
    }
    return database;
  }

  private Log log() {
    var keys = section("log");
    var log = new Log(keys.oneOf("level", Level.INFO));
    keys.finish();
    return log;
  }

  private Audit audit() {
    var keys = section("audit");
    var audit =
        new Audit(
            keys.oneOf("to", AuditTarget.OFF),
            keys.path("file", stateDirectory(environment).resolve("audit.log")),
            keys.number("max_bytes", 10_485_760, 65_536, 1_099_511_627_776L),
            // Each of them is renamed whenever the file is set aside.
            keys.integer("files", 9, 1, 20));
    keys.finish();
    if (audit.to() != AuditTarget.FILE && keys.has("file")) {
      keys.warning("file", "says nothing while audit.to is not \"file\"");
    }
    return audit;
  }

  private ConfigurationSection section(String name) {
    sections.add(name);
    return new ConfigurationSection(name, table(name), base, findings);
  }

  private TomlTable table(String name) {
    Object value = toml.get(List.of(name));
    if (value instanceof TomlTable table) {
      return table;
    }
    if (value != null) {
      findings.problem(position(name), name + ": must be a section, [" + name + "]");
    }
    return Toml.parse("");
  }

  private void refuseUnknownSections() {
    for (String name : toml.keySet()) {
      String former = FORMER_SECTIONS.get(name);
      if (former != null) {
        findings.warning(position(name), "[" + name + "]: " + former);
      } else if (!sections.contains(name)) {
        String kind = toml.isTable(List.of(name)) ? "unknown section" : "a key outside a section";
        findings.problem(
            position(name),
            LogText.escaped(name) + ": " + kind + "; there are " + String.join(", ", sections));
      }
    }
  }

  private @Nullable TomlPosition position(String name) {
    return toml.inputPositionOf(List.of(name));
  }

  private void malformed(TomlParseError error) {
    findings.problem(
        error.position(),
        "not valid TOML at column %d: %s (texts stand in double quotes)"
            .formatted(error.position().column(), error.getMessage()));
  }

  private static void together(ConfigurationSection keys, String key, String needed) {
    if (keys.has(key) && !keys.has(needed)) {
      keys.problem(key, "set without controller." + needed);
    }
  }

  private static void warnOfOpenListener(ConfigurationSection keys, Controller controller) {
    if (controller.listen().getAddress().isLoopbackAddress()) {
      return;
    }
    if (!keys.has("auth_file")) {
      keys.warning(
          "listen",
          "authentication is off, and more than this machine can connect: anybody may"
              + " run commands as the server's user");
    } else if (!keys.has("tls_cert")) {
      keys.warning(
          "auth_file",
          "TLS is off, and more than this machine can connect: secrets cross the"
              + " network readable");
    }
  }

  private static void checkRunner(String name) throws Refused {
    if (Runner.NOT_YET.contains(name)) {
      throw new Refused("runner " + name + " is not available yet");
    }
    if (!Runner.NAMES.contains(name)) {
      throw new Refused(name, "is not one of " + String.join(", ", availableRunners()));
    }
  }

  private static TenantRunners tenantRunners(ConfigurationSection keys) {
    List<String> words =
        keys.texts("tenant_runners", List.of("http"), ConfigurationFile::checkTenantRunner);
    boolean guarded = !words.contains(HTTP_PRIVATE);
    return new TenantRunners(
        words.stream()
            .map(word -> word.equals(HTTP_PRIVATE) ? "http" : word)
            .collect(Collectors.toSet()),
        guarded);
  }

  private static void checkTenantRunner(String name) throws Refused {
    if (!name.equals(HTTP_PRIVATE)) {
      checkRunner(name);
    }
  }

  private static Set<String> availableRunners() {
    var available = new TreeSet<>(Runner.NAMES);
    available.removeAll(Runner.NOT_YET);
    return available;
  }

  private static void checkVariable(String name) throws Refused {
    if (!VARIABLE.matcher(name).matches()) {
      throw new Refused(name, "is not the name of a variable");
    }
    if (name.startsWith("ZTICK_")) {
      throw new Refused(name, "begins with ZTICK_; these are set for each run");
    }
  }

  private static Persistence persistence(ConfigurationSection keys) {
    return keys.value(
        "persistence",
        Persistence.JOURNAL,
        value -> {
          if (value.equals("memory")) {
            return Persistence.MEMORY;
          }
          if (value.equals("journal")) {
            return Persistence.JOURNAL;
          }
          if (value.equals("logfile")) {
            keys.warning(
                "persistence",
                "read as \"journal\"; ztick import takes over what a log file holds");
            return Persistence.JOURNAL;
          }
          throw new Refused(value, "is not one of \"memory\", \"journal\"");
        });
  }

  /// Where a journal lies unless the file says so: what systemd gives, else where a user's programs
  /// keep state.
  private static Path stateDirectory(Map<String, String> environment) {
    String systemd = environment.get("STATE_DIRECTORY");
    if (systemd != null && systemd.startsWith("/")) {
      // systemd lists all of a unit's directories.
      return Path.of(systemd.substring(0, (systemd + ":").indexOf(':')));
    }
    String state = environment.get("XDG_STATE_HOME");
    if (state != null && state.startsWith("/")) {
      return Path.of(state, "ztick");
    }
    return Path.of(System.getProperty("user.home"), ".local", "state", "ztick");
  }

  /// As many jobs as half of a heap holds.
  static int jobsIn(long heapBytes) {
    return Math.clamp(heapBytes / 2 / BYTES_PER_JOB, 1, MOST_JOBS);
  }

  private static String shownPath(Path path) {
    return ConfigurationSection.shown(path.toString());
  }
}
