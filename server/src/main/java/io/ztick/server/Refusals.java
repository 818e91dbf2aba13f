package io.ztick.server;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Logs clients that were not let in: at most one line a second for an address, and none for more
/// than {@value #MAX_ADDRESSES} addresses a second, so that nobody can fill the log. Confined to
/// the loop.
final class Refusals {
  private static final Logger log = LoggerFactory.getLogger(Refusals.class);
  private static final int MAX_ADDRESSES = 1024;
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  /// When an address was logged last, by the monotonic clock; the oldest first.
  private final Map<InetAddress, Long> loggedAt = new LinkedHashMap<>();

  /// @param what was refused, such as `AUTH`
  /// @param reason what an operator should know, and a client need not
  void report(String what, InetAddress address, String reason, long nanoTime) {
    forgetOld(nanoTime);
    if (loggedAt.containsKey(address) || loggedAt.size() == MAX_ADDRESSES) {
      return;
    }
    loggedAt.put(address, nanoTime);
    log.warn("{} from {} refused: {}", what, address.getHostAddress(), reason);
  }

  private void forgetOld(long nanoTime) {
    var each = loggedAt.values().iterator();
    while (each.hasNext() && nanoTime - each.next() >= INTERVAL_NANOS) {
      each.remove();
    }
  }
}
