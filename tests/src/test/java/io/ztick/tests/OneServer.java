package io.ztick.tests;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The one server of a test that decides itself how and when it starts.
final class OneServer implements AutoCloseable {
  private @Nullable ZtickServer started;

  void start(ZtickServer.Setup setup) throws IOException, InterruptedException {
    started = setup.start();
  }

  ZtickServer get() {
    return Objects.requireNonNull(started, "not started");
  }

  @Override
  public void close() {
    if (started != null) {
      started.close();
    }
  }
}
