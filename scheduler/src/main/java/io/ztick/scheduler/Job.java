package io.ztick.scheduler;

import org.jspecify.annotations.Nullable;

/// A job as it was when somebody looked.
public final class Job {
  private final String id;
  private final long executionNanos;
  private final long plan;
  private final Status status;
  private final @Nullable Attempt attempt;
  private final @Nullable Rule triggeredRule;

  /// The attempt made last for the current plan.
  ///
  /// @param number from 1; 0 when there was no run because no rule matched
  /// @param rule the id of what was chosen for the plan; none when no rule matched
  /// @param startedNanos 0 as long as the run has not ended; until then see {@link
  ///   Scheduler#startedOf}
  /// @param endedNanos 0 as long as the run has not ended
  /// @param outcome none as long as the run has not ended
  public record Attempt(
      int number,
      @Nullable String rule,
      long startedNanos,
      long endedNanos,
      @Nullable Outcome outcome) {}

  private Job(
      String id,
      long executionNanos,
      long plan,
      Status status,
      @Nullable Attempt attempt,
      @Nullable Rule triggeredRule) {
    this.id = id;
    this.executionNanos = executionNanos;
    this.plan = plan;
    this.status = status;
    this.attempt = attempt;
    this.triggeredRule = triggeredRule;
  }

  static Job planned(String id, long executionNanos, long plan) {
    return new Job(id, executionNanos, plan, Status.PLANNED, null, null);
  }

  Job triggered(int number, Rule rule) {
    var triggered = new Attempt(number, rule.id(), 0, 0, null);
    return new Job(id, executionNanos, plan, Status.TRIGGERED, triggered, rule);
  }

  Job finished(
      int number, @Nullable String rule, long startedNanos, long endedNanos, Outcome outcome) {
    Status finished = outcome.success() ? Status.EXECUTED : Status.FAILED;
    var last = new Attempt(number, rule, startedNanos, endedNanos, outcome);
    return new Job(id, executionNanos, plan, finished, last, null);
  }

  /// The id, 1 to 255 bytes of UTF-8.
  public String id() {
    return id;
  }

  /// The planned time in nanoseconds since the epoch.
  public long executionNanos() {
    return executionNanos;
  }

  /// Where the job is in its life.
  public Status status() {
    return status;
  }

  /// What every run of the current plan is called.
  public String runId() {
    return Run.id(plan, executionNanos);
  }

  /// The number of the `SET` that the job has its time from.
  long plan() {
    return plan;
  }

  /// The attempt made last for the current plan; none while it is planned.
  public @Nullable Attempt attempt() {
    return attempt;
  }

  /// What was chosen for the plan; none unless it is triggered.
  @Nullable Rule triggeredRule() {
    return triggeredRule;
  }

  boolean isAt(long somePlan, int someAttempt) {
    return status == Status.TRIGGERED
        && plan == somePlan
        && attempt != null
        && attempt.number == someAttempt;
  }
}
