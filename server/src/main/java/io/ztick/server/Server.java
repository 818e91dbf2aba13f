package io.ztick.server;

import io.netty.util.NetUtil;
import io.ztick.auth.Authority;
import io.ztick.auth.Identity;
import io.ztick.auth.IssuedToken;
import io.ztick.auth.Namespace;
import io.ztick.auth.Tenants;
import io.ztick.auth.Tokens;
import io.ztick.protocol.Answers;
import io.ztick.protocol.LineParser;
import io.ztick.protocol.PlainLines;
import io.ztick.scheduler.Journal;
import io.ztick.scheduler.JournalDirectory;
import io.ztick.scheduler.MemoryJournal;
import io.ztick.scheduler.RocksJournal;
import io.ztick.scheduler.Scheduler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// The running server: what is wired to what, how it begins and how it ends. {@link #stop} and
/// {@link #stopNow} may be called on any thread.
///
/// ```
/// stop ─► no new connections, no new runs
///      ─► runs have stop_wait ─► TERM ─► 2 s ─► KILL
///      ─► connections: answers to what was read, `stopping` to what comes now ─► at most 1 s
///      ─► stopped
/// ```
final class Server implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Server.class);

  /// Between TERM and KILL for the runs that a stop ends.
  private static final Duration KILL_AFTER = Duration.ofSeconds(2);

  /// How long the disk is waited for.
  private static final Duration DISK_WAIT = Duration.ofSeconds(30);

  /// The same when a second signal wants an end at once.
  private static final Duration HURRIED_DISK_WAIT = Duration.ofSeconds(1);

  /// How long clients, and processes that got KILL, are waited for at the very end.
  private static final Duration LAST_WAIT = Duration.ofSeconds(1);

  /// The part of the heap that jobs and rules may take. The collector works well with as much
  /// again.
  private static final double STATE_SHARE = 0.5;

  /// How often connections are looked at for what is due to their time limits.
  private static final long TIME_LIMITS_NANOS = Duration.ofSeconds(1).toNanos();

  /// A sync that takes this long is worth a line of the log.
  private static final long SLOW_SYNC_NANOS = Duration.ofSeconds(1).toNanos();

  /// The exit code of a process that a second signal ends.
  private static final int KILLED = 1;

  private static final long POLL_NANOS = Duration.ofMillis(10).toNanos();

  /// The longest that it may take to stop once the runs have had their `stop_wait`: the answers
  /// wait for the disk, and then the journal and a backup do.
  private static final Duration LONGEST_END =
      KILL_AFTER.plus(DISK_WAIT.multipliedBy(3)).plus(LAST_WAIT).plus(Duration.ofSeconds(5));

  private final Network network;
  private final ServiceManager serviceManager;
  private final Loop loop;
  private final WallClock clock = new WallClock(InstantSource.system());
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Configuration configuration;

  /// The journal on disk; none with persistence `memory`.
  private final @Nullable RocksJournal disk;

  private final Journal journal;
  private final Scheduler scheduler;
  private final Connections connections;
  private final Firing firing;
  private final Executions executions;
  private final Lateness lateness = new Lateness(System.nanoTime());
  private final Reloads reloads;
  private final Audit audit;

  /// Null when authentication is off.
  private final @Nullable LiveTokens tokens;

  /// Where it listens. Set once, before [#start] returns.
  private InetSocketAddress address = new InetSocketAddress(0);

  private volatile @Nullable Throwable fault;
  private volatile boolean journalFailed;
  private volatile boolean closing;
  private volatile boolean hurried;

  /// Confined to the loop, as is the next.
  private boolean stopping;

  /// It was said that the disk is slow.
  private boolean diskSlow;

  /// @param disk null with persistence `memory`
  /// @throws UncheckedIOException when what the journal kept cannot be read
  private Server(
      Setup setup,
      Audit audit,
      Network network,
      ServiceManager serviceManager,
      @Nullable RocksJournal disk) {
    this.configuration = setup.configuration();
    this.audit = audit;
    this.network = network;
    this.serviceManager = serviceManager;
    this.disk = disk;
    loop = new Loop(network.eventLoop(), this::failed);
    var controller = configuration.controller();
    journal = disk == null ? new MemoryJournal() : disk;
    Tokens file = setup.access().tokens();
    List<IssuedToken> kept = new ArrayList<>();
    scheduler =
        new Scheduler(
            limits(configuration),
            journal,
            namespaces(file),
            token -> kept.add(LiveTokens.read(token)));
    connections = new Connections(controller.maxConnections(), controller.maxUnauthenticated());
    tokens =
        file == null
            ? null
            : new LiveTokens(controller, file, kept, scheduler, connections, clock, audit);
    firing = new Firing(loop, scheduler, journal, clock, lateness);
    executions =
        new Executions(
            configuration.shell(),
            configuration.runs(),
            network,
            loop,
            controller.tenantRunners(),
            firing::ended);
    reloads =
        new Reloads(setup.files(), setup.watch(), loop, InstantSource.system(), this::use, audit);
  }

  /// Starts a server; it listens when this returns.
  ///
  /// @throws IOException when the journal cannot be used or the address cannot be listened on; the
  ///   message says which and why
  /// @throws InvalidConfigurationException when the auth file cannot be used beside the tokens that
  ///   the journal has
  static Server start(Setup setup) throws IOException, InvalidConfigurationException {
    var network = new Network();
    var serviceManager = ServiceManager.of(System.getenv(), network.eventLoop());
    serviceManager.starting();
    RocksJournal disk = null;
    Audit audit = null;
    try {
      disk = openJournal(setup.configuration().database());
      audit = new Audit(AuditLog.open(setup.configuration().audit()), InstantSource.system());
      var server = new Server(setup, audit, network, serviceManager, disk);
      server.refuseConflicts(setup.access());
      server.open(setup.access());
      return server;
    } catch (UncheckedIOException e) {
      release(network, disk, audit);
      throw e.getCause();
    } catch (IOException | InvalidConfigurationException | RuntimeException e) {
      release(network, disk, audit);
      throw e;
    }
  }

  private void refuseConflicts(AccessFiles.Access access) throws InvalidConfigurationException {
    List<String> conflicts = conflicts(access);
    if (!conflicts.isEmpty()) {
      throw new InvalidConfigurationException(conflicts);
    }
  }

  /// What keeps an auth file from being used beside the tokens that were made at run time.
  private List<String> conflicts(AccessFiles.Access access) {
    Tokens file = access.tokens();
    return tokens == null || file == null ? List.of() : tokens.conflicts(file);
  }

  private static void release(Network network, @Nullable RocksJournal disk, @Nullable Audit audit)
      throws IOException {
    network.close();
    if (audit != null) {
      audit.close();
    }
    if (disk != null) {
      disk.close();
    }
  }

  /// Where it listens.
  InetSocketAddress address() {
    return address;
  }

  /// Begins to stop; does nothing when it has begun already.
  void stop() {
    try {
      loop.execute(this::beginToStop);
    } catch (RejectedExecutionException e) {
      // It has stopped.
    }
  }

  /// Reads the files again that say who may come in.
  void reload() {
    try {
      loop.execute(() -> reloads.request("SIGHUP", _ -> {}));
    } catch (RejectedExecutionException e) {
      // It has stopped.
    }
  }

  /// Puts what was read again in place of what was.
  ///
  /// @return why it cannot be; then nothing was changed
  private List<String> use(AccessFiles.Access access) {
    List<String> conflicts = conflicts(access);
    if (!conflicts.isEmpty()) {
      return conflicts;
    }
    use(access.tokens());
    network.shakeHandsBy(access.tls());
    return List.of();
  }

  private void use(@Nullable Tokens file) {
    if (tokens != null && file != null) {
      tokens.use(file);
    }
  }

  /// Ends every run and lets {@link #awaitStopped} return at once; ends the process when it is the
  /// disk that is waited for.
  void stopNow() {
    // Asked for before it is set in motion below: only a signal that finds it closing ends it hard.
    boolean wasClosing = closing;
    hurried = true;
    executions.kill();
    stopped.countDown();
    if (wasClosing) {
      // As safe as a crash: whatever was answered is on the disk.
      Halt.now(KILLED);
    }
  }

  /// Waits until the server has stopped.
  ///
  /// @return whether it was asked to; otherwise the journal failed, and the log has said so
  /// @throws IllegalStateException when a fault of its own ended it
  boolean awaitStopped() throws InterruptedException {
    stopped.await();
    if (fault != null) {
      throw new IllegalStateException("the server ended by a fault of its own", fault);
    }
    return !journalFailed;
  }

  /// Waits for what is on its way to the disk.
  ///
  /// @throws IOException when some of it did not get there
  @Override
  public void close() throws IOException {
    closing = true;
    if (disk != null && fault != null) {
      // The change that brought the fault about may be among them.
      disk.discardCollected();
    }
    executions.close();
    reloads.close();
    network.close();
    // The loop, whose it was, has ended.
    audit.serverStopped();
    audit.close();
    if (disk != null) {
      disk.close(hurried ? HURRIED_DISK_WAIT : DISK_WAIT);
    }
    log.info("stopped");
  }

  private static @Nullable RocksJournal openJournal(Configuration.Database database)
      throws IOException {
    if (database.persistence() == Configuration.Persistence.MEMORY) {
      return null;
    }
    var directory = new JournalDirectory(database.directory());
    RocksJournal opened = RocksJournal.open(directory, database.maxUnsyncedBytes());
    RocksJournal.Found found = opened.found();
    if (found.created()) {
      log.info("journal {}: there was none, made a new one", directory.path());
    }
    log.atLevel(found.droppedBytes() == 0 ? Level.INFO : Level.WARN)
        .log(
            "journal {}: last change {}, {} bytes dropped{}",
            directory.path(),
            found.lastChange(),
            found.droppedBytes(),
            found.droppedBytes() == 0 ? "" : ": the end of the log is no whole change");
    return opened;
  }

  private CommandHandler handler(@Nullable Authority authority, boolean tlsEnabled) {
    boolean authEnabled = authority != null;
    return new CommandHandler(
        scheduler,
        disk,
        new Gate(configuration.runs().allow()),
        new Statistics(
            scheduler, disk, connections, authEnabled, tlsEnabled, lateness, network.turns()),
        configuration.database(),
        reloads,
        new TokenCommands(authority, clock, connections::lookAgain, audit),
        tenantLimits(),
        audit,
        authEnabled);
  }

  private void open(AccessFiles.Access access) throws IOException {
    Tokens file = access.tokens();
    Authority authority = tokens == null ? null : tokens.authority();
    boolean tlsEnabled = access.tls() != null;
    var context =
        new ConnectionContext(
            configuration.controller(),
            new Entrance(authority, clock, audit),
            connections,
            handler(authority, tlsEnabled),
            firing,
            journal,
            loop,
            clock,
            new LineParser(),
            new PlainLines(Scheduler.MAX_EXPECTED),
            ByteBuffer.allocate(ConnectionContext.READ_BYTES),
            new Answers(Connection.ANSWER_BYTES_PER_TURN));
    if (disk != null) {
      disk.start(
          new RocksJournal.Environment(loop, loop::afterOthers, clock::nanos, this::journalFailed));
    }
    address = network.listen(context, access.tls());
    log.info(
        "started: listening on {}, TLS {}, authentication {}, persistence {}, {} jobs, {} rules",
        NetUtil.toSocketAddressString(address),
        tlsEnabled ? "on" : "off",
        file == null ? "off" : "on (" + file.identities().size() + " tokens)",
        disk == null ? "memory" : "journal",
        scheduler.counts("").total(),
        scheduler.ruleCount());
    loop.execute(() -> begin(file));
    serviceManager.ready("listening on " + NetUtil.toSocketAddressString(address));
  }

  /// On the loop.
  private void begin(@Nullable Tokens file) {
    audit.serverStarted(NetUtil.toSocketAddressString(address));
    firing.start(executions);
    executions.prepare();
    var _ = loop.repeat(connections::checkTimeLimits, TIME_LIMITS_NANOS);
    var _ = loop.repeat(this::checkDisk, TIME_LIMITS_NANOS);
    if (tokens != null) {
      var _ = loop.repeat(tokens::removeExpired, TIME_LIMITS_NANOS);
    }
    // While it was stopped tokens may have gone from the file.
    use(file);
    if (configuration.controller().watch()) {
      reloads.beginToWatch();
    }
  }

  private TenantLimits tenantLimits() {
    var controller = configuration.controller();
    var limits = new TenantLimits(controller.maxTenants(), controller.tenantMaxJobs());
    if (controller.hasTenants()) {
      scheduler.watch(Tenants.PREFIX, limits);
    }
    return limits;
  }

  /// Says why nobody gets an answer.
  private void checkDisk() {
    long nanos = disk == null ? 0 : disk.figures().syncingNanos();
    boolean slow = nanos >= SLOW_SYNC_NANOS;
    if (slow && !diskSlow) {
      log.warn("the disk has not synced for {} ms; answers wait", nanos / 1_000_000);
    }
    diskSlow = slow;
  }

  private static Scheduler.Limits limits(Configuration configuration) {
    return new Scheduler.Limits(
        configuration.database().maxJobs(),
        configuration.database().maxRules(),
        (long) (Runtime.getRuntime().maxMemory() * STATE_SHARE),
        configuration.runs().maxConcurrent(),
        configuration.runs().maxConcurrentPerRule(),
        configuration.database().retention());
  }

  /// The prefixes that `STAT` counts for.
  private static Set<String> namespaces(@Nullable Tokens file) {
    List<Identity> identities = file == null ? List.of() : file.identities();
    return identities.stream()
        .map(Identity::namespace)
        .filter(namespace -> !namespace.equals(Namespace.ALL))
        .map(Namespace::prefix)
        .collect(Collectors.toSet());
  }

  private void beginToStop() {
    if (stopping) {
      return;
    }
    stopping = true;
    log.info("stopping");
    serviceManager.stopping(configuration.runs().stopWait().plus(LONGEST_END));
    network.stopListening();
    firing.stop();
    connections.snapshot().forEach(Connection::serverStops);
    when(() -> executions.idle() || journalFailed, configuration.runs().stopWait(), this::endRuns);
  }

  private void endRuns() {
    if (executions.idle()) {
      endConnections();
      return;
    }
    executions.terminate();
    when(
        executions::idle,
        KILL_AFTER,
        () -> {
          executions.kill();
          endConnections();
        });
  }

  /// Answers to what was read wait for the disk, and so does this.
  private void endConnections() {
    when(
        () -> journal.unsyncedBytes() == 0 || journalFailed,
        DISK_WAIT,
        () -> {
          if (journal.unsyncedBytes() > 0) {
            connections.snapshot().forEach(Connection::journalFailed);
          }
          dismissConnections();
        });
  }

  private void dismissConnections() {
    connections.snapshot().forEach(Connection::dismiss);
    when(() -> connections.isEmpty() && executions.idle(), LAST_WAIT, stopped::countDown);
  }

  /// Goes on as soon as a condition holds, or when it has not for so long.
  private void when(BooleanSupplier condition, Duration atMost, Runnable then) {
    long deadline = System.nanoTime() + atMost.toNanos();
    poll(condition, deadline, then);
  }

  private void poll(BooleanSupplier condition, long deadline, Runnable then) {
    if (condition.getAsBoolean() || System.nanoTime() - deadline >= 0) {
      then.run();
    } else {
      var _ = loop.schedule(() -> poll(condition, deadline, then), POLL_NANOS);
    }
  }

  /// What was answered is kept; of what was not, nobody knows.
  private void journalFailed(IOException failure) {
    log.error("the journal failed, and with it the server ends: {}", failure.getMessage());
    journalFailed = true;
    network.stopListening();
    firing.stop();
    connections.end();
    connections.snapshot().forEach(Connection::journalFailed);
    if (!stopping) {
      stopping = true;
      serviceManager.stopping(LONGEST_END);
      endRuns();
    }
  }

  private void failed(Throwable cause) {
    log.error("a fault of this server; it ends", cause);
    fault = cause;
    stopNow();
  }
}
