package io.ztick.server;

import io.ztick.auth.Identity;
import io.ztick.auth.Namespace;
import io.ztick.protocol.Answers;
import io.ztick.protocol.Command;
import io.ztick.protocol.ErrorCode;
import io.ztick.protocol.LineParser;
import io.ztick.protocol.Message;
import io.ztick.protocol.PlainLine;
import io.ztick.protocol.PlainLines;
import io.ztick.scheduler.Admission;
import io.ztick.scheduler.Job;
import io.ztick.scheduler.JobView;
import io.ztick.scheduler.MalformedRunnerException;
import io.ztick.scheduler.Outcome;
import io.ztick.scheduler.RocksJournal;
import io.ztick.scheduler.Rule;
import io.ztick.scheduler.Runner;
import io.ztick.scheduler.Scheduler;
import java.net.InetAddress;
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
  private static final String HEAP_FULL = "jobs and rules fill their half of the heap";

  private final Scheduler scheduler;
  private final @Nullable RocksJournal journal;
  private final Gate gate;
  private final Statistics statistics;
  private final Configuration.Database limits;
  private final Reloads reloads;
  private final TokenCommands tokens;
  private final TenantLimits tenantLimits;
  private final Audit audit;
  private final boolean authEnabled;

  /// What `GET` sees of a job.
  private final JobView view = new JobView();

  /// @param journal null when there is none on disk
  CommandHandler(
      Scheduler scheduler,
      @Nullable RocksJournal journal,
      Gate gate,
      Statistics statistics,
      Configuration.Database limits,
      Reloads reloads,
      TokenCommands tokens,
      TenantLimits tenantLimits,
      Audit audit,
      boolean authEnabled) {
    this.scheduler = scheduler;
    this.journal = journal;
    this.gate = gate;
    this.statistics = statistics;
    this.limits = limits;
    this.reloads = reloads;
    this.tokens = tokens;
    this.tenantLimits = tenantLimits;
    this.audit = audit;
    this.authEnabled = authEnabled;
  }

  /// Does what a client asks for and composes the answer.
  ///
  /// @param address where the client connects from
  Next handle(Identity who, InetAddress address, Message.Request request, Answers answers) {
    Runner runner = null;
    if (request.command() instanceof Command.RuleSet ruleSet) {
      runner = runner(ruleSet.clause(), request.requestId(), answers);
      if (runner == null) {
        return Next.Plain.LINE;
      }
    }
    String fault = tokens.fault(request.command());
    if (fault != null) {
      answers.error(request.requestId(), ErrorCode.BAD_REQUEST, fault);
      return Next.Plain.LINE;
    }
    String refusal = gate.refusal(who, request.command());
    if (refusal != null) {
      // The right alone: the rest of the line may hold a password, and a forged line.
      String right = String.valueOf(Gate.right(request.command()));
      log.debug("{} of token {} refused: {}", right, who.name(), refusal);
      audit.denied(who, address, right, refusal);
      answers.error(request.requestId(), ErrorCode.AUTH_DENIED, refusal);
      return Next.Plain.LINE;
    }
    return execute(who, address, request, runner, answers);
  }

  /// Does what a client asks for in the plain form, and composes the answer, without an object that
  /// would be garbage behind it.
  void handle(Identity who, InetAddress address, PlainLine line, Answers answers) {
    if (!gate.admits(who, line) || TenantLimits.bind(who)) {
      var _ = handle(who, address, line.request(), answers);
    } else if (line.isSet()) {
      set(line, answers);
    } else {
      get(line, answers);
    }
  }

  /// Prepares for lines that will be handled next, if there are several.
  void expect(Identity who, PlainLines lines) {
    if (lines.count() > 1) {
      for (int i = 0; i < lines.count(); i++) {
        PlainLine line = lines.get(i);
        if (gate.admits(who, line)) {
          scheduler.expect(line.bytes(), line.jobFrom(), line.jobTo());
        }
      }
      scheduler.fetch();
    }
  }

  private void set(PlainLine line, Answers answers) {
    Admission admission =
        scheduler.plan(line.bytes(), line.jobFrom(), line.jobTo(), line.executionNanos());
    if (admission == Admission.ADMITTED) {
      answers.okTo(line);
    } else {
      admit(admission, line.requestId(), "max_jobs", limits.maxJobs(), answers);
    }
  }

  private void get(PlainLine line, Answers answers) {
    if (!scheduler.read(line.bytes(), line.jobFrom(), line.jobTo(), view)) {
      answers.error(line.requestId(), ErrorCode.NOT_FOUND, NO_JOB);
      return;
    }
    answers.beginOkTo(line).word(view.status().word()).number(view.executionNanos()).end();
  }

  private Next execute(
      Identity who,
      InetAddress address,
      Message.Request request,
      @Nullable Runner runner,
      Answers answers) {
    String id = request.requestId();
    switch (request.command()) {
      case Command.Set set -> set(who, address, set, id, answers);
      case Command.Get(var job) -> get(job, id, answers);
      case Command.Show(var job) -> show(job, id, answers);
      case Command.Remove(var job) -> settle(scheduler.remove(job), id, NO_JOB, answers);
      case Command.RuleSet(var rule, var pattern, _) -> {
        if (runner != null) {
          setRule(who, address, new Rule(rule, pattern, runner), id, answers);
        }
      }
      case Command.RemoveRule(var rule) -> removeRule(who, address, rule, id, answers);
      case Command.Query(var prefix) -> {
        return new JobListing(scheduler, id, narrowed(prefix, who.namespace()));
      }
      case Command.Due(var limit, var prefix) -> {
        String shown = narrowed(prefix, who.namespace());
        return new DueListing(id, shown == null ? null : scheduler.due(shown, limit));
      }
      case Command.ListRules() -> {
        return new RuleListing(scheduler, id, who.namespace());
      }
      case Command.Stat() -> {
        if (!statistics.compose(who, id, answers)) {
          return new StatisticsResult(statistics, who, id);
        }
      }
      case Command.Backup(var name) -> {
        if (journal != null) {
          return BackupResult.of(journal, id, name);
        }
        answers.error(id, ErrorCode.BAD_REQUEST, "there is no journal: persistence is memory");
      }
      case Command.Reload() -> {
        return ReloadResult.of(reloads, id, who.name());
      }
      case Command.OfTokens command -> {
        return tokens.handle(who, address, command, id, answers);
      }
      case Command.WhoAmI() -> TokenCommands.whoAmI(who, id, answers);
      case Command.Can(var command, var named) -> can(who, command, named, id, answers);
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

  private void set(
      Identity who, InetAddress address, Command.Set set, @Nullable String id, Answers answers) {
    boolean isNew = TenantLimits.bind(who) && scheduler.job(set.job()) == null;
    if (!isNew || tenantLimits.admitJob(who.namespace(), address, id, answers)) {
      Admission admission = scheduler.plan(set.job(), set.executionNanos());
      admit(admission, id, "max_jobs", limits.maxJobs(), answers);
    }
  }

  private void setRule(
      Identity who, InetAddress address, Rule rule, @Nullable String id, Answers answers) {
    boolean isNew = TenantLimits.bind(who) && scheduler.rule(rule.id()) == null;
    if (isNew && !tenantLimits.admitRule(who.namespace(), address, id, answers)) {
      return;
    }
    Admission admission = scheduler.setRule(rule);
    if (admission == Admission.ADMITTED) {
      audit.ruleSet(who, address, rule);
    }
    admit(admission, id, "max_rules", limits.maxRules(), answers);
  }

  private void removeRule(
      Identity who, InetAddress address, String rule, @Nullable String id, Answers answers) {
    boolean found = scheduler.removeRule(rule);
    if (found) {
      audit.ruleRemoved(who, address, rule);
    }
    settle(found, id, NO_RULE, answers);
  }

  private static void settle(boolean found, @Nullable String id, String notFound, Answers answers) {
    if (found) {
      answers.ok(id);
    } else {
      answers.error(id, ErrorCode.NOT_FOUND, notFound);
    }
  }

  private static void admit(
      Admission admission, @Nullable String id, String limit, int value, Answers answers) {
    switch (admission) {
      case ADMITTED -> answers.ok(id);
      case TOO_MANY -> answers.error(id, ErrorCode.OVERLOADED, limit + " is " + value);
      case HEAP_FULL -> answers.error(id, ErrorCode.OVERLOADED, HEAP_FULL);
    }
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
    answers.row(requestId, "status", job.status().word());
    answers.row(requestId, "execution_ns", job.executionNanos());
    answers.row(requestId, "run_id", job.runId());
    Job.Attempt attempt = job.attempt();
    if (attempt != null) {
      attempt(job, attempt, requestId, answers);
    }
    answers.ok(requestId);
  }

  private void attempt(Job job, Job.Attempt attempt, @Nullable String requestId, Answers answers) {
    String rule = attempt.rule();
    if (rule != null) {
      answers.row(requestId, "rule", rule);
      answers.row(requestId, "attempt", attempt.number());
    }
    scheduler.startedOf(job).ifPresent(at -> answers.row(requestId, "started_ns", at));
    Outcome outcome = attempt.outcome();
    if (outcome != null) {
      answers.row(requestId, "ended_ns", attempt.endedNanos());
      answers.row(requestId, "outcome", outcome.text());
    }
  }

  private void can(
      Identity who,
      String command,
      @Nullable String named,
      @Nullable String requestId,
      Answers answers) {
    String missing = gate.refusal(who, command, named);
    if (missing == null) {
      answers.beginOk(requestId).word("yes").end();
    } else {
      answers.beginOk(requestId).word("no").word(missing).end();
    }
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
