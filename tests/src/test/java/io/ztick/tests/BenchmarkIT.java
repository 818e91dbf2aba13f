package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/// The benchmarks run. What they measure with numbers so small says nothing.
class BenchmarkIT {
  private static final long BOUND_MINUTES = 15;

  @TempDir Path directory;

  private String benchmark(String... arguments) throws IOException, InterruptedException {
    Tool.assumeInstalled("python3", "python3");
    Tool.assumeInstalled("taskset", "util-linux");
    Tool.assumeInstalled("redis-server", "redis-server");
    Tool.assumeInstalled("beanstalkd", "beanstalkd");
    List<String> command = new ArrayList<>();
    command.addAll(List.of("python3", "-B", script().toString()));
    command.addAll(List.of("--ztick", ZtickServer.home().toString()));
    command.addAll(List.of("--output", directory.resolve("output").toString()));
    command.addAll(List.of("--rounds", "1", "--seconds", "0.2", "--settle", "0"));
    command.addAll(List.of(arguments));
    Path log = directory.resolve("log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    boolean ended = process.waitFor(BOUND_MINUTES, TimeUnit.MINUTES);
    process.destroy();
    String said = Files.readString(log);
    assertThat(ended).as("it ends: %s", said).isTrue();
    assertThat(process.exitValue()).as("exit code: %s", said).isZero();
    assertThat(said).doesNotContain("was skipped", "failed");
    return Files.readString(directory.resolve("output/benchmark.md"));
  }

  private static Path script() {
    return Path.of(System.getProperty("basedir", ".")).resolve("benchmark.py");
  }

  @Test
  void the_comparison_has_a_line_for_every_goal() throws Exception {
    String table =
        benchmark("--rows=set,get,latency,many,durable,query", "--jobs=2000", "--connections=60");
    assertThat(table)
        .containsPattern("\n\\| SET/s, 50 × 64 \\| [0-9.kM]+ \\| redis-set [0-9.kM]+ \\| ")
        .containsPattern("\n\\| SET/s, 50 × 1 \\| .* \\| beanstalkd-put ")
        .containsPattern("\n\\| SET, 50 × 16, CPU us \\| ")
        .containsPattern("\n\\| GET/s, 50 × 16 \\| .* redis-get .* × \\| ≥ 1.2 × (yes|\\*\\*no)")
        .containsPattern("\n\\| SET, 1 × 1, p99 \\| [0-9.]+ (us|ms) \\| ")
        .containsPattern("\n\\| SET, 60 × 1, p999 \\| ")
        .containsPattern("\n\\| durable SET/s, 8 × 64 \\| ")
        .containsPattern("\n\\| QUERY, rows/s, shuffled order \\| .* redis-zrange ")
        .containsPattern("\n\\| QUERY, rows/s, after a restart \\| ");
    assertThat(directory.resolve("output/benchmark.json")).isNotEmptyFile();
    assertThat(directory.resolve("output/set.svg"))
        .content()
        .contains("<svg ", "beanstalkd-put", "prefers-color-scheme: dark", "commit ");
  }

  @Test
  void the_other_rows_and_growth_have_theirs() throws Exception {
    String table =
        benchmark(
            "--rows=lateness,burst,processes,recovery,heap,idle,growth",
            "--jobs=2000",
            "--rules=20",
            "--runs=50",
            "--due=300",
            "--processes=20",
            "--idle=50");
    assertThat(table)
        .contains("\n| due to start, memory, idle, p50 | ", "\n| due to start, journal, 50 × 16 ")
        .contains("\n| 300 HTTP runs due in 1 s, last one after | ")
        .contains("\n| PING of another client meanwhile, max | ")
        .contains("\n| processes/s, 4 at once, one core | ")
        .contains("\n| start with 2k jobs in the journal | ")
        .contains("\n| heap for each job | ", "\n| 50 idle connections | ")
        .contains("\n| 2k jobs: query, 4 × 1, rows/s | ", "\n| 20 rules: due to start, p99 | ");
    assertThat(directory.resolve("output/lateness.svg")).content().contains("journal, loaded");
  }

  @Test
  void the_microbenchmarks_are_found_by_their_runner() {
    var list = BenchmarkList.fromResource(BenchmarkList.BENCHMARK_LIST);
    var silence = OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT);
    assertThat(list.getAll(silence, List.of()))
        .extracting(benchmark -> benchmark.getUserClassQName())
        .contains(
            "io.ztick.tests.StoreBenchmark",
            "io.ztick.tests.ParserBenchmark",
            "io.ztick.tests.RuleBenchmark");
  }
}
