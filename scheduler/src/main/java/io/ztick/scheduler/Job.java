package io.ztick.scheduler;

import org.jspecify.annotations.Nullable;

/// A job as it is now. Owned by the {@link State} it is part of and changed only there; read it on
/// the same thread and do not keep it.
public final class Job {
  private final String id;

  /// Of the id: here it is read without following the reference to it.
  private final int hash;

  private long executionNanos;
  private long plan;
  private Status status = Status.PLANNED;
  private @Nullable Attempt attempt;

  /// Where the job stands in the {@link DueQueue}, or -1.
  int dueIndex = -1;

  /// The attempt made last for the current plan.
  ///
  /// @param number from 1; 0 when there was no run because no rule matched
  /// @param rule what was chosen for the plan; none when no rule matched
  /// @param startedNanos 0 as long as the run has not ended; until then see {@link
  ///   Scheduler#startedOf}
  /// @param endedNanos 0 as long as the run has not ended
  /// @param outcome none as long as the run has not ended
  public record Attempt(
      int number,
      @Nullable Rule rule,
      long startedNanos,
      long endedNanos,
      @Nullable Outcome outcome) {}

  Job(String id) {
    this.id = id;
    this.hash = id.hashCode();
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

  int hash() {
    return hash;
  }

  /// The number of the `SET` that the job has its time from.
  long plan() {
    return plan;
  }

  /// The attempt made last for the current plan; none while it is planned.
  public @Nullable Attempt attempt() {
    return attempt;
  }

  void planned(long newPlan, long newExecutionNanos) {
    plan = newPlan;
    executionNanos = newExecutionNanos;
    status = Status.PLANNED;
    attempt = null;
  }

  void triggered(int number, Rule rule) {
    status = Status.TRIGGERED;
    attempt = new Attempt(number, rule, 0, 0, null);
  }

  void finished(long startedNanos, long endedNanos, Outcome outcome) {
    status = outcome.success() ? Status.EXECUTED : Status.FAILED;
    Attempt made = attempt;
    attempt =
        made == null
            ? new Attempt(0, null, 0, endedNanos, outcome)
            : new Attempt(made.number, made.rule, startedNanos, endedNanos, outcome);
  }

  boolean isAt(long somePlan, int someAttempt) {
    return status == Status.TRIGGERED
        && plan == somePlan
        && attempt != null
        && attempt.number == someAttempt;
  }
}
