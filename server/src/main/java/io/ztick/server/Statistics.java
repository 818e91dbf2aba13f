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
  private final Scheduler scheduler;
  private final @Nullable RocksJournal journal;
  private final Connections connections;
  private final boolean authEnabled;
  private final boolean tlsEnabled;
  private final long startedAt = System.nanoTime();

  /// @param journal null when there is none on disk
  Statistics(
      Scheduler scheduler,
      @Nullable RocksJournal journal,
      Connections connections,
      boolean authEnabled,
      boolean tlsEnabled) {
    this.scheduler = scheduler;
    this.journal = journal;
    this.connections = connections;
    this.authEnabled = authEnabled;
    this.tlsEnabled = tlsEnabled;
  }

  /// Composes all rows, counting what this client's namespace holds.
  void compose(Identity who, @Nullable String id, Answers answers) {
    Namespace namespace = who.namespace();
    String prefix = namespace.equals(Namespace.ALL) ? "" : namespace.prefix();
    Counts counts = scheduler.counts(prefix);
    answers.row(id, "uptime_ns", System.nanoTime() - startedAt);
    answers.row(id, "connections", connections.of(who));
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
    if (figures != null && namespace.equals(Namespace.ALL)) {
      answers.row(id, "journal_bytes", figures.bytes());
      answers.row(id, "journal_last_sync_ns", figures.lastSyncNanos());
      answers.row(id, "journal_records", figures.records());
    }
  }

  private int rules(Namespace namespace) {
    if (namespace.equals(Namespace.ALL)) {
      return scheduler.ruleCount();
    }
    List<Rule> all = scheduler.rules(null, Integer.MAX_VALUE);
    return (int) all.stream().filter(rule -> RuleListing.shows(namespace, rule)).count();
  }
}
