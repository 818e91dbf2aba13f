package io.ztick.server;

import io.ztick.scheduler.Rule;
import io.ztick.scheduler.Run;
import io.ztick.scheduler.Runner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/// Runs to perform, and settings to perform them with.
final class RunsOfTest {

  static final Configuration.Runs DEFAULTS = Configuration.defaults().runs();

  private RunsOfTest() {}

  static Run run(Runner runner) {
    return run("job", runner);
  }

  static Run run(String job, Runner runner) {
    return new Run(job, 1_775_044_800_000_000_000L, 7, 2, new Rule("rule", "*", runner));
  }

  static Run run(Rule rule) {
    return new Run("job", 1_775_044_800_000_000_000L, 7, 2, rule);
  }

  static Configuration.Runs timeouts(Duration timeout, Duration killGrace) {
    return settings(timeout, killGrace, DEFAULTS.maxOutputBytes(), DEFAULTS.directory());
  }

  static Configuration.Runs maxOutputBytes(int bytes) {
    return settings(DEFAULTS.timeout(), DEFAULTS.killGrace(), bytes, DEFAULTS.directory());
  }

  static Configuration.Runs directory(Path directory) {
    return settings(DEFAULTS.timeout(), DEFAULTS.killGrace(), DEFAULTS.maxOutputBytes(), directory);
  }

  static Configuration.Runs httpTimeouts(Duration connectTimeout, Duration timeout) {
    return new Configuration.Runs(
        DEFAULTS.allow(),
        DEFAULTS.maxConcurrent(),
        DEFAULTS.maxConcurrentPerRule(),
        DEFAULTS.timeout(),
        DEFAULTS.killGrace(),
        DEFAULTS.stopWait(),
        DEFAULTS.maxOutputBytes(),
        DEFAULTS.environment(),
        DEFAULTS.directory(),
        connectTimeout,
        timeout);
  }

  static Configuration.Runs allowing(Set<String> runners) {
    return new Configuration.Runs(
        runners,
        DEFAULTS.maxConcurrent(),
        DEFAULTS.maxConcurrentPerRule(),
        DEFAULTS.timeout(),
        DEFAULTS.killGrace(),
        DEFAULTS.stopWait(),
        DEFAULTS.maxOutputBytes(),
        DEFAULTS.environment(),
        DEFAULTS.directory(),
        DEFAULTS.httpConnectTimeout(),
        DEFAULTS.httpTimeout());
  }

  private static Configuration.Runs settings(
      Duration timeout, Duration killGrace, int maxOutputBytes, Path directory) {
    return new Configuration.Runs(
        DEFAULTS.allow(),
        DEFAULTS.maxConcurrent(),
        DEFAULTS.maxConcurrentPerRule(),
        timeout,
        killGrace,
        DEFAULTS.stopWait(),
        maxOutputBytes,
        DEFAULTS.environment(),
        directory,
        DEFAULTS.httpConnectTimeout(),
        DEFAULTS.httpTimeout());
  }
}
