package io.ztick.server;

import io.netty.util.concurrent.Future;
import io.ztick.scheduler.Runner;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/// The connections of HTTP runs. One that has been answered is kept for the next call to its target
/// for a moment. Confined to the loop.
final class HttpConnections {

  /// For how long a connection may be idle. Servers close theirs after two seconds or later, and a
  /// call that meets the close may have to fail.
  static final Duration MAX_IDLE = Duration.ofSeconds(1);

  private final Loop loop;
  private final HttpSockets sockets;
  private final Duration maxIdle;
  private final int maxIdleConnections;

  /// The idle ones, the oldest first.
  private final LinkedHashSet<HttpConnection> idle = new LinkedHashSet<>();

  /// The same by target, in the same order; no target has none.
  private final Map<HttpTarget, LinkedHashSet<HttpConnection>> idleByTarget = new HashMap<>();

  /// As long as there are rules with the runners, or a little longer.
  private final Map<Runner.Http, HttpRequests> requests = new WeakHashMap<>();

  private @Nullable Future<?> sweep;

  /// @param maxIdle how long a connection is kept
  /// @param maxIdleConnections how many of them
  HttpConnections(Loop loop, HttpSockets sockets, Duration maxIdle, int maxIdleConnections) {
    this.loop = loop;
    this.sockets = sockets;
    this.maxIdle = maxIdle;
    this.maxIdleConnections = maxIdleConnections;
  }

  Loop loop() {
    return loop;
  }

  /// The requests of a runner whose URL has a host.
  HttpRequests requests(Runner.Http runner) {
    return requests.computeIfAbsent(runner, HttpRequests::new);
  }

  /// A connection to the target: one that is idle, or a new one, which need not stand yet.
  HttpConnection take(HttpTarget target) {
    LinkedHashSet<HttpConnection> known = idleByTarget.get(target);
    if (known == null || isTooOld(known.getLast())) {
      return open(target);
    }
    HttpConnection last = known.getLast();
    forget(last);
    return last;
  }

  private boolean isTooOld(HttpConnection connection) {
    return System.nanoTime() - connection.idleSinceNanos() >= maxIdle.toNanos();
  }

  /// Takes back a connection that can take another call.
  void release(HttpConnection connection) {
    idle.add(connection);
    idleByTarget.computeIfAbsent(connection.target(), _ -> new LinkedHashSet<>()).add(connection);
    if (idle.size() > maxIdleConnections) {
      idle.getFirst().close();
    }
    if (sweep == null) {
      sweep = loop.schedule(this::sweep, maxIdle.toNanos());
    }
  }

  /// Takes a connection out of the idle ones, if it is one of them.
  void forget(HttpConnection connection) {
    if (idle.remove(connection)) {
      LinkedHashSet<HttpConnection> known = idleByTarget.get(connection.target());
      if (known != null) {
        known.remove(connection);
        if (known.isEmpty()) {
          idleByTarget.remove(connection.target());
        }
      }
    }
  }

  private void sweep() {
    while (!idle.isEmpty() && isTooOld(idle.getFirst())) {
      idle.getFirst().close();
    }
    sweep = idle.isEmpty() ? null : loop.schedule(this::sweep, maxIdle.toNanos());
  }

  /// A connection that nobody has used before.
  HttpConnection open(HttpTarget target) {
    return new HttpConnection(this, sockets, target);
  }
}
