package io.ztick.client;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Everything that the server knows of a job and its run: the answer to `SHOW`. Immutable.
public final class JobDetails {
  private final String id;
  private final Map<String, String> values;
  private final Status status;
  private final Instant execution;

  JobDetails(String id, Map<String, String> values) {
    this.id = id;
    this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    this.status = Status.of(values.getOrDefault("status", ""));
    this.execution = Times.instant(Numbers.parse(Rows.text(values, "execution_ns")));
  }

  public String id() {
    return id;
  }

  public Status status() {
    return status;
  }

  /// When it is planned for, to the nanosecond.
  public Instant execution() {
    return execution;
  }

  /// The id of its plan's run, the same for every attempt.
  public Optional<String> runId() {
    return text("run_id");
  }

  /// The id of the rule that was chosen when it became due.
  public Optional<String> rule() {
    return text("rule");
  }

  /// The number of the attempt, from 1.
  public OptionalInt attempt() {
    String value = values.get("attempt");
    return value == null
        ? OptionalInt.empty()
        : OptionalInt.of(Math.toIntExact(Numbers.parse(value)));
  }

  /// When the run began.
  public Optional<Instant> started() {
    return instant("started_ns");
  }

  /// When the run ended.
  public Optional<Instant> ended() {
    return instant("ended_ns");
  }

  /// How the run ended: `ok`, `exit 3`, `signal 9`, `timeout`, `status 503`, `no rule` or a short
  /// reason.
  public Optional<String> outcome() {
    return text("outcome");
  }

  /// All keys of the answer with their values, in its order; those that this class has no method
  /// for among them.
  public Map<String, String> values() {
    return values;
  }

  @Override
  public String toString() {
    return id + " " + values;
  }

  private Optional<String> text(String key) {
    return Optional.ofNullable(values.get(key));
  }

  private Optional<Instant> instant(String key) {
    return text(key).map(Numbers::parse).map(Times::instant);
  }
}
