package io.ztick.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.util.concurrent.Future;
import io.ztick.scheduler.Outcome;
import io.ztick.scheduler.Run;
import io.ztick.scheduler.Runner;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A run that is an HTTP call. Confined to the loop.
///
/// A call that meets a connection which the target has just closed is made once more, on a new one,
/// when that cannot do twice what was asked: the request did not get out, or its method is
/// idempotent.
final class HttpRun implements Execution, HttpConnection.Caller {
  private static final Logger log = LoggerFactory.getLogger(HttpRun.class);

  /// What is read of an answer's body. Nobody needs it but the log.
  static final int MAX_BODY_BYTES = 64 * 1024;

  private static final Outcome ENDED = Outcome.failed("ended by the server");

  private final Run run;
  private final Runner.Http runner;
  private final HttpConnections connections;
  private final Duration timeout;
  private final OutputTail output;
  private final boolean guarded;

  private Consumer<Outcome> listener = _ -> {};
  private @Nullable HttpConnection connection;
  private @Nullable Future<?> timer;
  private boolean begun;
  private boolean repeated;
  private boolean over;
  private int status;
  private int bodyBytes;

  /// Set on any thread.
  private volatile boolean unwanted;

  /// @param guarded whether the target must be at a public address
  HttpRun(
      Run run,
      Runner.Http runner,
      HttpConnections connections,
      Configuration.Runs runs,
      boolean guarded) {
    this.run = run;
    this.runner = runner;
    this.connections = connections;
    this.guarded = guarded;
    timeout = runs.httpTimeout();
    output = new OutputTail(runs.maxOutputBytes());
  }

  @Override
  public void begin(Consumer<Outcome> ended) {
    listener = ended;
    begun = true;
    if (unwanted) {
      end(ENDED);
    } else if (runner.url().getHost() == null) {
      // A rule may be older than the check of its URL: a host name with an underscore, for one.
      end(Outcome.failed("the URL has no host that can be called"));
    } else {
      timer = connections.loop().schedule(() -> end(Outcome.TIMEOUT), timeout.toNanos());
      HttpRequests requests = connections.requests(runner);
      call(connections.take(target(requests)), requests);
    }
  }

  private void call(HttpConnection newConnection, HttpRequests requests) {
    connection = newConnection;
    newConnection.call(requests.of(run, ByteBufAllocator.DEFAULT), this);
  }

  private HttpTarget target(HttpRequests requests) {
    return guarded ? requests.target().atPublicAddress() : requests.target();
  }

  @Override
  public void status(int code) {
    status = code;
  }

  @Override
  public boolean body(ByteBuf part) {
    int length = Math.min(part.readableBytes(), MAX_BODY_BYTES - bodyBytes);
    output.append(part.nioBuffer(part.readerIndex(), length));
    bodyBytes += length;
    // An endless answer is over, too.
    return bodyBytes < MAX_BODY_BYTES;
  }

  @Override
  public void answered() {
    connection = null;
    end(Outcome.status(status));
  }

  @Override
  public void failed(Throwable cause, HttpConnection.Request request) {
    connection = null;
    HttpRequests requests = connections.requests(runner);
    boolean repeatable =
        switch (request) {
          case UNSENT -> true;
          case UNANSWERED -> requests.areIdempotent();
          case FAILED -> false;
        };
    if (repeatable && !repeated) {
      repeated = true;
      call(connections.open(target(requests)), requests);
    } else {
      end(failure(cause));
    }
  }

  private void end(Outcome outcome) {
    if (!begun || over) {
      return;
    }
    over = true;
    if (timer != null) {
      timer.cancel(false);
    }
    if (connection != null) {
      connection.close();
    }
    listener.accept(outcome);
  }

  @Override
  public String output() {
    return output.text();
  }

  @Override
  public void terminate() {
    unwanted = true;
    try {
      connections.loop().execute(() -> end(ENDED));
    } catch (RejectedExecutionException e) {
      // The loop is gone, and with it the connection.
    }
  }

  @Override
  public void kill() {
    terminate();
  }

  private Outcome failure(Throwable cause) {
    return switch (cause) {
      case HttpSockets.PrivateAddressException _ ->
          Outcome.failed("the host is at no public address");
      case UnknownHostException _ -> Outcome.failed("unknown host");
      case ConnectTimeoutException _ -> Outcome.TIMEOUT;
      case NoRouteToHostException _ -> Outcome.failed("host not reachable");
      case ConnectException e when reason(e).contains("Connection refused") ->
          Outcome.failed("connection refused");
      case ConnectException e -> Outcome.failed("no connection: " + reason(e));
      case NotSslRecordException _ -> Outcome.failed("TLS: the answer is none of TLS");
      case SSLException e -> Outcome.failed("TLS: " + reason(e));
      case IOException e when isReset(e) -> Outcome.failed("no answer: connection reset");
      case IOException e -> Outcome.failed("no answer: " + reason(e));
      case TooLongFrameException e -> Outcome.failed("no answer: " + reason(e));
      default -> {
        log.error("run {}: a fault of this server", run.id(), cause);
        yield FAULT;
      }
    };
  }

  /// Whether the system says so; the message names its call, too. A write that comes after the
  /// reset meets a broken pipe.
  private static boolean isReset(IOException cause) {
    return reason(cause).contains("Connection reset") || reason(cause).contains("Broken pipe");
  }

  private static String reason(Throwable cause) {
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
