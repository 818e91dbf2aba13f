package io.ztick.server;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the operator decided, checked; one record for each section of the file, one component for
/// each key. [ConfigurationFile] holds the defaults and the bounds.
record Configuration(
    Controller controller, Shell shell, Runs runs, Database database, Log log, Audit audit) {

  /// The configuration in a file, or every problem that is in it, for who does not read the
  /// credentials that it names.
  static Configuration load(Path file) throws InvalidConfigurationException {
    return ConfigurationFile.readForTool(file).valid();
  }

  /// The configuration when no key is set.
  static Configuration defaults() {
    return ConfigurationFile.empty().configuration();
  }

  /// Who may connect, and how long and how much one connection may take. A null path: not set.
  record Controller(
      InetSocketAddress listen,
      @Nullable Path authFile,
      @Nullable Path tlsCert,
      @Nullable Path tlsKey,
      @Nullable Path tlsKeyPasswordFile,
      boolean requireTls,
      boolean watch,
      int maxConnections,
      int maxUnauthenticated,
      int maxTokens,
      TenantsBy tenants,
      int maxTenants,
      int tenantMaxJobs,
      TenantRunners tenantRunners,
      int maxLineBytes,
      int maxPendingBytes,
      Duration authTimeout,
      Duration idleTimeout,
      Duration writeTimeout) {
    /// Whether anybody is a tenant.
    boolean hasTenants() {
      return tenants != TenantsBy.OFF;
    }
  }

  /// What rules of tenants may run, whether or not there are tenants now: they leave rules behind.
  ///
  /// @param names of runners
  /// @param guarded whether their HTTP calls reach public addresses only
  record TenantRunners(Set<String> names, boolean guarded) {
    public TenantRunners {
      names = Set.copyOf(names);
    }
  }

  /// Who is a tenant without having been set up.
  enum TenantsBy {
    /// Nobody.
    OFF,
    /// Whoever has a secret that is long enough: its hash says what is theirs.
    HASH
  }

  /// What a rule with the runner `shell` starts; the command becomes the last argument.
  record Shell(Path path, List<String> args) {
    public Shell {
      args = List.copyOf(args);
    }
  }

  /// What may run, how much at once, and how long. A timeout of zero: none.
  record Runs(
      Set<String> allow,
      int maxConcurrent,
      int maxConcurrentPerRule,
      Duration timeout,
      Duration killGrace,
      Duration stopWait,
      int maxOutputBytes,
      List<String> environment,
      Path directory,
      Duration httpConnectTimeout,
      Duration httpTimeout) {
    public Runs {
      allow = Set.copyOf(allow);
      environment = List.copyOf(environment);
    }
  }

  /// What is kept, where, and how much of it. A retention of zero: for ever.
  record Database(
      Persistence persistence,
      Path directory,
      int maxJobs,
      int maxRules,
      Duration retention,
      long maxUnsyncedBytes) {}

  /// Where jobs and rules live.
  enum Persistence {
    /// In memory only: a restart begins empty.
    MEMORY,
    /// On disk, before a client reads `OK`.
    JOURNAL
  }

  /// What is worth a line of the log.
  record Log(Level level) {}

  /// Where it is told who came in, and what was denied or changed.
  ///
  /// @param file for {@link AuditTarget#FILE}
  /// @param maxBytes of the file before another is begun
  /// @param files that are kept beside it
  record Audit(AuditTarget to, Path file, long maxBytes, int files) {}

  /// Where the audit trail goes.
  enum AuditTarget {
    OFF,
    STDERR,
    FILE
  }

  /// The least important lines that are still written.
  enum Level {
    OFF,
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
  }
}
