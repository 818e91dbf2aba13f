package io.ztick.tests;

import io.ztick.protocol.LineParser;
import io.ztick.protocol.Message;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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

/// What it costs to read a line.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ParserBenchmark {
  private static final long NOW = 1_795_356_440_499_590_736L;

  /// The line.
  @Param({
    "r000000001 SET deploy.daily.000000001 4078728000000000001",
    "SET deploy.daily.000000001 2099-04-01 12:00:00",
    "SET deploy.daily.000000001 +1h30m",
    "r000000001 GET deploy.daily.000000001",
    "r000000001 QUERY deploy.daily.000",
    "RULE SET r deploy. shell \"echo \\\"$ZTICK_JOB_ID\\\" >> /tmp/jobs.txt\""
  })
  public String line = "";

  private final LineParser parser = new LineParser();
  private byte[] bytes = {};

  /// Makes bytes of the line.
  @Setup
  public void encode() {
    bytes = line.getBytes(StandardCharsets.UTF_8);
  }

  /// From bytes to a command.
  @Benchmark
  public @Nullable Message parse() {
    return parser.parse(bytes, 0, bytes.length, NOW);
  }
}
