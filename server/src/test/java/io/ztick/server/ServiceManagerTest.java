package io.ztick.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A socket of the test stands for systemd.
class ServiceManagerTest {
  private static final String WATCHDOG = "WATCHDOG=1";
  private static final String OWN_PROCESS = "" + ProcessHandle.current().pid();

  @TempDir private Path directory;
  private final Network network = new Network();
  private final EventLoop loop = network.eventLoop();

  @AfterEach
  void close() {
    network.close();
  }

  @Test
  void the_start_asks_for_time_and_readiness_and_the_stop_are_told() throws Exception {
    try (var systemd = new NotificationSocket(path())) {
      var manager = ServiceManager.of(Map.of("NOTIFY_SOCKET", path()), loop);

      manager.starting();
      assertThat(systemd.next()).isEqualTo("STATUS=starting\nEXTEND_TIMEOUT_USEC=30000000");
      manager.ready("listening on 127.0.0.1:5678");
      assertThat(systemd.next()).isEqualTo("READY=1\nSTATUS=listening on 127.0.0.1:5678");
      manager.stopping(Duration.ofMillis(1_500));
      assertThat(systemd.next())
          .isEqualTo("STOPPING=1\nSTATUS=stopping\nEXTEND_TIMEOUT_USEC=1500000");
    }
  }

  @Test
  void a_name_that_is_no_file_is_reached() throws Exception {
    String name = "@ztick-" + UUID.randomUUID();
    try (var systemd = new NotificationSocket(name)) {
      ServiceManager.of(Map.of("NOTIFY_SOCKET", name), loop).ready("listening");

      assertThat(systemd.next()).startsWith("READY=1\n");
    }
  }

  @Test
  void the_watchdog_hears_of_the_loop_again_and_again_once_it_is_ready() throws Exception {
    try (var systemd = new NotificationSocket(path())) {
      var manager = watched("WATCHDOG_PID", OWN_PROCESS);
      manager.starting();
      assertThat(systemd.next()).startsWith("STATUS=starting\n");
      assertThat(systemd.isSilentFor(200)).as("not ready yet").isTrue();

      manager.ready("listening");

      assertThat(systemd.next()).startsWith("READY=1\n");
      for (int message = 0; message < 10; message++) {
        assertThat(systemd.next()).isEqualTo(WATCHDOG);
      }
    }
  }

  @Test
  void the_watchdog_hears_nothing_while_the_loop_is_held_up() throws Exception {
    try (var systemd = new NotificationSocket(path())) {
      watched("IGNORED", "").ready("listening");
      assertThat(systemd.next()).startsWith("READY=1\n");
      assertThat(systemd.next()).isEqualTo(WATCHDOG);
      var held = new CountDownLatch(1);
      var go = new CountDownLatch(1);
      loop.execute(
          () -> {
            held.countDown();
            awaitUninterruptibly(go);
          });
      held.await();
      // What was sent before may still be on its way.
      await().until(() -> systemd.isSilentFor(100));

      assertThat(systemd.isSilentFor(500)).isTrue();

      go.countDown();
      assertThat(systemd.next()).isEqualTo(WATCHDOG);
    }
  }

  @ParameterizedTest
  @CsvSource({"20000, 1", "many, ''", "0, ''", "-5, ''"})
  void a_watchdog_that_does_not_watch_this_process_hears_nothing(String micros, String process)
      throws Exception {
    try (var systemd = new NotificationSocket(path())) {
      var environment =
          process.isEmpty()
              ? Map.of("NOTIFY_SOCKET", path(), "WATCHDOG_USEC", micros)
              : Map.of("NOTIFY_SOCKET", path(), "WATCHDOG_USEC", micros, "WATCHDOG_PID", process);
      ServiceManager.of(environment, loop).ready("listening");

      assertThat(systemd.next()).startsWith("READY=1\n");
      assertThat(systemd.isSilentFor(300)).isTrue();
    }
  }

  @Test
  void a_service_manager_that_comes_back_hears_of_the_loop_again() throws Exception {
    var manager = watched("WATCHDOG_PID", OWN_PROCESS);
    try (var systemd = new NotificationSocket(path())) {
      manager.ready("listening");
      assertThat(systemd.next()).startsWith("READY=1\n");
    }
    Files.delete(directory.resolve("notify"));

    try (var systemd = new NotificationSocket(path())) {
      assertThat(systemd.next()).isEqualTo(WATCHDOG);
    }
  }

  @Test
  void a_service_manager_that_comes_late_hears_that_the_server_is_ready() throws Exception {
    ServiceManager.of(Map.of("NOTIFY_SOCKET", path()), loop).ready("listening");
    await().until(loop.submit(() -> {})::isSuccess);

    try (var systemd = new NotificationSocket(path())) {
      assertThat(systemd.next()).isEqualTo("READY=1\nSTATUS=listening");
    }
  }

  @Test
  void a_server_that_stops_does_not_become_ready() throws Exception {
    try (var systemd = new NotificationSocket(path())) {
      var manager = ServiceManager.of(Map.of("NOTIFY_SOCKET", path()), loop);
      manager.stopping(Duration.ofSeconds(1));
      manager.ready("listening");
      manager.stopping(Duration.ofSeconds(2));

      assertThat(systemd.next()).contains("STOPPING=1", "EXTEND_TIMEOUT_USEC=1000000");
      assertThat(systemd.next()).contains("STOPPING=1", "EXTEND_TIMEOUT_USEC=2000000");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/nowhere/notify", "@ztick-nobody-has-this-name", "relative", ""})
  void one_that_cannot_be_reached_does_not_disturb_the_loop(String address) {
    var manager =
        ServiceManager.of(Map.of("NOTIFY_SOCKET", address, "WATCHDOG_USEC", "2000"), loop);

    manager.starting();
    manager.ready("listening");
    manager.stopping(Duration.ZERO);

    await().until(loop.submit(() -> {})::isSuccess);
  }

  private ServiceManager watched(String name, String value) {
    return ServiceManager.of(
        Map.of("NOTIFY_SOCKET", path(), "WATCHDOG_USEC", "20000", name, value), loop);
  }

  private String path() {
    return directory.resolve("notify").toString();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
