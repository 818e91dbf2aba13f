package io.ztick.server;

import io.netty.util.NetUtil;
import io.ztick.client.Endpoint;
import io.ztick.command.LocalServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// The server that runs with the configuration of the command line.
final class ConfiguredServer implements LocalServer {
  private final Main main;

  ConfiguredServer(Main main) {
    this.main = main;
  }

  @Override
  public boolean isNamed() {
    return main.namesFile();
  }

  @Override
  public Access access() throws IOException, InvalidConfigurationException {
    Configuration.Controller controller = main.configuration().controller();
    InetSocketAddress address = reachable(controller.listen());
    if (address.getPort() == 0) {
      throw new InvalidConfigurationException(
          List.of(
              "controller.listen: with port 0 nobody knows where the server listens; --endpoint"
                  + " can say it"));
    }
    Path certificate = controller.tlsCert();
    var endpoint =
        new Endpoint(
            NetUtil.toAddressString(address.getAddress()), address.getPort(), certificate != null);
    Optional<SSLContext> trust =
        certificate == null ? Optional.empty() : Optional.of(trusting(certificate));
    return new Access(endpoint, controller.authFile() != null, trust);
  }

  /// A server that listens on all addresses is here as well.
  private static InetSocketAddress reachable(InetSocketAddress listen) {
    return listen.getAddress().isAnyLocalAddress()
        ? new InetSocketAddress(InetAddress.getLoopbackAddress(), listen.getPort())
        : listen;
  }

  private static SSLContext trusting(Path certificate) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      var trust = new OneCertificate(Tls.chain(certificate).getFirst(), certificate);
      context.init(null, new TrustManager[] {trust}, null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IOException("controller.tls_cert: " + certificate + ": " + e.getMessage(), e);
    }
  }

  /// Trusts exactly the certificate that the configuration names, whoever signed it and whatever it
  /// is called: nobody else has its key, so a name that it should bear would prove nothing more.
  private static final class OneCertificate extends X509ExtendedTrustManager {
    private final X509Certificate trusted;
    private final Path file;

    OneCertificate(X509Certificate trusted, Path file) {
      this.trusted = trusted;
      this.file = file;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      if (chain.length == 0 || !chain[0].equals(trusted)) {
        throw new CertificateException("the server has another certificate than " + file);
      }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      throw new CertificateException("this is no server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
