package io.ztick.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/// What calls fail with.
final class Failures {
  private Failures() {}

  /// Waits for the failure of a call.
  static ZtickException of(CompletableFuture<?> call) throws Exception {
    try {
      Object value = call.get(ScriptedServer.BOUND.toSeconds(), TimeUnit.SECONDS);
      throw new AssertionError("answered: " + value);
    } catch (ExecutionException e) {
      assertThat(e.getCause()).isInstanceOf(ZtickException.class);
      return (ZtickException) Objects.requireNonNull(e.getCause());
    }
  }

  static Throwable thrownBy(ThrowingCallable call) {
    return catchThrowable(call);
  }

  /// What a call on a thread of its own throws.
  static CompletableFuture<Throwable> later(ThrowingCallable call) {
    var failure = new CompletableFuture<Throwable>();
    Thread.ofVirtual().start(() -> failure.complete(thrownBy(call)));
    return failure;
  }
}
