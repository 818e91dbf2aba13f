package io.ztick.scheduler;

/// One attempt to do what a rule says for one plan of a job. It carries everything the doing needs,
/// so that nothing has to be looked up once it has been handed out.
///
/// @param job the job's id
/// @param executionNanos the planned time, nanoseconds since the epoch
/// @param plan the number of the accepted `SET`, positive and never used again
/// @param attempt counted from 1
/// @param rule the rule as it was when the job became due
/// @param dueNanos since when the run could have started: the planned time, or later when the plan
///   or the server came later, or the job's run before it ended later
public record Run(
    String job, long executionNanos, long plan, int attempt, Rule rule, long dueNanos) {

  /// A run that could have started at its planned time.
  public Run(String job, long executionNanos, long plan, int attempt, Rule rule) {
    this(job, executionNanos, plan, attempt, rule, executionNanos);
  }

  /// The run id, `<plan number>-<execution_ns>`: the same for every attempt of a plan.
  public String id() {
    return id(plan, executionNanos);
  }

  static String id(long plan, long executionNanos) {
    return plan + "-" + executionNanos;
  }
}
