package io.ztick.command;

import io.ztick.client.Endpoint;
import io.ztick.client.Job;
import io.ztick.client.Statistics;
import io.ztick.client.ZtickClient;
import io.ztick.client.ZtickException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Looks at a server again and again. Confined to one thread; what it sees is not.
final class Watch {
  private final ZtickClient client;
  private final Endpoint endpoint;
  private final String prefix;
  private final IntSupplier rows;
  private @Nullable Seen before;
  private @Nullable Seen last;
  private List<Job> due = List.of();

  /// What was there when somebody looked, and how long the server had been up.
  private record Seen(Statistics counts, Duration uptime) {}

  /// What one look has shown.
  ///
  /// @param prefix what the ids of the jobs that are due begin with
  /// @param last what the server said last, if it ever said anything
  /// @param before what it had said before that, since its start
  /// @param trouble why it did not answer this time, or did not tell what is due
  record View(
      Endpoint endpoint,
      String prefix,
      @Nullable Statistics last,
      @Nullable Statistics before,
      Duration between,
      List<Job> due,
      @Nullable String trouble) {

    private static final int NUMBER_WIDTH = 12;
    private static final int TITLE_WIDTH = 10;

    private static final List<String> TITLES =
        List.of("planned", "triggered", "executed", "failed", "total");

    private static final List<ToLongFunction<Statistics>> COUNTS =
        List.of(
            Statistics::jobsPlanned,
            Statistics::jobsTriggered,
            Statistics::jobsExecuted,
            Statistics::jobsFailed,
            Statistics::jobsTotal);

    /// As text, from the top.
    List<String> lines(Session session) {
      Instant now = session.clock().instant();
      List<String> lines = new ArrayList<>();
      lines.add(head(session, now));
      if (trouble != null) {
        lines.add(Paint.bad(session, trouble));
      }
      lines.add("");
      if (last != null) {
        lines.addAll(counts(session, last));
        lines.add("");
      }
      if (!prefix.isEmpty()) {
        lines.add("due next of " + Texts.cell(prefix) + " (the counts are of all jobs)");
      }
      lines.addAll(jobs(session));
      return lines;
    }

    private String head(Session session, Instant now) {
      String where = Paint.strong(session, endpoint.toString());
      String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
      if (last == null) {
        return where + "   " + time;
      }
      return "%s   up %s   %s   connections %d   %s"
          .formatted(
              where,
              HumanTime.length(last.uptime()),
              Texts.safe(last.persistence()),
              last.connections(),
              time);
    }

    private List<String> counts(Session session, Statistics counts) {
      var titles = new StringBuilder(" ".repeat(TITLE_WIDTH));
      var numbers = new StringBuilder(padded("jobs"));
      var rates = new StringBuilder(padded("per second"));
      for (int i = 0; i < COUNTS.size(); i++) {
        long number = COUNTS.get(i).applyAsLong(counts);
        titles.append(right(TITLES.get(i)));
        numbers.append(right(String.format(Locale.ROOT, "%,d", number)));
        rates.append(right(rate(COUNTS.get(i), number)));
      }
      List<String> lines = new ArrayList<>();
      lines.add(Paint.faint(session, titles.toString()));
      lines.add(numbers.toString());
      lines.add(rates.toString());
      lines.add(
          "runs      %,d waiting, %,d running   rules %,d"
              .formatted(
                  counts.executionsPending(), counts.executionsInFlight(), counts.rulesTotal()));
      // Only a token of all namespaces is told.
      if (counts.values().containsKey("lateness_1m_runs")) {
        lines.add(
            "late      p50 %s   p99 %s   max %s   of %s runs in the last minute"
                .formatted(
                    length(counts, "lateness_1m_p50_ns"),
                    length(counts, "lateness_1m_p99_ns"),
                    length(counts, "lateness_1m_max_ns"),
                    Texts.safe(counts.values().get("lateness_1m_runs"))));
      }
      return lines;
    }

    private static String length(Statistics counts, String key) {
      Long nanos = Numbers.parse(counts.values().getOrDefault(key, ""));
      return nanos == null ? "-" : HumanTime.length(Duration.ofNanos(nanos));
    }

    private String rate(ToLongFunction<Statistics> count, long now) {
      if (before == null || !between.isPositive()) {
        return "-";
      }
      double seconds = between.toNanos() / 1e9;
      double rate = (now - count.applyAsLong(before)) / seconds;
      return rate == 0 ? "0" : String.format(Locale.ROOT, "%+,.1f", rate);
    }

    private List<String> jobs(Session session) {
      if (last != null && due.isEmpty()) {
        return List.of("nothing is due");
      }
      var table = new TableRows(session, Output.JOBS);
      for (Job job : due) {
        table.keep(List.of(job.id(), job.status().word(), nanos(job.execution())));
      }
      List<String> lines = new ArrayList<>(table.lines());
      lines.set(0, Paint.faint(session, lines.getFirst()));
      return due.isEmpty() ? List.of() : lines;
    }

    private static String nanos(Instant time) {
      long second = time.getEpochSecond();
      // All times of a server fit.
      return Long.toString(second * 1_000_000_000 + time.getNano());
    }

    private static String padded(String title) {
      return title + " ".repeat(TITLE_WIDTH - title.length());
    }

    private static String right(String text) {
      return " ".repeat(Math.max(1, NUMBER_WIDTH - text.length())) + text;
    }
  }

  /// @param rows how many of the next jobs to ask for, asked before each look
  Watch(ZtickClient client, Endpoint endpoint, String prefix, IntSupplier rows) {
    this.client = client;
    this.endpoint = endpoint;
    this.prefix = prefix;
    this.rows = rows;
  }

  /// Looks once; that the server does not answer is a thing to see.
  View look() {
    String trouble = null;
    try {
      Seen then = last;
      before = null;
      Statistics counts = client.stat();
      before = then;
      last = new Seen(counts, counts.uptime());
      due = client.due(Math.clamp(rows.getAsInt(), 1, DueCommand.MOST), prefix);
    } catch (ZtickException e) {
      trouble = trouble(e);
    }
    Seen now = last;
    Seen then = before;
    boolean same = now != null && then != null && then.uptime().compareTo(now.uptime()) < 0;
    return new View(
        endpoint,
        prefix,
        now == null ? null : now.counts(),
        same && then != null ? then.counts() : null,
        same && now != null && then != null ? now.uptime().minus(then.uptime()) : Duration.ZERO,
        due,
        trouble);
  }

  private static String trouble(ZtickException failure) {
    String sentence = Failures.sentence(failure);
    return failure.code().isPresent() ? sentence : "no connection, trying again (" + sentence + ")";
  }
}
