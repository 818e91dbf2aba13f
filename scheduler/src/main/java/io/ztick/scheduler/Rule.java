package io.ztick.scheduler;

/// What to do for the jobs whose id starts with a pattern.
///
/// @param id 1 to 255 bytes of UTF-8
/// @param pattern as the client gave it: a prefix, of which one trailing `*` does not count
/// @param runner what is done
public record Rule(String id, String pattern, Runner runner) {

  /// What a job's id must start with: the pattern without one trailing `*`; empty matches every
  /// job.
  public String prefix() {
    return pattern.endsWith("*") ? pattern.substring(0, pattern.length() - 1) : pattern;
  }
}
