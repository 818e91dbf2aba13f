package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// New connections beside busy ones.
class AcceptIT {
  private static final int BUSY = 1000;
  private static final int NEW = 400;

  @TempDir private Path directory;

  /// The server numbers every SET that it does. So the number of a new client's own one, less the
  /// answers that the busy ones had when it connected, tells how often each of them was served in
  /// between, however slow the clients are.
  @Test
  void a_thousand_busy_connections_do_not_keep_new_ones_waiting() throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).start();
        var busy = new BusyClients(server.port());
        var wire = server.connect()) {
      Awaitility.await().until(() -> busy.answers.get() >= 20L * BUSY);
      List<Wire> clients = new ArrayList<>();
      List<Long> answersBefore = new ArrayList<>();
      for (int i = 0; i < NEW; i++) {
        clients.add(server.connect());
        answersBefore.add(busy.answers.get());
        clients.get(i).send("SET new." + i + " 2099-04-01");
      }
      List<Long> rounds = new ArrayList<>();
      for (int i = 0; i < NEW; i++) {
        clients.get(i).expect("OK").close();
        String run = wire.table("SHOW new." + i).getOrDefault("run_id", "");
        long number = Long.parseLong(run.substring(0, run.indexOf('-')));
        rounds.add((number - answersBefore.get(i)) / BUSY);
      }
      rounds.sort(null);
      assertThat(rounds.get(NEW * 9 / 10))
          .as("rounds of the busy connections that nine of ten new ones waited for, of %s", rounds)
          .isLessThanOrEqualTo(4);
    }
  }

  /// Connections that send a SET as soon as the one before is answered.
  private static final class BusyClients implements AutoCloseable {
    private static final byte[] LINE = "SET busy 2099-04-01\n".getBytes(StandardCharsets.US_ASCII);
    private static final int ANSWER_BYTES = "OK\n".length();

    private final Selector selector = Selector.open();

    final AtomicLong answers = new AtomicLong();

    private final Thread thread = Thread.ofPlatform().unstarted(this::run);
    private volatile boolean closed;

    BusyClients(int port) throws IOException {
      var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      for (int i = 0; i < BUSY; i++) {
        SocketChannel channel = SocketChannel.open(address);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false).register(selector, SelectionKey.OP_READ);
      }
      thread.start();
    }

    private void run() {
      try {
        for (SelectionKey key : selector.keys()) {
          ask(key);
        }
        ByteBuffer buffer = ByteBuffer.allocate(64);
        while (!closed) {
          selector.select(key -> answered(key, buffer));
        }
        for (SelectionKey key : selector.keys()) {
          key.channel().close();
        }
        selector.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void answered(SelectionKey key, ByteBuffer buffer) {
      try {
        int length = ((SocketChannel) key.channel()).read(buffer.clear());
        assertThat(length).as("one whole answer").isEqualTo(ANSWER_BYTES);
        answers.incrementAndGet();
        ask(key);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void ask(SelectionKey key) throws IOException {
      int written = ((SocketChannel) key.channel()).write(ByteBuffer.wrap(LINE));
      assertThat(written).isEqualTo(LINE.length);
    }

    @Override
    public void close() {
      closed = true;
      selector.wakeup();
      try {
        thread.join(TimeUnit.SECONDS.toMillis(30));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
