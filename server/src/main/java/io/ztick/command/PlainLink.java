package io.ztick.command;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/// A connection without encryption.
final class PlainLink extends Link {
  PlainLink(SocketChannel channel) {
    super(channel);
  }

  @Override
  int readBlocking(byte[] to, int at) throws IOException {
    // The stream obeys the timeout, the channel does not.
    return channel.socket().getInputStream().read(to, at, 1);
  }

  @Override
  int read(ByteBuffer to) throws IOException {
    return channel.read(to);
  }

  @Override
  boolean hasMore() {
    return false;
  }

  @Override
  boolean send(ByteBuffer bytes) throws IOException {
    if (!hasUnsent()) {
      channel.write(bytes);
    }
    if (bytes.hasRemaining()) {
      room(bytes.remaining()).put(bytes);
    }
    return !hasUnsent();
  }
}
