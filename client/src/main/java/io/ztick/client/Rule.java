package io.ztick.client;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/// What happens with the jobs whose ids start with a pattern. The longest matching pattern wins;
/// the rule is looked up when a job becomes due.
///
/// @param pattern the beginning of the jobs' ids; `*` alone matches every job
/// @param runner `shell`, `direct`, `http`, `awf` or another one that the server knows
/// @param arguments what the runner is given. In a rule that the server has listed a password
///   inside a URL is `***`
public record Rule(String id, String pattern, String runner, List<String> arguments) {

  public Rule {
    arguments = List.copyOf(arguments);
  }

  /// Runs a command by `/bin/sh -c`; the run is a success when it ends with 0.
  ///
  /// @param command one line for the shell, as it stands
  public static Rule shell(String id, String pattern, String command) {
    return new Rule(id, pattern, "shell", List.of(command));
  }

  /// Runs a program without a shell; the run is a success when it ends with 0.
  ///
  /// @param executable a path, or a name that the server looks up in its `PATH`
  public static Rule direct(String id, String pattern, String executable, String... arguments) {
    List<String> words = new ArrayList<>();
    words.add(executable);
    words.addAll(List.of(arguments));
    return new Rule(id, pattern, "direct", words);
  }

  /// Sends an HTTP request; the run is a success when the status is 200 to 299.
  ///
  /// @param method `GET`, `POST`, `PUT` or `DELETE`
  public static Rule http(String id, String pattern, String method, URI url) {
    return new Rule(id, pattern, "http", List.of(method, url.toString()));
  }
}
