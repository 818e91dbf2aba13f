package io.ztick.client;

import io.ztick.protocol.LineWriter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The connection of a client: not yet.
final class Pipeline {
  private final ClientOptions options;

  Pipeline(ClientOptions options) {
    this.options = options;
  }

  void start() {
    if (options.maxInFlight() > 0) {
      throw new ConnectionException("not yet", null);
    }
  }

  <T extends @Nullable Object> Call<T> submit(Call<T> call, Consumer<LineWriter> line) {
    start();
    return call;
  }

  <T extends @Nullable Object> T await(Call<T> call) {
    return call.join();
  }

  void close() {}
}
