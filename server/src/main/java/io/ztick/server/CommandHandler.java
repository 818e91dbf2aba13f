package io.ztick.server;

import io.ztick.auth.Identity;
import io.ztick.auth.Namespace;
import io.ztick.protocol.Answers;
import io.ztick.protocol.Command;
import io.ztick.protocol.ErrorCode;
import io.ztick.protocol.LineParser;
import io.ztick.protocol.Message;
import io.ztick.scheduler.Job;
import io.ztick.scheduler.MalformedRunnerException;
import io.ztick.scheduler.Outcome;
import io.ztick.scheduler.Rule;
import io.ztick.scheduler.Runner;
import io.ztick.scheduler.Scheduler;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one switch over commands: rights, then a question to the scheduler or a change of it, then
/// the answer. Confined to the loop; knows no sockets.
final class CommandHandler {
  private static final Logger log = LoggerFactory.getLogger(CommandHandler.class);

  private static final String NO_JOB = "no such job";
  private static final String NO_RULE = "no such rule";

  private final Scheduler scheduler;
  private final Gate gate;
  private final Statistics statistics;
  private final Configuration.Database limits;
  private final boolean authEnabled;

  CommandHandler(
      Scheduler scheduler,
      Gate gate,
      Statistics statistics,
      Configuration.Database limits,
      boolean authEnabled) {
    this.scheduler = scheduler;
    this.gate = gate;
    this.statistics = statistics;
    this.limits = limits;
    this.authEnabled = authEnabled;
  }

  /// Does what a client asks for and composes the answer.
  Next handle(Identity who, Message.Request request, Answers answers) {
    Runner runner = null;
    if (request.command() instanceof Command.RuleSet ruleSet) {
      runner = runner(ruleSet.clause(), request.requestId(), answers);
      if (runner == null) {
        return Next.Plain.LINE;
      }
    }
    String refusal = gate.refusal(who, request.command());
    if (refusal != null) {
      log.debug("token {}: {}: {}", who.name(), request.command(), refusal);
      answers.error(request.requestId(), ErrorCode.AUTH_DENIED, refusal);
      return Next.Plain.LINE;
    }
    return execute(who, request, runner, answers);
  }

  private Next execute(
      Identity who, Message.Request request, @Nullable Runner runner, Answers answers) {
    String id = request.requestId();
    switch (request.command()) {
      case Command.Set(var job, var nanos) ->
          settle(scheduler.plan(job, nanos), id, ErrorCode.OVERLOADED, jobLimit(), answers);
      case Command.Get(var job) -> get(job, id, answers);
      case Command.Show(var job) -> show(job, id, answers);
      case Command.Remove(var job) ->
          settle(scheduler.remove(job), id, ErrorCode.NOT_FOUND, NO_JOB, answers);
      case Command.RuleSet(var rule, var pattern, _) -> {
        boolean done = runner != null && scheduler.setRule(new Rule(rule, pattern, runner));
        settle(done, id, ErrorCode.OVERLOADED, ruleLimit(), answers);
      }
      case Command.RemoveRule(var rule) ->
          settle(scheduler.removeRule(rule), id, ErrorCode.NOT_FOUND, NO_RULE, answers);
      case Command.Query(var prefix) -> {
        return new JobListing(scheduler, id, narrowed(prefix, who.namespace()));
      }
      case Command.ListRules() -> {
        return new RuleListing(scheduler, id, who.namespace());
      }
      case Command.Stat() -> {
        statistics.compose(who, id, answers);
        answers.ok(id);
      }
      case Command.Ping() -> answers.ok(id);
      case Command.Help() -> help(id, answers);
      case Command.Auth _ -> authAgain(id, answers);
      case Command.Quit() -> {
        answers.ok(id);
        return Next.Plain.QUIT;
      }
    }
    return Next.Plain.LINE;
  }

  private static void settle(
      boolean done, @Nullable String id, ErrorCode code, String sentence, Answers answers) {
    if (done) {
      answers.ok(id);
    } else {
      answers.error(id, code, sentence);
    }
  }

  private String jobLimit() {
    return "max_jobs is " + limits.maxJobs();
  }

  private String ruleLimit() {
    return "max_rules is " + limits.maxRules();
  }

  private void get(String id, @Nullable String requestId, Answers answers) {
    Job job = scheduler.job(id);
    if (job == null) {
      answers.error(requestId, ErrorCode.NOT_FOUND, NO_JOB);
      return;
    }
    answers.beginOk(requestId).word(job.status().word()).number(job.executionNanos()).end();
  }

  private void show(String id, @Nullable String requestId, Answers answers) {
    Job job = scheduler.job(id);
    if (job == null) {
      answers.error(requestId, ErrorCode.NOT_FOUND, NO_JOB);
      return;
    }
    row(requestId, "status", job.status().word(), answers);
    row(requestId, "execution_ns", job.executionNanos(), answers);
    row(requestId, "run_id", job.runId(), answers);
    Job.Attempt attempt = job.attempt();
    if (attempt != null) {
      attempt(job, attempt, requestId, answers);
    }
    answers.ok(requestId);
  }

  private void attempt(Job job, Job.Attempt attempt, @Nullable String requestId, Answers answers) {
    Rule rule = attempt.rule();
    if (rule != null) {
      row(requestId, "rule", rule.id(), answers);
      row(requestId, "attempt", attempt.number(), answers);
    }
    scheduler.startedOf(job).ifPresent(at -> row(requestId, "started_ns", at, answers));
    Outcome outcome = attempt.outcome();
    if (outcome != null) {
      row(requestId, "ended_ns", attempt.endedNanos(), answers);
      row(requestId, "outcome", outcome.text(), answers);
    }
  }

  private static void row(@Nullable String requestId, String key, String value, Answers answers) {
    answers.begin(requestId).first(key).word(value).end();
  }

  private static void row(@Nullable String requestId, String key, long value, Answers answers) {
    answers.begin(requestId).first(key).number(value).end();
  }

  private static void help(@Nullable String requestId, Answers answers) {
    for (String usage : LineParser.usages()) {
      answers.begin(requestId).text(usage).end();
    }
    answers.ok(requestId);
  }

  private void authAgain(@Nullable String requestId, Answers answers) {
    if (authEnabled) {
      answers.error(requestId, ErrorCode.BAD_REQUEST, "already authenticated");
    } else {
      answers.ok(requestId);
    }
  }

  /// The runner that a clause describes; null when it describes none and the client has been told
  /// so.
  private static @Nullable Runner runner(
      List<String> clause, @Nullable String requestId, Answers answers) {
    String fault;
    try {
      Runner runner = Runner.parse(clause);
      if (!Runner.NOT_YET.contains(runner.name())) {
        return runner;
      }
      fault = "runner " + runner.name() + " is not available yet";
    } catch (MalformedRunnerException e) {
      fault = Answers.shown(e.word()) + " " + e.expected();
    }
    answers.error(requestId, ErrorCode.BAD_REQUEST, fault);
    return null;
  }

  /// What a prefix leaves of a namespace; null when nothing.
  private static @Nullable String narrowed(String prefix, Namespace namespace) {
    if (namespace.equals(Namespace.ALL) || prefix.startsWith(namespace.prefix())) {
      return prefix;
    }
    return namespace.prefix().startsWith(prefix) ? namespace.prefix() : null;
  }
}
