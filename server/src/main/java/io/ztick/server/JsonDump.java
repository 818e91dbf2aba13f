package io.ztick.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.ztick.auth.IssuedToken;
import io.ztick.auth.Rights;
import io.ztick.scheduler.Job;
import io.ztick.scheduler.Outcome;
import io.ztick.scheduler.Rule;
import io.ztick.scheduler.Status;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;

/// Rules, tokens and jobs as JSON, one object a line.
final class JsonDump implements Dump {
  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .rootValueSeparator("\n")
          // Otherwise a character beyond U+FFFF would become two escapes.
          .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
          .build();

  private final JsonGenerator json;
  private final boolean all;
  private boolean empty = true;

  /// @param all whether finished jobs are printed, too
  JsonDump(Results results, boolean all) throws IOException {
    json = JSON.createGenerator(results);
    this.all = all;
  }

  @Override
  public void rule(Rule rule, List<String> arguments) throws IOException {
    begin("rule", rule.id());
    json.writeStringField("pattern", rule.pattern());
    json.writeStringField("runner", rule.runner().name());
    json.writeArrayFieldStart("arguments");
    for (String argument : arguments) {
      json.writeString(argument);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  @Override
  public void job(Job job) throws IOException {
    boolean finished = job.status() == Status.EXECUTED || job.status() == Status.FAILED;
    if (finished && !all) {
      return;
    }
    begin("job", job.id());
    json.writeStringField("status", job.status().word());
    json.writeNumberField("execution_ns", job.executionNanos());
    json.writeStringField("run_id", job.runId());
    Job.Attempt attempt = job.attempt();
    if (attempt != null) {
      attempt(attempt);
    }
    json.writeEndObject();
  }

  @Override
  public void token(IssuedToken token) throws IOException {
    Rights rights = token.rights();
    begin("token", token.id());
    json.writeStringField("name", token.name());
    json.writeStringField("maker", token.maker());
    json.writeStringField("namespace", rights.namespace().prefix());
    json.writeStringField("commands", rights.commands().text());
    json.writeStringField("runners", rights.runners().text());
    json.writeStringField("from", rights.addresses().toString());
    json.writeStringField("note", token.note());
    json.writeNumberField("created_ns", WallClock.nanos(token.created()));
    json.writeNumberField("expires_ns", WallClock.nanos(token.expires()));
    json.writeEndObject();
  }

  private void begin(String type, String id) throws IOException {
    empty = false;
    json.writeStartObject();
    json.writeStringField("type", type);
    json.writeStringField("id", id);
  }

  private void attempt(Job.Attempt attempt) throws IOException {
    String rule = attempt.rule();
    if (rule != null) {
      json.writeStringField("rule", rule);
      json.writeNumberField("attempt", attempt.number());
    }
    Outcome outcome = attempt.outcome();
    if (outcome == null) {
      return;
    }
    // A job that no rule matched ended without a start.
    if (attempt.startedNanos() != 0) {
      json.writeNumberField("started_ns", attempt.startedNanos());
    }
    json.writeNumberField("ended_ns", attempt.endedNanos());
    json.writeStringField("outcome", outcome.text());
  }

  @Override
  public void end(PrintWriter errors) throws IOException {
    if (!empty) {
      json.writeRaw('\n');
    }
    json.flush();
  }
}
