package io.ztick.tests;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.ztick.command.Digits;
import io.ztick.command.KeySpace;
import io.ztick.scheduler.Admission;
import io.ztick.scheduler.JobView;
import io.ztick.scheduler.MemoryJournal;
import io.ztick.scheduler.Scheduler;
import java.time.Duration;
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

/// What the scheduler's jobs cost, without a protocol and without a journal.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class StoreBenchmark {
  private static final String PREFIX = "job.g0123.";
  private static final long FAR = 4_078_728_000_000_000_000L;
  private static final int ROWS = 1000;

  /// Of an id, that change.
  private static final int DIGITS = 9;

  /// How many jobs there are.
  @Param({"10000", "1000000"})
  public int jobs;

  private final byte[] id = id(0).getBytes(US_ASCII);
  private final JobView view = new JobView();
  private KeySpace keys = new KeySpace(1, 1);
  private Scheduler scheduler = scheduler(1);

  /// Of a listing, and what was seen of them.
  private int rows;

  private long seen;

  static Scheduler scheduler(int jobs) {
    var limits = new Scheduler.Limits(jobs + 1, 100_000, Long.MAX_VALUE, 1, 1, Duration.ofHours(1));
    return new Scheduler(limits, new MemoryJournal(), List.of());
  }

  static String id(int number) {
    String digits = Integer.toString(number);
    return PREFIX + "0".repeat(10 - digits.length()) + digits;
  }

  /// Plans the jobs, in a shuffled order.
  @Setup
  public void fill() {
    keys = new KeySpace(jobs, 1);
    scheduler = scheduler(jobs);
    for (int i = 0; i < jobs; i++) {
      var _ = scheduler.plan(id(keys.walk()), FAR + keys.below(1_000_000_000));
    }
  }

  private void chooseId() {
    Digits.nine(id, id.length - DIGITS, keys.any());
  }

  /// The choice of an id, which the others pay for as well.
  @Benchmark
  public byte[] idAlone() {
    chooseId();
    return id;
  }

  /// SET of a job that is there.
  @Benchmark
  public Admission replan() {
    chooseId();
    return scheduler.plan(id, 0, id.length, FAR + keys.below(1_000_000_000));
  }

  /// GET.
  @Benchmark
  public JobView get() {
    chooseId();
    var _ = scheduler.read(id, 0, id.length, view);
    return view;
  }

  /// REMOVE of a job that is there, and SET of the same, which is not there any more.
  @Benchmark
  public Admission removeAndInsert() {
    chooseId();
    var _ = scheduler.remove(new String(id, US_ASCII));
    return scheduler.plan(id, 0, id.length, FAR + keys.below(1_000_000_000));
  }

  /// A thousand rows of QUERY, or those that are left.
  @Benchmark
  public long thousandRows() {
    chooseId();
    rows = 0;
    scheduler.read(
        PREFIX,
        id,
        (bytes, _, to, _, executionNanos) -> {
          seen += bytes[to - 1] + executionNanos;
          return ++rows < ROWS;
        });
    return seen;
  }
}
