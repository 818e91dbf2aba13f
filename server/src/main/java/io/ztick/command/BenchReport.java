package io.ztick.command;

import com.fasterxml.jackson.core.JsonGenerator;
import io.ztick.client.Endpoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What `ztick bench` has to say in the end.
final class BenchReport {
  private static final double MICRO = 1e3;
  private static final double MILLI = 1e6;
  private static final double SECOND = 1e9;

  /// A client that needs more than this of a core is what was measured.
  private static final double BUSY = 0.95;

  private static final List<Column> COLUMNS =
      List.of(
          Column.text("command"),
          Column.text("requests"),
          new Column("requests_per_second", "PER SECOND", Column.Kind.TEXT),
          Column.text("errors"),
          Column.text("rows"),
          Column.text("p50"),
          Column.text("p90"),
          Column.text("p99"),
          new Column("p999", "P99.9", Column.Kind.TEXT),
          Column.text("max"));

  private final Session session;
  private final BenchPlan plan;
  private final Endpoint endpoint;
  private @Nullable LoadResult filled;
  private @Nullable LoadResult measured;

  /// What was said first of what went wrong.
  private @Nullable String refusal;

  private @Nullable IOException failure;
  private long warmUpRequests;
  private boolean interrupted;
  private @Nullable Long removed;

  BenchReport(Session session, BenchPlan plan, Endpoint endpoint) {
    this.session = session;
    this.plan = plan;
    this.endpoint = endpoint;
  }

  void filled(LoadResult result) {
    filled = result;
    see(result);
  }

  void warmedUp(LoadResult result) {
    warmUpRequests = result.total().requests();
    // Refusals come again when it counts.
    failure = result.failure().orElse(null);
  }

  void measured(LoadResult result) {
    measured = result;
    see(result);
  }

  void interrupted(boolean whether) {
    interrupted = whether;
  }

  /// How many jobs were removed.
  void removed(long count) {
    removed = count;
  }

  /// Whether there is a reason to go on: the connections are there, and the jobs if they are
  /// needed.
  boolean isGoingOn() {
    return failure == null && refusal == null;
  }

  private void see(LoadResult result) {
    refusal = result.firstError().orElse(refusal);
    failure = result.failure().orElse(failure);
  }

  /// Prints everything.
  ///
  /// @return the exit code
  int print(BenchOutput output) throws IOException {
    switch (output) {
      case TABLE -> table();
      case JSON -> Json.line(session, this::json);
      case HDR -> hdr();
    }
    session.out().flush();
    return tell();
  }

  private void table() throws IOException {
    session.line(
        "%s, %d connections, %d in flight over each, jobs %s to %s"
            .formatted(
                endpoint, plan.connections(), plan.pipeline(), plan.firstJob(), plan.lastJob()));
    LoadResult fill = filled;
    if (fill != null) {
      long count = fill.total().requests();
      session.line(
          "set %d jobs in %s, %s a second"
              .formatted(count, time(fill.elapsed().toNanos()), rate(fill, count)));
    }
    LoadResult result = measured;
    if (result != null) {
      table(result);
    }
    if (removed != null) {
      session.line("removed %d jobs".formatted(removed));
    } else if (plan.leavesJobs()) {
      session.line("the jobs stay; with --clean-up they are removed");
    }
  }

  private void table(LoadResult result) throws IOException {
    var rows = new TableRows(session, COLUMNS);
    for (LoadResult.Kind kind : result.kinds()) {
      rows.print(cells(result, kind));
    }
    if (result.kinds().size() > 1) {
      rows.print(cells(result, result.total()));
    }
    rows.end();
    session.line(
        "measured for %s; this client used %s of a core"
            .formatted(
                time(result.elapsed().toNanos()),
                String.format(Locale.ROOT, "%.2f", result.cores())));
    if (result.cores() > BUSY) {
      session.line("the client was busy all the time: the server may be faster than it");
    }
  }

  private static List<String> cells(LoadResult result, LoadResult.Kind kind) {
    List<String> cells = new ArrayList<>();
    cells.add(kind.name());
    cells.add(Long.toString(kind.requests()));
    cells.add(rate(result, kind.requests()));
    cells.add(Long.toString(kind.errors()));
    cells.add(Long.toString(kind.rows()));
    for (double percentile : new double[] {50, 90, 99, 99.9, 100}) {
      cells.add(time(kind.latencies().getValueAtPercentile(percentile)));
    }
    return cells;
  }

  private static String rate(LoadResult result, long count) {
    return Long.toString(Math.round(result.perSecond(count)));
  }

  /// Three digits or more of the largest unit.
  private static String time(long nanos) {
    if (nanos < MILLI) {
      return String.format(Locale.ROOT, "%.1fus", nanos / MICRO);
    }
    return nanos < SECOND
        ? String.format(Locale.ROOT, "%.2fms", nanos / MILLI)
        : String.format(Locale.ROOT, "%.2fs", nanos / SECOND);
  }

  private void json(JsonGenerator json) throws IOException {
    json.writeStringField("endpoint", endpoint.toString());
    json.writeNumberField("connections", plan.connections());
    json.writeNumberField("pipeline", plan.pipeline());
    json.writeNumberField("keys", plan.keys());
    json.writeStringField("prefix", plan.prefix());
    json.writeNumberField("seed", plan.seed());
    json.writeBooleanField("interrupted", interrupted);
    LoadResult fill = filled;
    if (fill != null) {
      long count = fill.total().requests();
      json.writeNumberField("fill_requests", count);
      json.writeNumberField("fill_elapsed_ns", fill.elapsed().toNanos());
      json.writeNumberField("fill_per_second", Math.round(fill.perSecond(count)));
    }
    json.writeNumberField("warm_up_requests", warmUpRequests);
    LoadResult result = measured;
    if (result != null) {
      result.write(json);
    }
    if (removed != null) {
      json.writeNumberField("removed_jobs", removed);
    }
    json.writeBooleanField("jobs_stay", plan.leavesJobs() && removed == null);
  }

  /// Lines that are no rows begin with `#`, as in the format itself.
  private void hdr() throws IOException {
    session.line("# " + endpoint + ", " + plan.mix().parts().size() + " kinds of requests");
    LoadResult result = measured;
    if (result != null) {
      var text = new ByteArrayOutputStream();
      try (var print = new PrintStream(text, false, StandardCharsets.UTF_8)) {
        result.total().latencies().outputPercentileDistribution(print, MICRO);
      }
      session.print(text.toString(StandardCharsets.UTF_8));
    }
    if (plan.leavesJobs() && removed == null) {
      session.line("# jobs stay: " + plan.firstJob() + " to " + plan.lastJob());
    }
  }

  private int tell() {
    if (refusal != null) {
      long errors = measured == null ? 0 : measured.total().errors();
      String sentence = RefusedException.sentence(refusal);
      session
          .errors()
          .println(
              measured == null
                  ? "ztick: the jobs could not be set: " + sentence
                  : "ztick: %d answers were ERROR, the first one %s".formatted(errors, sentence));
    }
    if (failure != null) {
      session.errors().println("ztick: the measurement ended early: " + failure.getMessage());
    }
    if (interrupted) {
      session.errors().println("ztick: the measurement was interrupted");
    }
    if (refusal != null) {
      return Failures.REFUSED;
    }
    if (failure != null) {
      return Failures.UNREACHED;
    }
    return interrupted ? Failures.REFUSED : ClientCommand.DONE;
  }
}
