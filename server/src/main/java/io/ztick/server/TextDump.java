package io.ztick.server;

import io.ztick.auth.IssuedToken;
import io.ztick.protocol.Answers;
import io.ztick.scheduler.Job;
import io.ztick.scheduler.Rule;
import io.ztick.scheduler.Runner;
import io.ztick.scheduler.Status;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.regex.Pattern;

/// Rules and planned jobs as lines that can be sent to a server.
final class TextDump implements Dump {
  /// The longest line that a server takes unless its configuration says otherwise.
  private static final int DEFAULT_MAX_LINE_BYTES = 65_536;

  /// What is a command name, or may become one.
  private static final Pattern LIKE_A_COMMAND = Pattern.compile("[A-Z]+");

  private static final int CAPACITY = 1024;

  private final Results results;
  private final Answers line = new Answers(CAPACITY);
  private long triggered;
  private long tokens;
  private long refused;
  private long overlong;

  TextDump(Results results) {
    this.results = results;
  }

  @Override
  public void rule(Rule rule, List<String> arguments) throws IOException {
    refused += Runner.NOT_YET.contains(rule.runner().name()) ? 1 : 0;
    line.begin(null).word("RULE").word("SET").word(rule.id()).word(rule.pattern());
    line.word(rule.runner().name());
    arguments.forEach(line::word);
    print();
  }

  @Override
  public void job(Job job) throws IOException {
    triggered += job.status() == Status.TRIGGERED ? 1 : 0;
    if (job.status() != Status.PLANNED) {
      return;
    }
    // In `SET GET 5` the first word is a request id, and GET is the command. In `1 SET GET 5` SET
    // is, whatever stands behind it.
    String requestId = LIKE_A_COMMAND.matcher(job.id()).matches() ? "1" : null;
    line.begin(requestId).word("SET").word(job.id()).number(job.executionNanos());
    print();
  }

  /// Its secret is nowhere, so no line could bring it back.
  @Override
  public void token(IssuedToken token) {
    tokens++;
  }

  private void print() throws IOException {
    line.end();
    overlong += line.length() > DEFAULT_MAX_LINE_BYTES ? 1 : 0;
    results.write(line.bytes(), 0, line.length());
    line.clear();
  }

  @Override
  public void end(PrintWriter errors) throws IOException {
    results.flush();
    if (triggered > 0) {
      errors.println("ztick: triggered jobs left out: " + triggered + "; --format json has them");
    }
    if (tokens > 0) {
      errors.println("ztick: tokens left out: " + tokens + "; --format json tells of them");
    }
    if (refused > 0) {
      errors.println(
          "ztick: rules whose runner is not available yet: " + refused + "; a server refuses them");
    }
    if (overlong > 0) {
      errors.println(
          "ztick: lines of more than %d bytes: %d; a server takes them if its max_line_bytes allows"
              .formatted(DEFAULT_MAX_LINE_BYTES, overlong));
    }
  }
}
