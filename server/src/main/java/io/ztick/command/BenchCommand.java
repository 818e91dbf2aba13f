package io.ztick.command;

import io.ztick.client.AccessDeniedException;
import io.ztick.client.ClientOptions;
import io.ztick.client.NotFoundException;
import io.ztick.client.ZtickClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `ztick bench`.
@Command(
    name = "bench",
    header = "Measures how fast a server answers.",
    description = {
      "",
      "Sends requests over many connections, as many again whenever those in flight are answered,"
          + " and tells how many were answered in a second and how long it took. Where get or query"
          + " are among them, the jobs are set before. The jobs stay, planned for the year 2099,"
          + " unless --clean-up is given. Ctrl-C ends it, and prints what was measured until then."
    })
final class BenchCommand implements Callable<Integer> {
  private static final int MAX_CONNECTIONS = 100_000;
  private static final int MAX_PIPELINE = 10_000;
  private static final int MAX_KEYS = 100_000_000;
  private static final Duration USUAL = Duration.ofSeconds(5);
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final Duration UNBOUNDED = Duration.ofDays(365);
  private static final int FILL_PIPELINE = 64;

  private final Session session;
  private final Interruption interruption;

  @Mixin private final Target target = new Target();

  @Option(
      names = "--connections",
      paramLabel = "N",
      description = "How many, 1 to 100000; 50 unless given.")
  private int connections = 50;

  @Option(
      names = "--pipeline",
      paramLabel = "N",
      description = "Requests in flight over each connection, 1 to 10000; 1 unless given.")
  private int pipeline = 1;

  @Option(
      names = "--keys",
      paramLabel = "N",
      description = "How many jobs they are about, 1 to 100000000; 100000 unless given.")
  private int keys = 100_000;

  @Option(
      names = {"-n", "--requests"},
      paramLabel = "N",
      description = "Ends after so many; after --duration unless given.")
  private @Nullable Long requests;

  @Option(
      names = "--duration",
      paramLabel = "DURATION",
      description = "Ends after so long, up to 1d; 5s unless this or --requests is given.")
  private @Nullable String duration;

  @Option(
      names = "--warm-up",
      paramLabel = "DURATION",
      description = "How long to send before anything is counted, up to 1d; 1s unless given.")
  private String warmUp = "1s";

  @Option(
      names = "--mix",
      paramLabel = "NAME[:N],...",
      converter = Mix.Converter.class,
      completionCandidates = Words.class,
      description =
          "What to send, each so often as N says: set, get, query (of 1000 neighbours), due, ping,"
              + " fire (planned for 0 to 2 seconds from now, by the clock of this machine; it fails"
              + " unless a rule matches); set unless given.")
  private Mix mix = Mix.only(Request.SET);

  @Option(
      names = "--fill",
      negatable = true,
      description =
          "Sets all jobs first, in a shuffled order; only for get and query unless given.")
  private @Nullable Boolean fill;

  @Option(
      names = "--prefix",
      paramLabel = "TEXT",
      description =
          "What the ids of the jobs begin with; nine digits follow. It must be inside the token's"
              + " namespace. bench. unless given.")
  private String prefix = "bench.";

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Which random requests; the same ones for the same number; 1 unless given.")
  private long seed = 1;

  @Option(names = "--clean-up", description = "Removes the jobs in the end.")
  private boolean cleanUp;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "table|json|hdr",
      converter = BenchOutput.Converter.class,
      completionCandidates = BenchOutput.Words.class,
      description =
          "For people, for programs (one object), or the percentiles of all latencies in"
              + " microseconds in the format of HdrHistogram; table unless given.")
  private BenchOutput output = BenchOutput.TABLE;

  /// What a shell completes.
  static final class Words extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    Words() {
      super(Typed.words(Request.class));
    }
  }

  BenchCommand(Session session, Interruption interruption) {
    this.session = session;
    this.interruption = interruption;
  }

  @Override
  public Integer call() throws IOException, ProfileException {
    BenchPlan plan = plan();
    ClientOptions there = target.options(session).build();
    try (ZtickClient client = ZtickClient.connect(there)) {
      requireAccess(client);
      try (BenchLinks links = BenchLinks.open(there, connections)) {
        return measure(plan, there, client, links.all());
      }
    } catch (RefusedException e) {
      return e.tell(session);
    }
  }

  private BenchPlan plan() {
    bounded("--connections", connections, MAX_CONNECTIONS);
    bounded("--pipeline", pipeline, MAX_PIPELINE);
    bounded("--keys", keys, MAX_KEYS);
    bounded("--requests", requests == null ? 1 : requests, Long.MAX_VALUE);
    if (!BenchPlan.isPrefix(prefix)) {
      throw target.wrong(
          "--prefix: 1 to %d bytes without spaces, quotes, backslashes and control characters are"
                  .formatted(BenchPlan.MAX_PREFIX_BYTES)
              + " expected");
    }
    return new BenchPlan(
        connections,
        pipeline,
        keys,
        requests == null ? Long.MAX_VALUE : requests,
        length(),
        time("--warm-up", warmUp),
        mix,
        fill == null ? mix.wantsJobs() : fill,
        prefix,
        seed);
  }

  private Duration length() {
    if (duration == null) {
      return requests == null ? USUAL : UNBOUNDED;
    }
    Duration length = time("--duration", duration);
    if (length.isZero()) {
      throw target.wrong("--duration: more than 0s is expected");
    }
    return length;
  }

  private void bounded(String option, long number, long max) {
    if (number < 1 || number > max) {
      throw target.wrong("%s: 1 to %d is expected".formatted(option, max));
    }
  }

  private Duration time(String option, String text) {
    Duration time = HumanTime.parseDuration(text);
    if (time == null || time.compareTo(LONGEST) > 0) {
      throw target.wrong(option + ": a duration up to 1d is expected, such as 500ms or 10s");
    }
    return time;
  }

  /// That the jobs would be inside the token's namespace.
  private void requireAccess(ZtickClient client) throws RefusedException {
    if (!fillsOrNames()) {
      return;
    }
    try {
      var _ = client.get(prefix + Request.NINE);
    } catch (NotFoundException e) {
      // There may be such a job, and there is none.
    } catch (AccessDeniedException e) {
      throw new RefusedException(
          Failures.sentence(e) + "; --prefix must name jobs inside of it, not " + prefix);
    }
  }

  private boolean fillsOrNames() {
    return Boolean.TRUE.equals(fill)
        || mix.parts().stream().anyMatch(part -> part.request().hasPrefix());
  }

  private int measure(BenchPlan plan, ClientOptions there, ZtickClient client, List<Link> links)
      throws IOException {
    BenchReport report = new BenchReport(session, plan, there.endpoint());
    try (Load load = new Load(links, there.answerTimeout())) {
      interruption.listen(load::stop);
      var all = new KeySpace(plan.keys(), plan.seed());
      if (plan.fill()) {
        var filling = ZtickWorkload.filling(plan.prefix(), all, session.clock());
        report.filled(load.run(filling, FILL_PIPELINE, plan.keys(), UNBOUNDED));
      }
      var workload = ZtickWorkload.of(plan.mix(), plan.prefix(), all, session.clock());
      if (report.isGoingOn() && !plan.warmUp().isZero()) {
        report.warmedUp(load.run(workload, plan.pipeline(), Long.MAX_VALUE, plan.warmUp()));
      }
      if (report.isGoingOn() && !load.isStopped()) {
        report.measured(load.run(workload, plan.pipeline(), plan.requests(), plan.duration()));
      }
      report.interrupted(load.isStopped());
    }
    if (cleanUp && plan.leavesJobs()) {
      report.removed(BenchJobs.remove(client, plan));
    }
    return report.print(output);
  }
}
