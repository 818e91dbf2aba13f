package io.ztick.server;

import io.ztick.auth.Identity;
import io.ztick.auth.Namespace;
import io.ztick.protocol.Answers;
import io.ztick.scheduler.Counts;
import io.ztick.scheduler.RocksJournal;
import io.ztick.scheduler.Rule;
import io.ztick.scheduler.Scheduler;
import io.ztick.scheduler.Status;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The rows of `STAT`: the keys of the wire page in its order. Confined to the loop.
final class Statistics {

  /// A turn looks at so many jobs of a namespace that is not counted yet.
  private static final int JOBS_PER_TURN = 4096;

  private final Scheduler scheduler;
  private final @Nullable RocksJournal journal;
  private final Connections connections;
  private final boolean authEnabled;
  private final boolean tlsEnabled;
  private final Lateness lateness;
  private final LongestTurn turns;
  private final long startNanos = System.nanoTime();

  /// @param journal null when there is none on disk
  Statistics(
      Scheduler scheduler,
      @Nullable RocksJournal journal,
      Connections connections,
      boolean authEnabled,
      boolean tlsEnabled,
      Lateness lateness,
      LongestTurn turns) {
    this.scheduler = scheduler;
    this.journal = journal;
    this.connections = connections;
    this.authEnabled = authEnabled;
    this.tlsEnabled = tlsEnabled;
    this.lateness = lateness;
    this.turns = turns;
  }

  /// Composes the answer, counting what this client's namespace holds.
  ///
  /// @return whether it has: a namespace that came while the server runs takes several turns
  boolean compose(Identity who, @Nullable String id, Answers answers) {
    Namespace namespace = who.namespace();
    String prefix = namespace.equals(Namespace.ALL) ? "" : namespace.prefix();
    if (!scheduler.count(prefix, JOBS_PER_TURN)) {
      return false;
    }
    composeRows(namespace, prefix, connections.of(who), id, answers);
    answers.ok(id);
    return true;
  }

  private void composeRows(
      Namespace namespace, String prefix, int clients, @Nullable String id, Answers answers) {
    Counts counts = scheduler.counts(prefix);
    answers.row(id, "uptime_ns", System.nanoTime() - startNanos);
    answers.row(id, "connections", clients);
    answers.row(id, "jobs_total", counts.total());
    answers.row(id, "jobs_planned", counts.of(Status.PLANNED));
    answers.row(id, "jobs_triggered", counts.of(Status.TRIGGERED));
    answers.row(id, "jobs_executed", counts.of(Status.EXECUTED));
    answers.row(id, "jobs_failed", counts.of(Status.FAILED));
    answers.row(id, "rules_total", rules(namespace));
    answers.row(id, "executions_pending", scheduler.pending(prefix));
    answers.row(id, "executions_inflight", scheduler.inFlight(prefix));
    RocksJournal.Figures figures = journal == null ? null : journal.figures();
    answers.row(id, "persistence", figures == null ? "memory" : "journal");
    boolean compacting = figures != null && figures.compacting();
    answers.row(id, "compression", compacting ? "running" : "idle");
    answers.row(id, "auth_enabled", authEnabled ? 1 : 0);
    answers.row(id, "tls_enabled", tlsEnabled ? 1 : 0);
    answers.row(id, "framerate", 0);
    if (!namespace.equals(Namespace.ALL)) {
      return;
    }
    if (figures != null) {
      answers.row(id, "journal_bytes", figures.bytes());
      answers.row(id, "journal_last_sync_ns", figures.lastSyncNanos());
      answers.row(id, "journal_records", figures.records());
    }
    composePunctuality(id, answers);
  }

  /// What the runs of all namespaces bring about together: nothing for a client of one of them.
  private void composePunctuality(@Nullable String id, Answers answers) {
    long nanoTime = System.nanoTime();
    composeLateness("lateness", lateness.sinceStart(), id, answers);
    composeLateness("lateness_1m", lateness.lastMinute(nanoTime), id, answers);
    answers.row(id, "loop_max_ns", turns.sinceStart());
    answers.row(id, "loop_1m_max_ns", turns.lastMinute(nanoTime));
  }

  private static void composeLateness(
      String key, Lateness.Figures figures, @Nullable String id, Answers answers) {
    answers.row(id, key + "_runs", figures.runs());
    answers.row(id, key + "_p50_ns", figures.p50());
    answers.row(id, key + "_p99_ns", figures.p99());
    answers.row(id, key + "_p999_ns", figures.p999());
    answers.row(id, key + "_max_ns", figures.max());
  }

  private int rules(Namespace namespace) {
    if (namespace.equals(Namespace.ALL)) {
      return scheduler.ruleCount();
    }
    List<Rule> all = scheduler.rules(null, Integer.MAX_VALUE);
    return (int) all.stream().filter(rule -> RuleListing.shows(namespace, rule)).count();
  }
}
