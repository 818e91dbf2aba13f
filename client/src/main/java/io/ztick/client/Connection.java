package io.ztick.client;

import io.ztick.protocol.LineDecoder;
import io.ztick.protocol.LineWriter;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A socket that is logged in: lines out, lines in. One thread opens and reads it, one writes to
/// it; any may {@link #abort()} it, which ends what they do.
final class Connection {
  private static final Logger log = LoggerFactory.getLogger(Connection.class);

  /// The longest line that a server says before a client is logged in.
  private static final int MAX_GREETING_BYTES = 4096;

  /// The longest line where rules may come. The server's lines have a limit, but it is not known
  /// here.
  static final int MAX_LINE_BYTES = 1 << 26;

  /// The longest line where no rules may come.
  static final int MAX_SHORT_LINE_BYTES = 1 << 20;

  private static final int INPUT_BYTES = 1 << 16;

  private static final byte[] QUIT = "QUIT\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte TLS_ALERT = 0x15;

  private final ClientOptions options;
  private final byte[] input = new byte[INPUT_BYTES];
  private final LineDecoder decoder = new LineDecoder(MAX_GREETING_BYTES);

  /// The socket under TLS.
  private volatile Socket transport = new Socket();

  private volatile boolean aborted;
  private Socket socket = transport;
  private InputStream in = InputStream.nullInputStream();
  private OutputStream out = OutputStream.nullOutputStream();

  Connection(ClientOptions options) {
    this.options = options;
  }

  /// Connects and logs in.
  void open() {
    Endpoint endpoint = options.endpoint();
    String secret = options.token().map(Token::secret).orElse(null);
    long deadline = System.nanoTime() + options.connectTimeout().toNanos();
    try {
      connect(endpoint, deadline);
      if (endpoint.tls()) {
        socket = secured(endpoint, deadline);
      }
      in = socket.getInputStream();
      out = socket.getOutputStream();
      logIn(secret, deadline);
      socket.setSoTimeout(0);
      decoder.maxLineBytes(MAX_LINE_BYTES);
    } catch (SocketTimeoutException e) {
      abort();
      throw new ConnectionException(
          endpoint + " did not answer within " + options.connectTimeout().toMillis() + " ms", e);
    } catch (IOException e) {
      abort();
      throw new ConnectionException("no connection to " + endpoint + ": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      abort();
      throw e;
    }
  }

  /// Reads what has come; false at the end.
  boolean fill() throws IOException {
    decoder.retain();
    int count = in.read(input);
    if (count < 0) {
      return false;
    }
    decoder.offer(input, 0, count);
    return true;
  }

  /// What has come, line by line; what is left of it belongs to the next {@link #fill()}.
  LineDecoder lines() {
    return decoder;
  }

  /// Reads what has come; false at the end.
  ///
  /// @param deadline by `System.nanoTime`
  /// @throws SocketTimeoutException when nothing comes until then
  boolean fill(long deadline) throws IOException {
    socket.setSoTimeout(millisLeft(deadline));
    return fill();
  }

  void write(LineWriter lines) throws IOException {
    out.write(lines.bytes(), 0, lines.length());
  }

  /// Asks the server to end the connection.
  void quit() throws IOException {
    out.write(QUIT);
  }

  /// Ends what goes on, from any thread and at once.
  void abort() {
    aborted = true;
    try {
      // Not the TLS socket: its end would wait for a writer.
      transport.close();
    } catch (IOException e) {
      log.debug("a socket to {} does not close", options.endpoint(), e);
    }
  }

  private void connect(Endpoint endpoint, long deadline) throws IOException {
    InetAddress[] addresses;
    try {
      addresses = InetAddress.getAllByName(endpoint.host());
    } catch (UnknownHostException e) {
      throw new ConnectionException("the host of " + endpoint + " is not known", e);
    }
    IOException failure = null;
    int untried = addresses.length;
    for (InetAddress address : addresses) {
      // An address that swallows everything leaves the others their share.
      int share = Math.max(1, millisLeft(deadline) / untried--);
      try {
        connect(new InetSocketAddress(address, endpoint.port()), share);
        return;
      } catch (IOException e) {
        failure = e;
      }
    }
    throw failure == null ? new IOException("it has no address") : failure;
  }

  private void connect(InetSocketAddress address, int timeoutMillis) throws IOException {
    Socket fresh = new Socket();
    transport = fresh;
    if (aborted) {
      fresh.close();
    }
    fresh.setTcpNoDelay(true);
    try {
      fresh.connect(address, timeoutMillis);
    } catch (IOException e) {
      fresh.close();
      throw e;
    }
    socket = fresh;
  }

  private Socket secured(Endpoint endpoint, long deadline) throws IOException {
    SSLSocket tls =
        (SSLSocket)
            Trust.context(options)
                .getSocketFactory()
                .createSocket(transport, endpoint.host(), endpoint.port(), true);
    SSLParameters parameters = tls.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    tls.setSSLParameters(parameters);
    tls.setSoTimeout(millisLeft(deadline));
    try {
      tls.startHandshake();
    } catch (SSLHandshakeException e) {
      if (!(e.getCause() instanceof EOFException)) {
        throw new ConnectionException("no TLS with " + endpoint + ": " + e.getMessage(), e);
      }
      throw hungUp(endpoint, e);
    } catch (SocketException e) {
      throw hungUp(endpoint, e);
    } catch (SSLException e) {
      throw new ProtocolException(
          "what answers at " + endpoint + " speaks no TLS: ztick:// is without", e);
    }
    return tls;
  }

  private static ConnectionException hungUp(Endpoint endpoint, IOException cause) {
    return new ConnectionException(
        "no TLS with "
            + endpoint
            + ": it closed the connection; a server with too many connections does so",
        cause);
  }

  private void logIn(@Nullable String secret, long deadline) throws IOException {
    LineWriter line = new LineWriter(64);
    if (secret == null) {
      line.begin().number(0).text("PING").end();
    } else {
      line.begin().text("AUTH").quoted(secret).end();
    }
    write(line);
    LineDecoder.Found found = decoder.next();
    while (found == LineDecoder.Found.NOTHING) {
      if (!fill(deadline)) {
        throw mute();
      }
      if (input[0] == TLS_ALERT) {
        throw new ProtocolException(
            "what answers at " + options.endpoint() + " speaks TLS: use ztick+tls://", null);
      }
      found = decoder.next();
    }
    if (found == LineDecoder.Found.TOO_LONG) {
      throw noZtick();
    }
    understand(decoder.bytes(), decoder.from(), decoder.to(), secret == null ? "0 " : "");
  }

  /// Takes the answer to the login.
  private void understand(byte[] bytes, int from, int to, String prefix) {
    String line = new String(bytes, from, to - from, StandardCharsets.UTF_8);
    if (line.equals(prefix + "OK")) {
      return;
    }
    int start = line.startsWith(prefix) ? from + prefix.length() : from;
    if (Refusal.isAt(bytes, start, to)) {
      throw ZtickException.of(Refusal.parse(bytes, start, to));
    }
    throw noZtick();
  }

  private ZtickException mute() {
    String what = options.endpoint() + " closed the connection without an answer";
    return options.endpoint().tls()
        ? new ConnectionException(what, null)
        : new ProtocolException(what + "; a TLS port does so: use ztick+tls://", null);
  }

  private ProtocolException noZtick() {
    return new ProtocolException(
        "what answers at " + options.endpoint() + " is no ztick server", null);
  }

  private static int millisLeft(long deadline) throws SocketTimeoutException {
    long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    if (millis <= 0) {
      throw new SocketTimeoutException("connectTimeout");
    }
    return (int) Math.min(millis, Integer.MAX_VALUE);
  }
}
