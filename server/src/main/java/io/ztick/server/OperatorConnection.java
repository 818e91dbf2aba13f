package io.ztick.server;

import io.netty.util.NetUtil;
import io.ztick.protocol.Answers;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/// A connection to the server that runs with a configuration: lines out, lines in, one after the
/// other.
final class OperatorConnection implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(30);

  /// No answer of a server is longer, but what listens need not be one.
  private static final int MAX_ANSWER_BYTES = 65_536;

  private final InetSocketAddress address;
  private final Socket socket;
  private final InputStream input;

  private OperatorConnection(InetSocketAddress address, Socket socket) throws IOException {
    this.address = address;
    this.socket = socket;
    input = new BufferedInputStream(socket.getInputStream());
  }

  /// Connects to where a server with this configuration listens, by TLS when it does so.
  static OperatorConnection open(Configuration.Controller controller) throws IOException {
    InetSocketAddress address = reachable(controller.listen());
    var socket = new Socket();
    try {
      connect(socket, address);
      socket.setTcpNoDelay(true);
      Path certificate = controller.tlsCert();
      return new OperatorConnection(
          address, certificate == null ? socket : secured(socket, address, certificate));
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /// Sends a line and reads the line that answers it.
  ///
  /// @param line composed to its end
  /// @param patience how long the server may take
  String ask(Answers line, Duration patience) throws IOException {
    try {
      socket.getOutputStream().write(line.bytes(), 0, line.length());
      socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
      return answer();
    } catch (SocketTimeoutException e) {
      throw new IOException(
          "the server at " + shown(address) + " gave no answer for " + patience.toSeconds() + " s",
          e);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private String answer() throws IOException {
    var line = new ByteArrayOutputStream();
    for (int octet = input.read(); octet != '\n'; octet = input.read()) {
      if (octet < 0) {
        throw new IOException("the server at " + shown(address) + " closed without an answer");
      }
      if (line.size() == MAX_ANSWER_BYTES) {
        throw new IOException("what listens at " + shown(address) + " is no ztick server");
      }
      line.write(octet);
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  /// A server that listens on all addresses is here as well.
  private static InetSocketAddress reachable(InetSocketAddress listen) {
    return listen.getAddress().isAnyLocalAddress()
        ? new InetSocketAddress(InetAddress.getLoopbackAddress(), listen.getPort())
        : listen;
  }

  private static void connect(Socket socket, InetSocketAddress address) throws IOException {
    try {
      socket.connect(address, Math.toIntExact(CONNECT_TIMEOUT.toMillis()));
    } catch (IOException e) {
      throw new IOException("no server at " + shown(address) + ": " + e.getMessage(), e);
    }
  }

  private static Socket secured(Socket socket, InetSocketAddress address, Path certificate)
      throws IOException {
    socket.setSoTimeout(Math.toIntExact(HANDSHAKE_TIMEOUT.toMillis()));
    try {
      var secured =
          (SSLSocket)
              trusting(certificate)
                  .getSocketFactory()
                  .createSocket(socket, address.getHostString(), address.getPort(), true);
      secured.startHandshake();
      return secured;
    } catch (SocketTimeoutException | SSLException e) {
      throw new IOException(
          "no TLS with the server at %s by the certificate in %s: %s"
              .formatted(shown(address), certificate, e.getMessage()),
          e);
    }
  }

  /// Trusts exactly the certificate that the configuration names, whoever signed it and whatever it
  /// is called: nobody else has its key, so a name that it should bear would prove nothing more.
  private static SSLContext trusting(Path certificate) throws IOException {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("server", Tls.chain(certificate).getFirst());
      var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, factory.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IOException("controller.tls_cert: " + certificate + ": " + e.getMessage(), e);
    }
  }

  private static String shown(InetSocketAddress address) {
    return NetUtil.toSocketAddressString(address);
  }
}
