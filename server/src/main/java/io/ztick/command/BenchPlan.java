package io.ztick.command;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// What `ztick bench` is asked for.
///
/// @param pipeline requests in flight over each connection
/// @param keys how many jobs they are about
/// @param fill whether the jobs are set before
/// @param prefix what their ids begin with
record BenchPlan(
    int connections,
    int pipeline,
    int keys,
    long requests,
    Duration duration,
    Duration warmUp,
    Mix mix,
    boolean fill,
    String prefix,
    long seed) {

  private static final int DIGITS = 9;
  private static final int MAX_ID_BYTES = 255;
  static final int MAX_PREFIX_BYTES = MAX_ID_BYTES - DIGITS;

  /// Whether ids that begin so need no quotes.
  static boolean isPrefix(String text) {
    return !text.isEmpty()
        && text.getBytes(StandardCharsets.UTF_8).length <= MAX_PREFIX_BYTES
        && text.chars().noneMatch(c -> " \"\\".indexOf(c) >= 0 || Character.isISOControl(c));
  }

  /// Whether there are jobs afterwards.
  boolean leavesJobs() {
    return fill || mix.leavesJobs();
  }

  String firstJob() {
    return job(0);
  }

  String lastJob() {
    return job(keys - 1);
  }

  private String job(int number) {
    String digits = Integer.toString(number);
    return prefix + "0".repeat(DIGITS - digits.length()) + digits;
  }

  /// Whether it is one of the jobs.
  boolean owns(String job) {
    return job.length() == prefix.length() + DIGITS
        && job.startsWith(prefix)
        && job.chars().skip(prefix.length()).allMatch(c -> c >= '0' && c <= '9')
        && Integer.parseInt(job, prefix.length(), job.length(), 10) < keys;
  }
}
