package io.ztick.command;

import io.ztick.client.ClientOptions;
import io.ztick.client.Endpoint;
import io.ztick.client.Token;
import io.ztick.protocol.LineWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The connections of `ztick bench`, each of which the server has answered.
final class BenchLinks implements AutoCloseable {
  private final List<Link> links = new ArrayList<>();

  private BenchLinks() {}

  /// Opens so many, one after the other, and logs in over each.
  ///
  /// @throws RefusedException when there cannot be so many; then there are none
  static BenchLinks open(ClientOptions there, int count) throws IOException, RefusedException {
    var opened = new BenchLinks();
    try {
      String login = login(there);
      while (opened.links.size() < count) {
        opened.open(there, login, count);
      }
      return opened;
    } catch (RefusedException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private static String login(ClientOptions there) {
    Optional<String> secret = there.token().map(Token::secret);
    var line = new LineWriter(64).begin();
    if (secret.isPresent()) {
      line.text("AUTH").quoted(secret.get()).end();
    } else {
      line.text("PING").end();
    }
    return new String(line.bytes(), 0, line.length(), StandardCharsets.UTF_8);
  }

  private void open(ClientOptions there, String login, int count) throws RefusedException {
    Endpoint endpoint = there.endpoint();
    try {
      Link link =
          endpoint.tls()
              ? Link.open(endpoint.host(), endpoint.port(), there.connectTimeout(), there.trust())
              : Link.open(endpoint.host(), endpoint.port(), there.connectTimeout());
      links.add(link);
      String answer = link.ask(login);
      if (!answer.equals("OK")) {
        throw new RefusedException(RefusedException.sentence(answer)).of(links.size(), count);
      }
    } catch (IOException e) {
      throw RefusedException.unreached(
          "no connection to %s: %s".formatted(endpoint, e.getMessage()), links.size());
    }
  }

  List<Link> all() {
    return links;
  }

  @Override
  public void close() throws IOException {
    for (Link link : links) {
      link.close();
    }
  }
}
