package io.ztick.server;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Logs failed and late attempts to say who one is: at most one line a second for an address, and
/// at most {@value #MAX_ADDRESSES} addresses remembered. Confined to the loop.
final class AuthFailures {
  private static final Logger log = LoggerFactory.getLogger(AuthFailures.class);
  private static final int MAX_ADDRESSES = 1024;
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  /// When an address was logged last, by the monotonic clock; the oldest first.
  private final Map<InetAddress, Long> loggedAt = new LinkedHashMap<>();

  void report(InetAddress address, CloseReason reason, long nanoTime) {
    forgetOld(nanoTime);
    if (loggedAt.containsKey(address) || loggedAt.size() == MAX_ADDRESSES) {
      return;
    }
    loggedAt.put(address, nanoTime);
    log.warn("AUTH from {} refused: {}", address.getHostAddress(), reason);
  }

  private void forgetOld(long nanoTime) {
    var each = loggedAt.values().iterator();
    while (each.hasNext() && nanoTime - each.next() >= INTERVAL_NANOS) {
      each.remove();
    }
  }
}
