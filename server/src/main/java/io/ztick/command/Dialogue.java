package io.ztick.command;

import io.ztick.client.ClientOptions;
import io.ztick.client.Reply;
import io.ztick.client.Token;
import io.ztick.client.ZtickClient;
import io.ztick.client.ZtickException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// Lines to a server and answers from it, as on the wire. Connects when it has something to say.
/// Confined to one thread.
final class Dialogue implements AutoCloseable {
  private final Session session;
  private final ClientOptions.Builder options;
  private @Nullable ZtickClient client;

  Dialogue(Session session, ClientOptions.Builder options) {
    this.session = session;
    this.options = options;
  }

  /// The connection, made now unless there is one.
  ///
  /// @throws ZtickException when it cannot be made
  ZtickClient client() {
    ZtickClient connected = client;
    if (connected == null) {
      connected = ZtickClient.connect(options.build());
      client = connected;
    }
    return connected;
  }

  /// Sends a line and prints its answer.
  ///
  /// @return whether the answer was OK
  /// @throws ZtickException when there was no answer of the server's
  boolean say(WireLine line) throws IOException {
    try {
      if (line.fault() != null) {
        return refused(line, "bad_request", line.fault());
      }
      if (line.isAuth()) {
        logIn(String.valueOf(line.secret()));
        return answered(line, List.of());
      }
      if (line.isQuit()) {
        return answered(line, List.of());
      }
      if (line.isListing()) {
        list(line);
        return answered(line, List.of());
      }
      return answered(line, client().send(line.words()));
    } catch (ZtickException e) {
      return refused(line, e);
    }
  }

  /// Sends a line, whose answer {@link #printed} prints.
  CompletableFuture<Reply> sayAsync(WireLine line) {
    return client().sendAsync(line.words());
  }

  /// Waits for an answer and prints it.
  ///
  /// @return whether it was OK
  /// @throws ZtickException when there was no answer of the server's
  boolean printed(WireLine line, CompletableFuture<Reply> answer) throws IOException {
    try {
      return answered(line, answer.join());
    } catch (CompletionException e) {
      if (e.getCause() instanceof ZtickException failure) {
        return refused(line, failure);
      }
      throw e;
    }
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
      client = null;
    }
  }

  private void logIn(String secret) {
    close();
    options.token(Token.of(secret));
    var _ = client();
  }

  private void list(WireLine line) throws IOException {
    try (var rows = client().stream(line.words())) {
      var each = rows.iterator();
      while (each.hasNext()) {
        session.line(id(line) + Texts.row(each.next()));
      }
    }
  }

  private boolean answered(WireLine line, Reply answer) throws IOException {
    for (List<String> row : answer.rows()) {
      session.line(id(line) + Texts.row(row));
    }
    return answered(line, answer.words());
  }

  private boolean answered(WireLine line, List<String> words) throws IOException {
    String more = words.isEmpty() ? "" : " " + Texts.words(words);
    session.line(id(line) + Paint.good(session, "OK") + more);
    return true;
  }

  private boolean refused(WireLine line, ZtickException failure) throws IOException {
    String code = failure.code().orElseThrow(() -> failure);
    for (List<String> row : failure.rows()) {
      session.line(id(line) + Texts.row(row));
    }
    return refused(line, code, failure.sentence().orElse(""));
  }

  private boolean refused(WireLine line, String code, String sentence) throws IOException {
    String error = Texts.safe(("ERROR " + code + " " + sentence).strip());
    session.line(id(line) + Paint.bad(session, error));
    return false;
  }

  private static String id(WireLine line) {
    return line.requestId() == null ? "" : Texts.row(List.of(line.requestId())) + " ";
  }
}
