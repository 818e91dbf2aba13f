package io.ztick.client;

import io.ztick.protocol.LineWriter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

final class Pipeline {
  Pipeline(ClientOptions options) {}

  void start() {
    throw new UnsupportedOperationException();
  }

  <T extends @Nullable Object> Call<T> submit(Call<T> call, Consumer<LineWriter> line) {
    throw new UnsupportedOperationException();
  }

  <T extends @Nullable Object> T await(Call<T> call) {
    throw new UnsupportedOperationException();
  }

  void close() {}
}
