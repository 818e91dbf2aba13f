package io.ztick.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;

/// An HTTP server that says 200 to everything and remembers how late each run came. Not a test:
/// `benchmark.py` starts it.
///
/// The argument is how many requests to expect. It prints its port; when all have come, or its
/// stdin ends, it prints an object and ends.
final class HttpSink {
  private static final long SECOND = 1_000_000_000;
  private static final int BACKLOG = 1024;
  private static final int BUFFER_BYTES = 1 << 16;
  private static final byte[] ANSWER =
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final String LENGTH = "\r\ncontent-length:";
  private static final String EXECUTION = "\r\nztick-execution-ns:";
  private static final String END = "\r\n\r\n";

  private final Selector selector;
  private final ServerSocketChannel listener;
  private final long[] lateness;
  private int count;
  private long firstNanos = Long.MAX_VALUE;
  private long lastNanos;
  private volatile boolean ended;

  /// A connection.
  private static final class Client {
    private final byte[] bytes = new byte[BUFFER_BYTES];
    private final ByteBuffer buffer = ByteBuffer.wrap(bytes);
  }

  private HttpSink(int expected) throws IOException {
    lateness = new long[expected];
    selector = Selector.open();
    listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    listener.configureBlocking(false);
    listener.register(selector, SelectionKey.OP_ACCEPT);
  }

  public static void main(String[] arguments) throws IOException {
    var sink = new HttpSink(Integer.parseInt(arguments[0]));
    Thread.ofPlatform().daemon().name("stdin").start(sink::awaitEnd);
    System.out.println(sink.listener.socket().getLocalPort());
    while (!sink.ended && sink.count < sink.lateness.length) {
      sink.selector.select(sink::ready, 100);
    }
    System.out.println(sink.toJson());
  }

  private void awaitEnd() {
    try {
      while (System.in.read() >= 0) {
        // Nothing is said there.
      }
    } catch (IOException e) {
      // That is an end as well.
    }
    ended = true;
    selector.wakeup();
  }

  private void ready(SelectionKey key) {
    try {
      if (key.isAcceptable()) {
        accept();
      } else if (key.attachment() instanceof Client client) {
        read((SocketChannel) key.channel(), client);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() throws IOException {
    for (SocketChannel client = listener.accept(); client != null; client = listener.accept()) {
      client.socket().setTcpNoDelay(true);
      client.configureBlocking(false);
      client.register(selector, SelectionKey.OP_READ, new Client());
    }
  }

  private void read(SocketChannel channel, Client client) throws IOException {
    ByteBuffer buffer = client.buffer;
    int read;
    try {
      read = channel.read(buffer);
    } catch (IOException e) {
      // The server ends connections that it has no use for.
      read = -1;
    }
    if (read < 0) {
      channel.close();
      return;
    }
    Instant now = Instant.now();
    long nanos = now.getEpochSecond() * SECOND + now.getNano();
    var text =
        new String(client.bytes, 0, buffer.position(), StandardCharsets.ISO_8859_1)
            .toLowerCase(Locale.ROOT);
    int start = 0;
    for (int end = end(text, start); end >= 0; end = end(text, start)) {
      take(nanos, number(text, EXECUTION, start, end));
      start = end;
      channel.write(ByteBuffer.wrap(ANSWER));
    }
    buffer.flip().position(start);
    buffer.compact();
  }

  /// The index behind a request, or negative if it has not come as a whole.
  private static int end(String text, int start) {
    int head = text.indexOf(END, start);
    if (head < 0) {
      return -1;
    }
    int end = head + END.length() + (int) number(text, LENGTH, start, head);
    return end <= text.length() ? end : -1;
  }

  /// The value of a header; 0 without it.
  private static long number(String text, String header, int start, int end) {
    int at = text.indexOf(header, start);
    if (at < 0 || at >= end) {
      return 0;
    }
    int from = at + header.length();
    return Long.parseLong(text.substring(from, text.indexOf("\r\n", from)).strip());
  }

  private void take(long nanos, long dueNanos) {
    if (count < lateness.length) {
      lateness[count++] = nanos - dueNanos;
      firstNanos = Math.min(firstNanos, nanos);
      lastNanos = Math.max(lastNanos, nanos);
    }
  }

  private String toJson() {
    long[] sorted = Arrays.copyOf(lateness, count);
    Arrays.sort(sorted);
    var percentiles = new StringBuilder();
    for (double percent = 0; count > 0 && 100 - percent > 50.0 / count; percent = next(percent)) {
      percentiles
          .append(percentiles.isEmpty() ? "" : ",")
          .append("[%s,%d]".formatted(percent, at(sorted, percent)));
    }
    return String.format(
        Locale.ROOT,
        "{\"requests\":%d,\"first_ns\":%d,\"last_ns\":%d,\"p50_ns\":%d,\"p99_ns\":%d,"
            + "\"p999_ns\":%d,\"max_ns\":%d,\"percentiles\":[%s]}",
        count,
        firstNanos,
        lastNanos,
        at(sorted, 50),
        at(sorted, 99),
        at(sorted, 99.9),
        at(sorted, 100),
        percentiles);
  }

  /// Five steps for each half of what is left.
  private static double next(double percent) {
    return 100 - (100 - percent) * Math.pow(0.5, 0.2);
  }

  private static long at(long[] sorted, double percent) {
    if (sorted.length == 0) {
      return 0;
    }
    int rank = (int) Math.ceil(percent / 100 * sorted.length);
    return sorted[Math.max(0, Math.min(sorted.length, rank) - 1)];
  }
}
