package io.ztick.client;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// The answer to `STAT`: counts of what the client's namespace holds, and facts about the server.
/// Immutable.
public final class Statistics {
  private final Map<String, String> values;

  Statistics(Map<String, String> values) {
    this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /// How long the server has been running.
  public Duration uptime() {
    return Duration.ofNanos(number("uptime_ns"));
  }

  /// Open connections, this one among them.
  public long connections() {
    return number("connections");
  }

  public long jobsTotal() {
    return number("jobs_total");
  }

  public long jobsPlanned() {
    return number("jobs_planned");
  }

  public long jobsTriggered() {
    return number("jobs_triggered");
  }

  public long jobsExecuted() {
    return number("jobs_executed");
  }

  public long jobsFailed() {
    return number("jobs_failed");
  }

  public long rulesTotal() {
    return number("rules_total");
  }

  /// Runs that wait for a slot.
  public long executionsPending() {
    return number("executions_pending");
  }

  /// Runs that have started and not ended.
  public long executionsInFlight() {
    return number("executions_inflight");
  }

  /// `journal` or `memory`.
  public String persistence() {
    return text("persistence");
  }

  /// `running` while the journal is compacted, `idle` otherwise.
  public String compression() {
    return text("compression");
  }

  public boolean authEnabled() {
    return text("auth_enabled").equals("1");
  }

  public boolean tlsEnabled() {
    return text("tls_enabled").equals("1");
  }

  /// All keys of the answer with their values, in its order; those that this class has no method
  /// for among them.
  public Map<String, String> values() {
    return values;
  }

  @Override
  public String toString() {
    return values.toString();
  }

  private long number(String key) {
    return Numbers.parse(text(key));
  }

  private String text(String key) {
    return Rows.text(values, key);
  }
}
