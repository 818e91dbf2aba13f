package io.ztick.tests;

import io.ztick.client.ClientOptions;
import io.ztick.client.Endpoint;
import io.ztick.client.ZtickClient;
import java.time.Instant;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Measures how many `SET` a second one client gets answered, over 100,000 ids. Not a test: the
/// numbers say something only on a quiet machine, with the server and this program on a core each.
///
/// Arguments: the endpoint, the calls in flight, the seconds to warm up and to measure.
///
/// ```
/// taskset -c 0 bin/ztick -c memory.toml &
/// taskset -c 1 java -cp … io.ztick.tests.ClientThroughput ztick://127.0.0.1:5678 64 5 10
/// ```
final class ClientThroughput {
  private static final int IDS = 100_000;
  private static final Instant FIRST = Instant.parse("2099-04-01T12:00:00Z");
  private static final long SECOND = 1_000_000_000;

  private final LongAdder answers = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final String[] ids = new String[IDS];

  private ClientThroughput() {
    for (int id = 0; id < IDS; id++) {
      ids[id] = "deploy.daily.%09d".formatted(id);
    }
  }

  public static void main(String[] arguments) {
    ClientOptions options =
        ClientOptions.builder(Endpoint.parse(arguments[0]))
            .maxInFlight(Integer.parseInt(arguments[1]))
            .build();
    try (ZtickClient client = ZtickClient.connect(options)) {
      ClientThroughput measurement = new ClientThroughput();
      measurement.run(client, Integer.parseInt(arguments[2]));
      System.out.println(measurement.run(client, Integer.parseInt(arguments[3])));
    }
  }

  private String run(ZtickClient client, int seconds) {
    Consumer<@Nullable Throwable> count =
        failure -> (failure == null ? answers : failures).increment();
    long before = answers.sum();
    long start = System.nanoTime();
    long random = 88172645463325252L;
    while (System.nanoTime() - start < seconds * SECOND) {
      random ^= random << 13;
      random ^= random >>> 7;
      random ^= random << 17;
      int id = (int) Long.remainderUnsigned(random, IDS);
      var _ =
          client
              .setAsync(ids[id], FIRST.plusNanos(random & 0xFFFFFF))
              .whenComplete((done, failure) -> count.accept(failure));
    }
    double elapsed = (System.nanoTime() - start) / (double) SECOND;
    long answered = answers.sum() - before;
    return "%.0f a second, %d failed".formatted(answered / elapsed, failures.sum());
  }
}
