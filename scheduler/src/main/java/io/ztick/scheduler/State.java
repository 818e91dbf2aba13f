package io.ztick.scheduler;

import java.util.Collection;

/// The durable state: what a journal brings back. {@link #apply} is the only thing that alters it,
/// but for the number of plans whose jobs are gone. Confined to one thread.
final class State {
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

  void apply(Change change) {
    switch (change) {
      case Change.JobPlanned planned -> {
        lastPlan = Math.max(lastPlan, planned.plan());
        jobs.plan(planned.job(), planned.executionNanos(), planned.plan());
      }
      case Change.JobTriggered triggered ->
          jobs.trigger(existing(triggered.job()), triggered.attempt(), triggered.rule());
      case Change.JobFinished finished -> jobs.finish(existing(finished.job()), finished);
      case Change.JobRemoved removed -> jobs.remove(existing(removed.job()));
      case Change.RuleSet set -> rules.put(set.rule());
      case Change.RuleRemoved removed -> rules.remove(removed.rule());
    }
  }

  private Job existing(String id) {
    Job job = jobs.get(id);
    if (job == null) {
      throw new IllegalStateException("a change of a job that does not exist: " + id);
    }
    return job;
  }
}
