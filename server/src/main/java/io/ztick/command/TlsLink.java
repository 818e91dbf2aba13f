package io.ztick.command;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/// An encrypted connection.
final class TlsLink extends Link {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SSLEngine engine;

  /// What has come and is not decrypted yet, up to its position.
  private final ByteBuffer encrypted;

  /// What was decrypted during the handshake and {@link #readBlocking}, and nobody has read.
  private final ByteBuffer early;

  private boolean more;

  private TlsLink(SocketChannel channel, SSLEngine engine) {
    super(channel);
    this.engine = engine;
    encrypted = ByteBuffer.allocate(2 * engine.getSession().getPacketBufferSize());
    early = ByteBuffer.allocate(2 * engine.getSession().getApplicationBufferSize());
  }

  /// @param channel connected and blocking, with a timeout
  static TlsLink shakeHands(SocketChannel channel, SSLContext trust, String host, int port)
      throws IOException {
    SSLEngine engine = trust.createSSLEngine(host, port);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    engine.setSSLParameters(parameters);
    var link = new TlsLink(channel, engine);
    engine.beginHandshake();
    while (engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
      link.step();
    }
    return link;
  }

  @Override
  int readBlocking(byte[] to, int at) throws IOException {
    while (early.position() == 0) {
      step();
    }
    early.flip();
    to[at] = early.get();
    early.compact();
    return 1;
  }

  /// Does what the engine wants next, and otherwise waits for what it can decrypt.
  private void step() throws IOException {
    switch (engine.getHandshakeStatus()) {
      case NEED_TASK -> runTasks();
      case NEED_WRAP -> {
        wrap(NOTHING.duplicate());
        while (!flush()) {
          // The channel blocks.
        }
      }
      case NEED_UNWRAP, NEED_UNWRAP_AGAIN, NOT_HANDSHAKING, FINISHED -> {
        SSLEngineResult result = unwrap(early);
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
          throw new EOFException("the server closed the connection");
        }
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
          receive();
        }
      }
    }
  }

  /// Waits, within the timeout.
  private void receive() throws IOException {
    int count =
        channel
            .socket()
            .getInputStream()
            .read(encrypted.array(), encrypted.position(), encrypted.remaining());
    if (count < 0) {
      throw new EOFException("the server closed the connection");
    }
    encrypted.position(encrypted.position() + count);
  }

  @Override
  int read(ByteBuffer to) throws IOException {
    int before = to.position();
    more = false;
    if (early.position() > 0) {
      to.put(early.flip());
      early.clear();
    }
    while (true) {
      SSLEngineResult result = unwrap(to);
      switch (result.getStatus()) {
        case OK -> answerHandshake();
        case BUFFER_OVERFLOW -> {
          more = true;
          return to.position() - before;
        }
        case CLOSED -> {
          return to.position() > before ? to.position() - before : -1;
        }
        case BUFFER_UNDERFLOW -> {
          int count = channel.read(encrypted);
          if (count <= 0) {
            return to.position() > before ? to.position() - before : count;
          }
        }
      }
    }
  }

  @Override
  boolean hasMore() {
    return more;
  }

  @Override
  boolean send(ByteBuffer bytes) throws IOException {
    wrap(bytes);
    return flush();
  }

  /// A server may ask for new keys at any time.
  private void answerHandshake() throws IOException {
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> runTasks();
        case NEED_WRAP -> {
          wrap(NOTHING.duplicate());
          flush();
        }
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN, NOT_HANDSHAKING, FINISHED -> {
          return;
        }
      }
    }
  }

  private void runTasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }

  private SSLEngineResult unwrap(ByteBuffer to) throws SSLException {
    encrypted.flip();
    try {
      return engine.unwrap(encrypted, to);
    } finally {
      encrypted.compact();
    }
  }

  /// Encrypts all of the bytes, at least one record.
  private void wrap(ByteBuffer bytes) throws IOException {
    do {
      ByteBuffer room = room(engine.getSession().getPacketBufferSize());
      SSLEngineResult result = engine.wrap(bytes, room);
      if (result.getStatus() != SSLEngineResult.Status.OK) {
        throw new IOException("TLS ended: " + result.getStatus());
      }
    } while (bytes.hasRemaining());
  }
}
