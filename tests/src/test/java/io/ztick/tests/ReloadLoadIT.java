package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tokens are read again and again while many connections work.
class ReloadLoadIT {
  private static final int RELOADS = Integer.getInteger("ztick.reloads", 100);
  private static final int TOKENS = 10;
  private static final int CONNECTIONS = 50;
  private static final int BATCH = 20;

  @TempDir Path directory;
  private final AtomicBoolean ended = new AtomicBoolean();

  private static String token(String name, String lines) {
    return "[token.%1$s]\nsecret = 'the secret of %1$s'\n%2$s\n".formatted(name, lines);
  }

  /// Those that work, each time with other rights that they do not need, and one that comes and
  /// goes.
  private static String tokens(int round) {
    StringBuilder tokens = new StringBuilder(token("admin", "namespace = '*'"));
    for (int number = 0; number < TOKENS; number++) {
      tokens.append(
          token(
              "t" + number,
              "namespace = 't%d.'\nrunners = [%s]\nexpires = 22%02d-01-01T00:00:00Z"
                  .formatted(number, round % 2 == 0 ? "'http'" : "", round % 50)));
    }
    if (round % 2 == 0) {
      tokens.append(token("guest", "namespace = 'guest.'\nrunners = []"));
    }
    return tokens.toString();
  }

  @Test
  void reloads_disturb_no_valid_client_and_close_those_of_a_token_that_is_gone() throws Exception {
    List<Long> closed = new ArrayList<>();
    try (ZtickServer server = ZtickServer.in(directory).auth(tokens(0)).start();
        Wire admin = server.connect("the secret of admin");
        ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS + 1)) {
      List<Future<Long>> workers = new ArrayList<>();
      for (int number = 0; number < CONNECTIONS; number++) {
        int own = number;
        workers.add(threads.submit(ending(() -> work(server, own))));
      }
      try {
        for (int round = 1; round <= RELOADS; round++) {
          reload(server, admin, threads, round, closed);
        }
      } finally {
        ended.set(true);
      }
      long answers = 0;
      for (Future<Long> worker : workers) {
        answers += worker.get();
      }
      assertThat(answers).as("answers").isGreaterThan(CONNECTIONS);
      long[] nanos = closed.stream().mapToLong(Long::longValue).sorted().toArray();
      assertThat(nanos).hasSize(RELOADS / 2);
      System.out.println(
          """
          {"reloads":%d,"connections":%d,"answers":%d,"closed_p50_ns":%d,"closed_max_ns":%d}\
          """
              .formatted(
                  RELOADS,
                  CONNECTIONS,
                  answers,
                  nanos[nanos.length / 2],
                  Arrays.stream(nanos).max().orElseThrow()));
    }
  }

  /// A worker that fails ends the others too.
  private <T> Callable<T> ending(Callable<T> work) {
    return () -> {
      try {
        return work.call();
      } catch (Exception | AssertionError e) {
        ended.set(true);
        throw e;
      }
    };
  }

  private void reload(
      ZtickServer server, Wire admin, ExecutorService threads, int round, List<Long> closed)
      throws Exception {
    ZtickServer.replaceAuth(directory, tokens(round));
    if (round % 2 == 0) {
      assertThat(admin.rows("RELOAD")).isEmpty();
      return;
    }
    try (Wire guest = server.connect("the secret of guest")) {
      Future<Long> end =
          threads.submit(
              () -> {
                guest.expectClosed();
                return System.nanoTime();
              });
      assertThat(admin.rows("RELOAD")).isEmpty();
      long reloaded = System.nanoTime();
      closed.add(Math.max(0, end.get() - reloaded));
    }
  }

  /// Asks until the end, now and then over a new connection; returns how many answers were right.
  private Long work(ZtickServer server, int number) throws IOException {
    String token = "t" + number % TOKENS;
    String job = "%s.%d".formatted(token, number);
    long answers = 0;
    while (!ended.get()) {
      try (Wire wire = server.connect("the secret of " + token)) {
        for (int batch = 0; batch < BATCH && !ended.get(); batch++) {
          wire.write("SET %1$s 4070908800000000000\nGET %1$s\n".formatted(job).repeat(BATCH));
          for (int answer = 0; answer < BATCH; answer++) {
            wire.expect("OK").expect("OK planned 4070908800000000000");
          }
          answers += 2 * BATCH;
        }
      }
    }
    return answers;
  }
}
