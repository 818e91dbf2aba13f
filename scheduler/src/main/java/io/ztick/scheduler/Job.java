package io.ztick.scheduler;

import org.jspecify.annotations.Nullable;

/// A job as it is now. Owned by the {@link State} it is part of, or the {@link JobReader} that
/// reads it, and changed only there; read it on the same thread and do not keep it.
public final class Job {
  /// How long an id may be to be held as numbers.
  private static final int PACKED_CHARACTERS = 24;

  /// Eight times U+00FF, or a character beyond it: such ids are compared as strings.
  private static final long NOT_PACKED = -1;

  private final String id;

  /// The id once more, as numbers in this object: a look-up that has to follow the references to
  /// the string and to its bytes waits for memory twice more. A `SET` among a million jobs, 64 in
  /// flight, takes 1.2 µs with it and 1.4 µs without.
  private final int hash;

  private final boolean packed;
  private final long characters0;
  private final long characters8;
  private final long characters16;

  private long executionNanos;
  private long plan;
  private Status status = Status.PLANNED;
  private @Nullable Attempt attempt;

  /// What was chosen for the plan, as long as it may have to be done. A finished job keeps no rule
  /// alive.
  private @Nullable Rule triggeredRule;

  /// Where the job stands in the {@link JobQueue} that holds it, or -1.
  int queueIndex = -1;

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

  Job(String id) {
    this.id = id;
    hash = JobTable.hash(id);
    characters0 = packed(id, 0);
    characters8 = packed(id, 8);
    characters16 = packed(id, 16);
    packed =
        id.length() <= PACKED_CHARACTERS
            && characters0 != NOT_PACKED
            && characters8 != NOT_PACKED
            && characters16 != NOT_PACKED;
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

  /// Whether this is the job's id.
  ///
  /// @param otherHash of the other id
  boolean hasId(String other, int otherHash) {
    if (hash != otherHash) {
      return false;
    }
    return packed
        ? characters0 == packed(other, 0)
            && characters8 == packed(other, 8)
            && characters16 == packed(other, 16)
            && other.length() <= PACKED_CHARACTERS
        : id.equals(other);
  }

  /// Up to eight characters as one number. No id holds a NUL, so a shorter one has another number.
  private static long packed(String id, int from) {
    long number = 0;
    int to = Math.min(id.length(), from + 8);
    for (int i = from; i < to; i++) {
      char character = id.charAt(i);
      if (character > 0xff) {
        return NOT_PACKED;
      }
      number = (number << 8) | character;
    }
    return number;
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

  void planned(long newPlan, long newExecutionNanos) {
    plan = newPlan;
    executionNanos = newExecutionNanos;
    status = Status.PLANNED;
    attempt = null;
    triggeredRule = null;
  }

  void triggered(int number, Rule rule) {
    status = Status.TRIGGERED;
    attempt = new Attempt(number, rule.id(), 0, 0, null);
    triggeredRule = rule;
  }

  void finished(Change.JobFinished change) {
    status = change.outcome().success() ? Status.EXECUTED : Status.FAILED;
    triggeredRule = null;
    attempt =
        new Attempt(
            change.attempt(),
            change.rule(),
            change.startedNanos(),
            change.endedNanos(),
            change.outcome());
  }

  boolean isAt(long somePlan, int someAttempt) {
    return status == Status.TRIGGERED
        && plan == somePlan
        && attempt != null
        && attempt.number == someAttempt;
  }
}
