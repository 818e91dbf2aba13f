package io.ztick.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.ztick.scheduler.Outcome;
import io.ztick.scheduler.Run;
import io.ztick.scheduler.Runner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// A run that is an HTTP call.
final class HttpRun implements Execution {

  /// What is read of an answer's body. Nobody needs it but the log.
  static final int MAX_BODY_BYTES = 64 * 1024;

  private static final JsonFactory JSON = new JsonFactory();

  private static final Outcome ENDED = Outcome.failed("ended by the server");

  private final Run run;
  private final Runner.Http runner;
  private final Supplier<HttpClient> client;
  private final Duration timeout;
  private final OutputTail output;

  /// Guarded by this, as is the next.
  private @Nullable CompletableFuture<?> call;

  private boolean ended;

  HttpRun(Run run, Runner.Http runner, Supplier<HttpClient> client, Configuration.Runs runs) {
    this.run = run;
    this.runner = runner;
    this.client = client;
    timeout = runs.httpTimeout();
    output = new OutputTail(runs.maxOutputBytes());
  }

  @Override
  public Outcome perform() {
    HttpRequest request;
    try {
      request = request();
    } catch (IllegalArgumentException e) {
      // Legal for java.net.URI, but not for its HTTP client: a host name with an underscore, for
      // one.
      return Outcome.failed("the URL has no host that can be called");
    }
    try {
      return call(request);
    } catch (TimeoutException e) {
      return Outcome.TIMEOUT;
    } catch (ExecutionException e) {
      return failure(e);
    } catch (CancellationException | InterruptedException e) {
      return ENDED;
    }
  }

  private Outcome call(HttpRequest request)
      throws ExecutionException, InterruptedException, TimeoutException {
    HttpClient http = client.get();
    CompletableFuture<HttpResponse<byte[]>> answer;
    synchronized (this) {
      if (ended) {
        return ENDED;
      }
      answer = http.sendAsync(request, _ -> new Beginning());
      call = answer;
    }
    try {
      // The request's own timeout would not count the body.
      HttpResponse<byte[]> response = answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      output.append(ByteBuffer.wrap(response.body()));
      return Outcome.status(response.statusCode());
    } finally {
      // Without effect on a call that has ended; any other one gives its connection back.
      answer.cancel(true);
    }
  }

  @Override
  public String output() {
    return output.text();
  }

  @Override
  public synchronized void terminate() {
    ended = true;
    if (call != null) {
      call.cancel(true);
    }
  }

  @Override
  public void kill() {
    terminate();
  }

  private HttpRequest request() {
    var request =
        HttpRequest.newBuilder(URI.create(withoutUserInfo(runner.url()).toASCIIString()))
            .header("User-Agent", "ztick")
            .header("Idempotency-Key", headerValue(run.id()))
            .header("Ztick-Job-Id", headerValue(run.job()))
            .header("Ztick-Execution-Ns", Long.toString(run.executionNanos()))
            .header("Ztick-Attempt", Integer.toString(run.attempt()));
    String userInfo = runner.url().getUserInfo();
    if (userInfo != null) {
      request.header("Authorization", "Basic " + base64(userInfo));
    }
    return switch (runner.method()) {
      case GET -> request.GET().build();
      case DELETE -> request.DELETE().build();
      case POST -> withBody(request).POST(body()).build();
      case PUT -> withBody(request).PUT(body()).build();
    };
  }

  private static HttpRequest.Builder withBody(HttpRequest.Builder request) {
    return request.header("Content-Type", "application/json");
  }

  private HttpRequest.BodyPublisher body() {
    var text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("job_id", run.job());
      json.writeNumberField("execution", run.executionNanos());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a text in memory takes everything", e);
    }
    return BodyPublishers.ofString(text.toString());
  }

  /// Percent-encoded outside `!` to `~`; a percent sign stays what it is.
  private static String headerValue(String text) {
    var value = new StringBuilder();
    for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
      if (octet >= '!' && octet <= '~') {
        value.append((char) octet);
      } else {
        value.append("%%%02X".formatted(octet));
      }
    }
    return value.toString();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /// What goes to the HTTP client: a secret in it could come back in the message of an exception,
  /// and every character beyond ASCII would be sent as a question mark.
  private static URI withoutUserInfo(URI url) {
    String text = url.toASCIIString();
    if (url.getRawUserInfo() == null) {
      return URI.create(text);
    }
    int authority = text.indexOf("//") + 2;
    return URI.create(text.substring(0, authority) + text.substring(text.indexOf('@') + 1));
  }

  private static Outcome failure(ExecutionException failed) {
    return switch (failed.getCause()) {
      case null -> Outcome.failed("no answer");
      case HttpTimeoutException _ -> Outcome.TIMEOUT;
      case ConnectException e when e.getCause() instanceof UnresolvedAddressException ->
          Outcome.failed("unknown host");
      // The HTTP client drops the reason of the commonest failures.
      case ConnectException e when e.getMessage() == null ->
          Outcome.failed("connection refused, or host not reachable");
      case ConnectException e -> Outcome.failed("no connection: " + e.getMessage());
      case SSLException e -> Outcome.failed("TLS: " + reason(e));
      case Throwable e -> Outcome.failed("no answer: " + reason(e));
    };
  }

  private static String reason(Throwable cause) {
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  /// Takes the first bytes of a body, and then breaks the connection off: an endless answer is
  /// over, too.
  private static final class Beginning implements BodySubscriber<byte[]> {
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private Flow.@Nullable Subscription subscription;

    @Override
    public CompletionStage<byte[]> getBody() {
      return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription newSubscription) {
      subscription = newSubscription;
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> parts) {
      for (ByteBuffer part : parts) {
        byte[] read = new byte[Math.min(part.remaining(), MAX_BODY_BYTES - bytes.size())];
        part.get(read);
        bytes.writeBytes(read);
      }
      if (bytes.size() == MAX_BODY_BYTES && subscription != null) {
        subscription.cancel();
        body.complete(bytes.toByteArray());
      }
    }

    @Override
    public void onError(Throwable cause) {
      body.completeExceptionally(cause);
    }

    @Override
    public void onComplete() {
      body.complete(bytes.toByteArray());
    }
  }
}
