package io.ztick.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A server that lets clients in and then says only what a test tells it to.
final class ScriptedServer implements AutoCloseable {
  /// How long anything may take on a slow and busy machine before a test gives it up.
  static final Duration BOUND = Duration.ofSeconds(30);

  private final ServerSocket listener;
  private final Thread acceptor;
  private final BlockingQueue<Peer> peers = new LinkedBlockingQueue<>();
  private volatile String greeting = "";

  ScriptedServer() throws IOException {
    this(0);
  }

  /// One on a port that another one had.
  ScriptedServer(int port) throws IOException {
    listener = new ServerSocket();
    listener.setReuseAddress(true);
    listener.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    acceptor = Thread.ofPlatform().daemon().name("scripted server").start(this::accept);
  }

  /// Answers logins so, instead of with `OK`, and closes.
  ScriptedServer greetingWith(String text) {
    greeting = text;
    return this;
  }

  int port() {
    return listener.getLocalPort();
  }

  Endpoint endpoint() {
    return new Endpoint("127.0.0.1", port(), false);
  }

  ClientOptions.Builder options() {
    return ClientOptions.builder(endpoint())
        .backOff(Duration.ofMillis(5), Duration.ofMillis(50))
        .answerTimeout(BOUND);
  }

  /// The next connection that is logged in.
  Peer peer() throws InterruptedException {
    return Objects.requireNonNull(
        peers.poll(BOUND.toSeconds(), TimeUnit.SECONDS), "nobody has connected");
  }

  boolean hasPeer() {
    return !peers.isEmpty();
  }

  /// Ends the listener. What waits in `accept` holds it open for a moment longer.
  @Override
  public void close() throws IOException {
    listener.close();
    try {
      boolean _ = acceptor.join(BOUND);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void accept() {
    try {
      while (true) {
        logIn(new Peer(listener.accept()));
      }
    } catch (IOException e) {
      if (!listener.isClosed()) {
        throw new AssertionError(e);
      }
    }
  }

  private void logIn(Peer peer) throws IOException {
    try {
      peer.login = peer.line();
      if (!greeting.isEmpty()) {
        peer.write(greeting);
        peer.close();
      } else {
        peer.say(peer.login.startsWith("AUTH ") ? "OK" : "0 OK");
        peers.add(peer);
      }
    } catch (SocketException e) {
      peer.close();
    }
  }

  /// The server's end of a connection.
  static final class Peer implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader reader;
    private String login = "";

    private Peer(Socket socket) throws IOException {
      this.socket = socket;
      socket.setSoTimeout(Math.toIntExact(BOUND.toMillis()));
      reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    /// The line that the client logged in with.
    String login() {
      return login;
    }

    /// The next line of the client.
    String line() throws IOException {
      return Objects.requireNonNullElse(reader.readLine(), "<end>");
    }

    /// Reads so many lines of the client: an answer must not come before its line.
    Peer take(int lines) throws IOException {
      for (int i = 0; i < lines; i++) {
        line();
      }
      return this;
    }

    Peer say(String... lines) throws IOException {
      for (String line : lines) {
        write(line + "\n");
      }
      return this;
    }

    void write(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
