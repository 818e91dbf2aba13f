package io.ztick.server;

import io.ztick.auth.IssuedToken;
import io.ztick.scheduler.Job;
import io.ztick.scheduler.Rule;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;

/// A form in which rules, tokens and jobs are printed.
interface Dump {
  /// Prints a rule.
  ///
  /// @param arguments of its runner, as they may be shown
  void rule(Rule rule, List<String> arguments) throws IOException;

  /// Prints a job, if it is one of those that this form has.
  void job(Job job) throws IOException;

  /// Prints a token, if this form has any; never a secret.
  void token(IssuedToken token) throws IOException;

  /// Ends the printing.
  ///
  /// @param errors takes what was not printed, or cannot be used as it was
  void end(PrintWriter errors) throws IOException;
}
