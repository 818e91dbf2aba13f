package io.ztick.server;

import io.ztick.protocol.Answers;
import org.jspecify.annotations.Nullable;

/// The answer to a command that is carried out beside the loop, known when that is done. Confined
/// to the loop.
abstract class AwaitedResult implements Next.Longer {
  private final @Nullable String requestId;
  private boolean ready;
  private Runnable whenReady = () -> {};

  AwaitedResult(@Nullable String requestId) {
    this.requestId = requestId;
  }

  /// Composes the answer, with the line that ends it.
  abstract void compose(@Nullable String requestId, Answers answers);

  /// It is known now, and stays as it is.
  final void becomeReady() {
    ready = true;
    whenReady.run();
  }

  @Override
  public final @Nullable String requestId() {
    return requestId;
  }

  @Override
  public final boolean dependsOnRights() {
    return false;
  }

  @Override
  public final boolean isReady() {
    return ready;
  }

  @Override
  public final void whenReady(Runnable action) {
    whenReady = action;
  }

  @Override
  public final boolean compose(Answers answers, int maxBytes) {
    if (ready) {
      compose(requestId, answers);
    }
    return ready;
  }
}
