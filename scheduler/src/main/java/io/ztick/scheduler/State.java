package io.ztick.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Collection;

/// The durable state: what a journal brings back. {@link #apply} is the only thing that alters it,
/// but for the number of plans whose jobs are gone. Confined to one thread.
final class State implements Replay {
  private final Jobs jobs;
  private final Rules rules = new Rules();
  private long lastPlan;

  State(Collection<String> namespaces) {
    jobs = new Jobs(namespaces);
  }

  Jobs jobs() {
    return jobs;
  }

  Rules rules() {
    return rules;
  }

  /// The estimated heap that jobs and rules take.
  long bytes() {
    return jobs.bytes() + rules.bytes();
  }

  /// The number of the plan made last; 0 when there was none.
  long lastPlan() {
    return lastPlan;
  }

  /// Plans have been numbered up to here.
  void numberedPlans(long last) {
    lastPlan = Math.max(lastPlan, last);
  }

  @Override
  public void apply(Change change) {
    switch (change) {
      case Change.JobPlanned planned -> {
        byte[] id = planned.job().getBytes(UTF_8);
        plan(id, 0, id.length, planned.executionNanos(), planned.plan());
      }
      case Change.JobTriggered triggered ->
          jobs.trigger(triggered.job(), triggered.attempt(), triggered.rule());
      case Change.JobFinished finished -> jobs.finish(finished);
      case Change.JobRemoved removed -> jobs.remove(removed.job());
      case Change.RuleSet set -> rules.put(set.rule());
      case Change.RuleRemoved removed -> rules.remove(removed.rule());
      case Change.OfToken _ -> throw new IllegalArgumentException("tokens are kept elsewhere");
    }
  }

  @Override
  public void planned(byte[] bytes, int from, int to, long executionNanos, long plan) {
    plan(bytes, from, to, executionNanos, plan);
  }

  /// Applies a {@link Change.JobPlanned} that nobody else has to see, so that there need not be
  /// one.
  ///
  /// @param id the bytes that hold the id, in UTF-8
  /// @return whether the job was triggered
  boolean plan(byte[] id, int from, int to, long executionNanos, long plan) {
    lastPlan = Math.max(lastPlan, plan);
    return jobs.plan(id, from, to, executionNanos, plan);
  }
}
