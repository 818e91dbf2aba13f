package io.ztick.server;

import io.netty.util.internal.PlatformDependent;
import io.ztick.auth.Identity;
import io.ztick.auth.IssuedToken;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The open connections, who they are, and the limits on their number. Confined to the loop.
final class Connections {

  /// Connections beyond `max_connections` that are still being told so. What comes beyond them is
  /// closed unheard.
  private static final int MAX_TURNED_AWAY = 256;

  /// Unread answers of all clients together, in parts of the memory there is for them.
  private static final int CROWDED_PART = 4;

  /// Lines without an end of all clients together, in parts of the heap.
  private static final int INPUT_PART = 8;

  private final long maxUnreadBytes = Runtime.getRuntime().maxMemory() / INPUT_PART;
  private final long crowdedBytes = PlatformDependent.maxDirectMemory() / CROWDED_PART;
  private final int max;
  private final int maxUnauthenticated;
  private final Set<Connection> open = new LinkedHashSet<>();

  /// Those that have not said who they are, the oldest first.
  private final LinkedHashSet<Connection> unauthenticated = new LinkedHashSet<>();

  /// Those that have said who they are, by their token's id.
  private final Map<String, Set<Connection>> byToken = new HashMap<>();

  private long unsentBytes;
  private long unreadBytes;
  private int turnedAway;
  private boolean ended;
  private long numbers;

  Connections(int max, int maxUnauthenticated) {
    this.max = max;
    this.maxUnauthenticated = maxUnauthenticated;
  }

  /// A number for the log.
  long nextNumber() {
    return ++numbers;
  }

  /// Takes a new connection, unless there are too many. May close the one that has waited longest
  /// for its AUTH.
  boolean admit(Connection connection) {
    if (open.size() >= max) {
      return false;
    }
    open.add(connection);
    unauthenticated.add(connection);
    if (unauthenticated.size() > maxUnauthenticated) {
      unauthenticated.removeFirst().close(CloseReason.TOO_MANY_UNAUTHENTICATED);
    }
    return true;
  }

  /// From now on nobody is heard who is not here already.
  void end() {
    ended = true;
  }

  boolean areEnded() {
    return ended;
  }

  /// Whether one more may be told that there are too many.
  boolean beginTurningAway() {
    if (turnedAway == MAX_TURNED_AWAY) {
      return false;
    }
    turnedAway++;
    return true;
  }

  void endTurningAway() {
    turnedAway--;
  }

  void identified(Connection connection, Identity who) {
    unauthenticated.remove(connection);
    add(connection, who);
  }

  /// A client is another one now.
  void changed(Connection connection, Identity before, Identity now) {
    remove(connection, before);
    add(connection, now);
  }

  private void add(Connection connection, Identity who) {
    byToken.computeIfAbsent(who.id(), _ -> new LinkedHashSet<>()).add(connection);
  }

  private void remove(Connection connection, Identity who) {
    Set<Connection> same = ofToken(who.id());
    same.remove(connection);
    if (same.isEmpty()) {
      byToken.remove(who.id());
    }
  }

  private Set<Connection> ofToken(String id) {
    return byToken.getOrDefault(id, Set.of());
  }

  void closed(Connection connection) {
    open.remove(connection);
    unauthenticated.remove(connection);
    Identity who = connection.identity();
    if (who != null) {
      remove(connection, who);
    }
  }

  /// How many connections this client's token has.
  int of(Identity who) {
    return ofToken(who.id()).size();
  }

  /// Counts answers that wait for the journal or their client, and those that do so no longer.
  void unsent(int difference) {
    unsentBytes += difference;
  }

  /// Whether so many answers wait that none may pile up more.
  boolean areCrowded() {
    return unsentBytes >= crowdedBytes;
  }

  /// Counts input that is kept for lines without an end, and what is kept no longer.
  void unread(int difference) {
    unreadBytes += difference;
  }

  /// Whether lines without an end take so much of the heap that none may grow any more.
  boolean isInputCrowded() {
    return unreadBytes >= maxUnreadBytes;
  }

  boolean isEmpty() {
    return open.isEmpty();
  }

  /// All of them, as they are now: closing one does not disturb the walk.
  List<Connection> snapshot() {
    return new ArrayList<>(open);
  }

  /// Any token may be worth less than before: looks at every connection's.
  void lookAgain() {
    snapshot().forEach(Connection::lookAgain);
  }

  /// One token may be worth less than before.
  void lookAgain(IssuedToken token) {
    List.copyOf(ofToken(token.id())).forEach(Connection::lookAgain);
  }

  /// Looks at every connection's time limits.
  void checkTimeLimits() {
    long nanoTime = System.nanoTime();
    for (Connection connection : snapshot()) {
      connection.checkTimeLimits(nanoTime);
    }
  }
}
