package io.ztick.scheduler;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Runs that wait for a slot and runs that have one. Waiting runs start round robin over rules, in
/// due order inside a rule, and one rule holds at most its share of the slots, so that hung jobs
/// delay only their own rule.
///
/// Live state: nothing of it outlives the process. At most one run of a job is here at a time,
/// waiting or running.
final class Runs {
  private static final Comparator<Run> DUE_ORDER =
      Comparator.comparingLong(Run::executionNanos).thenComparingLong(Run::plan);

  private final int maxConcurrent;
  private final int maxConcurrentPerRule;
  private final Map<String, Run> waiting = new HashMap<>();
  private final Map<String, Running> running = new HashMap<>();
  private final Map<String, Line> lines = new HashMap<>();

  /// The lines that may start a run, in turn.
  private final ArrayDeque<Line> turns = new ArrayDeque<>();

  /// A run that has started, and when, in nanoseconds since the epoch.
  record Running(Run run, long startedNanos) {}

  /// The runs of one rule.
  private static final class Line {
    final String rule;
    final TreeSet<Run> waiting = new TreeSet<>(DUE_ORDER);
    int running;
    boolean inTurn;

    Line(String rule) {
      this.rule = rule;
    }
  }

  Runs(int maxConcurrent, int maxConcurrentPerRule) {
    this.maxConcurrent = maxConcurrent;
    this.maxConcurrentPerRule = maxConcurrentPerRule;
  }

  Collection<Running> running() {
    return running.values();
  }

  @Nullable Running running(String job) {
    return running.get(job);
  }

  void admit(Run run) {
    waiting.put(run.job(), run);
    Line line = lines.computeIfAbsent(run.rule().id(), Line::new);
    line.waiting.add(run);
    takeTurn(line);
  }

  /// Drops the waiting run of a job, if there is one.
  void cancel(String job) {
    Run run = waiting.remove(job);
    if (run != null) {
      Line line = line(run);
      line.waiting.remove(run);
      forgetIfIdle(line);
    }
  }

  /// The runs to start now, at most [Scheduler#MAX_STARTS]; they hold a slot from here on.
  List<Run> start(long now) {
    List<Run> started = new ArrayList<>();
    List<Line> early = new ArrayList<>();
    while (started.size() < Scheduler.MAX_STARTS
        && running.size() < maxConcurrent
        && !turns.isEmpty()) {
      Line line = turns.removeFirst();
      line.inTurn = false;
      if (line.waiting.isEmpty()) {
        continue;
      }
      if (line.waiting.first().executionNanos() > now) {
        early.add(line);
        continue;
      }
      Run run = line.waiting.removeFirst();
      waiting.remove(run.job());
      running.put(run.job(), new Running(run, now));
      line.running++;
      takeTurn(line);
      started.add(run);
    }
    early.forEach(this::takeTurn);
    return started;
  }

  /// Gives a run's slot back.
  ///
  /// @return when it started
  long end(Run run) {
    Running ended = running.remove(run.job());
    if (ended == null || !ended.run.equals(run)) {
      throw new IllegalStateException("not running: " + run);
    }
    Line line = line(run);
    line.running--;
    takeTurn(line);
    forgetIfIdle(line);
    return ended.startedNanos;
  }

  private void takeTurn(Line line) {
    if (!line.inTurn && !line.waiting.isEmpty() && line.running < maxConcurrentPerRule) {
      line.inTurn = true;
      turns.addLast(line);
    }
  }

  private void forgetIfIdle(Line line) {
    if (line.running == 0 && line.waiting.isEmpty()) {
      lines.remove(line.rule);
      if (line.inTurn) {
        turns.remove(line);
      }
    }
  }

  private Line line(Run run) {
    Line line = lines.get(run.rule().id());
    if (line == null) {
      throw new IllegalStateException("no line for " + run);
    }
    return line;
  }
}
