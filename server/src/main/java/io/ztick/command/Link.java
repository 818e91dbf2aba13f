package io.ztick.command;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLContext;

/// A connection of a {@link Load}: blocking until {@link #nonBlocking()}. Confined to one thread.
public abstract sealed class Link implements AutoCloseable permits PlainLink, TlsLink {
  private static final int MAX_LINE_BYTES = 4096;
  private static final int UNSENT_BYTES = 1 << 14;

  final SocketChannel channel;

  /// What the socket has not taken yet, up to its position.
  private ByteBuffer unsent = ByteBuffer.allocateDirect(UNSENT_BYTES);

  Link(SocketChannel channel) {
    this.channel = channel;
  }

  /// Connects.
  ///
  /// @param timeout for the connection, and then for each blocking read
  /// @throws IOException when nobody listens there, or nobody answers
  public static Link open(String host, int port, Duration timeout) throws IOException {
    return new PlainLink(connect(host, port, Math.toIntExact(timeout.toMillis())));
  }

  /// Connects and shakes hands.
  static Link open(String host, int port, Duration timeout, SSLContext trust) throws IOException {
    SocketChannel channel = connect(host, port, Math.toIntExact(timeout.toMillis()));
    try {
      return TlsLink.shakeHands(channel, trust, host, port);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static SocketChannel connect(String host, int port, int timeoutMillis)
      throws IOException {
    IOException failure = new IOException("the host " + host + " has no address");
    for (InetAddress address : InetAddress.getAllByName(host)) {
      SocketChannel channel = SocketChannel.open();
      try {
        channel.socket().setTcpNoDelay(true);
        channel.socket().connect(new InetSocketAddress(address, port), timeoutMillis);
        channel.socket().setSoTimeout(timeoutMillis);
        return channel;
      } catch (IOException e) {
        channel.close();
        failure = e;
      }
    }
    throw failure;
  }

  /// Sends a line and reads one, before the link is non-blocking.
  ///
  /// @param line with its line feed
  /// @return without its line feed
  String ask(String line) throws IOException {
    var bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
    boolean sent = send(bytes);
    while (!sent) {
      sent = flush();
    }
    byte[] answer = new byte[MAX_LINE_BYTES];
    for (int length = 0; length < MAX_LINE_BYTES; length++) {
      if (readBlocking(answer, length) < 0) {
        throw new IOException("the server closed the connection without an answer");
      }
      if (answer[length] == '\n') {
        return new String(answer, 0, length, StandardCharsets.UTF_8);
      }
    }
    throw new IOException("what answers there is no ztick server");
  }

  /// Reads one byte, within the timeout.
  ///
  /// @return negative at the end
  abstract int readBlocking(byte[] to, int at) throws IOException;

  /// Ends blocking.
  void nonBlocking() throws IOException {
    channel.configureBlocking(false);
  }

  /// Reads what has come.
  ///
  /// @return how much; negative at the end
  abstract int read(ByteBuffer to) throws IOException;

  /// Whether there is more to read than the socket will tell of.
  abstract boolean hasMore();

  /// Sends bytes, and keeps those that the socket does not take now.
  ///
  /// @return whether none are kept; otherwise {@link #flush()} has to be called
  abstract boolean send(ByteBuffer bytes) throws IOException;

  /// Sends what was kept.
  ///
  /// @return whether nothing is kept any more
  final boolean flush() throws IOException {
    unsent.flip();
    channel.write(unsent);
    unsent.compact();
    return unsent.position() == 0;
  }

  final boolean hasUnsent() {
    return unsent.position() > 0;
  }

  /// Room for so many bytes behind what is kept.
  final ByteBuffer room(int bytes) {
    if (unsent.remaining() < bytes) {
      int capacity = Math.max(unsent.position() + bytes, 2 * unsent.capacity());
      unsent = ByteBuffer.allocateDirect(capacity).put(unsent.flip());
    }
    return unsent;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
