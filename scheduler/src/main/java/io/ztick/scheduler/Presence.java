package io.ztick.scheduler;

/// Hears which jobs and rules there are: of each when it comes and when it goes, whatever else
/// becomes of it. Called in the middle of a change, so it must not ask for another.
public interface Presence {

  /// There is a job that there was not.
  void jobAdded(String job);

  /// A job is gone.
  void jobRemoved(String job);

  /// There is a rule that there was not.
  void ruleAdded(String rule);

  /// A rule is gone.
  void ruleRemoved(String rule);
}
