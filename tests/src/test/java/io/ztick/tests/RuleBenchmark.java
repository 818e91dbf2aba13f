package io.ztick.tests;

import io.ztick.command.KeySpace;
import io.ztick.scheduler.Outcome;
import io.ztick.scheduler.Rule;
import io.ztick.scheduler.Run;
import io.ztick.scheduler.Runner;
import io.ztick.scheduler.Scheduler;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What it costs to find a job's rule among many, as part of the job's whole way: planned, due,
/// matched, started, ended.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RuleBenchmark {
  private static final int JOBS = 1000;

  /// How many rules there are; no two have the same pattern.
  @Param({"1", "100", "10000"})
  public int rules;

  private final KeySpace keys = new KeySpace(JOBS, 1);
  private Scheduler scheduler = StoreBenchmark.scheduler(1);
  private long now;

  /// Sets the rules. Every job has one, and most jobs have one of their own.
  @Setup
  public void setRules() {
    scheduler = StoreBenchmark.scheduler(JOBS);
    for (int i = 0; i < rules; i++) {
      String pattern = i == 0 ? "job." : StoreBenchmark.id(i - 1);
      var _ = scheduler.setRule(new Rule("r" + i, pattern, new Runner.Shell("true")));
    }
  }

  /// From SET to the outcome.
  @Benchmark
  public List<Run> planFireAndEnd() {
    now++;
    var _ = scheduler.plan(StoreBenchmark.id(keys.any()), now);
    var _ = scheduler.fire(now, 1);
    List<Run> runs = scheduler.start(now);
    for (Run run : runs) {
      scheduler.ended(run, Outcome.OK, now);
    }
    return runs;
  }
}
