package io.ztick.client;

import io.ztick.protocol.LineDecoder;
import io.ztick.protocol.LineWriter;
import io.ztick.protocol.Words;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// The rows of a listing command, read from a connection of their own while they are consumed: who
/// reads slowly holds up nobody else, and nothing is stored.
final class Listing<T> extends Spliterators.AbstractSpliterator<T> {
  private static final byte[] REQUEST_ID = {'1', ' '};

  private final Pipeline pipeline;
  private final ClientOptions options;
  private final List<String> command;
  private final Function<List<String>, T> reading;
  private final Words words = new Words();
  private @Nullable Connection connection;
  private boolean ended;

  private Listing(Pipeline pipeline, List<String> command, Function<List<String>, T> reading) {
    super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
    this.pipeline = pipeline;
    this.options = pipeline.options();
    this.command = command;
    this.reading = reading;
  }

  /// A stream that connects when it is consumed.
  static <T> Stream<T> stream(
      Pipeline pipeline, List<String> command, Function<List<String>, T> reading) {
    Listing<T> listing = new Listing<>(pipeline, command, reading);
    return StreamSupport.stream(listing, false).onClose(listing::end);
  }

  @Override
  public boolean tryAdvance(Consumer<? super T> action) {
    if (ended) {
      return false;
    }
    T value;
    try {
      List<String> row = next();
      if (row == null) {
        end();
        return false;
      }
      value = reading.apply(row);
    } catch (SocketTimeoutException e) {
      end();
      throw new ConnectionException(
          options.endpoint()
              + " did not go on within "
              + options.answerTimeout().toMillis()
              + " ms",
          e);
    } catch (IOException e) {
      end();
      throw new ConnectionException(
          pipeline.closed()
              ? "the client was closed while the listing was read"
              : "the connection to " + options.endpoint() + " was lost: " + e.getMessage(),
          e);
    } catch (RuntimeException | Error e) {
      end();
      throw e;
    }
    try {
      action.accept(value);
    } catch (RuntimeException | Error e) {
      // Nobody will read on, and not everybody closes a stream.
      end();
      throw e;
    }
    return true;
  }

  /// The next row; null behind the last one.
  private @Nullable List<String> next() throws IOException {
    Connection from = connection == null ? open() : connection;
    LineDecoder lines = from.lines();
    LineDecoder.Found found = lines.next();
    // For the whole row: bytes that trickle are no progress.
    long deadline = System.nanoTime() + options.answerTimeout().toNanos();
    while (found == LineDecoder.Found.NOTHING) {
      if (!from.fill(deadline)) {
        throw new IOException("the server closed it before the end of the listing");
      }
      found = lines.next();
    }
    if (found == LineDecoder.Found.TOO_LONG) {
      throw new ProtocolException("a line of the listing is too long", null);
    }
    return row(lines.bytes(), lines.from(), lines.to());
  }

  private Connection open() throws IOException {
    Connection fresh = new Connection(options);
    connection = fresh;
    pipeline.addListing(fresh);
    fresh.open();
    LineWriter lines = new LineWriter(64);
    lines.begin().number(1);
    command.forEach(lines::word);
    lines.end();
    // The server ends the connection itself: under TLS too both sides then know that all was said.
    lines.begin().text("QUIT").end();
    fresh.write(lines);
    return fresh;
  }

  private @Nullable List<String> row(byte[] bytes, int from, int to) {
    if (Refusal.isAt(bytes, from, to)) {
      throw ZtickException.of(Refusal.parse(bytes, from, to));
    }
    int start = from + REQUEST_ID.length;
    if (start > to || bytes[from] != REQUEST_ID[0] || bytes[from + 1] != REQUEST_ID[1]) {
      throw new ProtocolException("an answer to request 1 is expected", null);
    }
    if (Refusal.isAt(bytes, start, to)) {
      throw ZtickException.of(Refusal.parse(bytes, start, to));
    }
    if (AnswerReader.isOk(bytes, start, to)) {
      return null;
    }
    words.split(bytes, start, to);
    if (words.fault() != null) {
      throw new ProtocolException("a row cannot be read: " + words.fault(), null);
    }
    return words.texts(0);
  }

  private void end() {
    ended = true;
    Connection open = connection;
    if (open != null) {
      pipeline.removeListing(open);
      open.abort();
    }
  }
}
