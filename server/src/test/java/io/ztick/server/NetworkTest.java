package io.ztick.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class NetworkTest {
  @Test
  void timers_of_the_loop_have_no_slack() throws Exception {
    assumeTrue(Files.isWritable(Path.of("/proc/self/timerslack_ns")));
    try (var network = new Network()) {
      String slack =
          network.eventLoop().submit(() -> Files.readString(TimerSlack.file()).strip()).get();
      assertThat(slack).isEqualTo("1");
    }
  }

  @Test
  void turns_of_the_loop_are_measured_and_its_sleep_is_not() throws Exception {
    long busyNanos = Duration.ofMillis(50).toNanos();
    try (var network = new Network()) {
      long begun = System.nanoTime();
      var slept = new CountDownLatch(1);
      var _ = network.eventLoop().schedule(slept::countDown, 1000, TimeUnit.MILLISECONDS);
      slept.await();
      network.eventLoop().submit(() -> work(busyNanos)).get();
      // Scheduled and not submitted, or it might still belong to the same turn.
      long longest =
          network
              .eventLoop()
              .schedule(() -> network.turns().sinceStart(), 1, TimeUnit.MILLISECONDS)
              .get();
      assertThat(longest).isBetween(busyNanos, System.nanoTime() - begun - 500_000_000);
    }
  }

  private static void work(long nanos) {
    long until = System.nanoTime() + nanos;
    while (System.nanoTime() < until) {
      LockSupport.parkNanos(until - System.nanoTime());
    }
  }
}
