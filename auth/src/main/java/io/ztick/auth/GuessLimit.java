package io.ztick.auth;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Slows clients that guess secrets and wait for their answers: tells how long the answer to a
/// failed AUTH has to wait. A right secret is none of its business. Confined to its owner's thread.
/// Times are of the monotonic clock, in nanoseconds.
///
/// ```
///            10 failures in a minute, and one more
///   suspect ───────────────────────────────────────► guesser: each further failure waits 1 s,
///      ▲                                                │      2 s, 4 s … 30 s
///      └────────────── a minute without a failure ──────┘
/// ```
///
/// A source is an IPv4 address or the /64 of an IPv6 address. The table is bounded, and many
/// addresses do not help against that:
///
/// - A guesser is never forgotten to make room for another source, only when it has been quiet.
/// - A suspect is, the one that has been quiet for longest first. That takes as many failures of
///   other sources as there is room, more guesses than forgetting it gives away.
/// - Guessers that there is no room for count as one, the crowd. It waits like one source, so the
///   more there are, the slower they are.
///
/// A place among those that wait is held until its time is over, whether the client waits or not:
/// closing the connection frees none.
///
/// It does not bound how many secrets can be tried. Each is looked at, since a right one is
/// answered at once whatever others of its address do; so whoever does not hear at once that it is
/// right knows that it is wrong, by silence as well as by `rate_limited`. Delaying `rate_limited`
/// would hide nothing. Against those who do not wait there is only the length of the secret.
public final class GuessLimit {

  /// Failures in a minute that are answered at once.
  static final int FREE_FAILURES = 10;

  /// The answers of one source that may wait at once.
  static final int MAX_WAITING = 4;

  /// The longest wait.
  static final long MAX_DELAY_NANOS = TimeUnit.SECONDS.toNanos(30);

  /// Suspects that are told apart, and guessers.
  static final int MAX_SOURCES = 8192;

  private static final long FIRST_DELAY_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);

  /// Doubled so often, the first delay is beyond the longest.
  private static final int MAX_DOUBLINGS = 5;

  private final int maxSources;

  /// The one that failed longest ago first; so are the guessers.
  private final LinkedHashMap<AddressRange, Source> suspects = new LinkedHashMap<>();

  private final LinkedHashMap<AddressRange, Source> guessers = new LinkedHashMap<>();
  private Source crowd = new Source();

  /// How a failed AUTH is answered.
  public sealed interface Verdict {}

  /// As ever, after a while.
  ///
  /// @param nanos how long; 0 for at once
  public record After(long nanos) implements Verdict {}

  /// At once, by `rate_limited`: too many answers wait already.
  public record TooMany() implements Verdict {}

  private static final class Source {
    private final long[] failures = new long[FREE_FAILURES];
    private final long[] waits = new long[MAX_WAITING];
    private int failureCount;
    private int waiting;
    private int doublings;
    private long lastFailure;

    /// Counts a failure.
    ///
    /// @return whether it is one too many
    boolean fails(long nanoTime) {
      int oldest = failureCount % FREE_FAILURES;
      boolean tooMany = failureCount >= FREE_FAILURES && nanoTime - failures[oldest] < WINDOW_NANOS;
      failures[oldest] = nanoTime;
      // Never overflows: it stays below twice the number that is free.
      failureCount = failureCount == 2 * FREE_FAILURES - 1 ? FREE_FAILURES : failureCount + 1;
      lastFailure = nanoTime;
      return tooMany;
    }

    boolean isQuiet(long nanoTime) {
      return nanoTime - lastFailure >= WINDOW_NANOS;
    }

    Verdict delay(long nanoTime) {
      lastFailure = nanoTime;
      endWaits(nanoTime);
      if (waiting == MAX_WAITING) {
        return new TooMany();
      }
      long nanos = Math.min(FIRST_DELAY_NANOS << doublings, MAX_DELAY_NANOS);
      doublings = Math.min(doublings + 1, MAX_DOUBLINGS);
      waits[waiting] = nanoTime + nanos;
      waiting++;
      return new After(nanos);
    }

    private void endWaits(long nanoTime) {
      int left = 0;
      for (int i = 0; i < waiting; i++) {
        if (waits[i] - nanoTime > 0) {
          waits[left] = waits[i];
          left++;
        }
      }
      waiting = left;
    }
  }

  /// A table with room for {@value #MAX_SOURCES} suspects and as many guessers.
  public GuessLimit() {
    this(MAX_SOURCES);
  }

  GuessLimit(int maxSources) {
    this.maxSources = maxSources;
  }

  /// An AUTH failed.
  public Verdict failed(InetAddress address, long nanoTime) {
    forgetQuiet(suspects, nanoTime);
    forgetQuiet(guessers, nanoTime);
    AddressRange key = AddressRange.source(address);
    Source guesser = guessers.remove(key);
    if (guesser != null) {
      guessers.put(key, guesser);
      return guesser.delay(nanoTime);
    }
    Source known = suspects.remove(key);
    Source suspect = known == null ? new Source() : known;
    if (!suspect.fails(nanoTime)) {
      keepSuspect(key, suspect);
      return new After(0);
    }
    if (guessers.size() < maxSources) {
      guessers.put(key, suspect);
      return suspect.delay(nanoTime);
    }
    keepSuspect(key, suspect);
    if (crowd.isQuiet(nanoTime)) {
      crowd = new Source();
    }
    return crowd.delay(nanoTime);
  }

  private void keepSuspect(AddressRange key, Source suspect) {
    if (suspects.size() == maxSources) {
      suspects.pollFirstEntry();
    }
    suspects.put(key, suspect);
  }

  private static void forgetQuiet(SequencedMap<AddressRange, Source> sources, long nanoTime) {
    Map.@Nullable Entry<AddressRange, Source> eldest = sources.firstEntry();
    while (eldest != null && eldest.getValue().isQuiet(nanoTime)) {
      sources.pollFirstEntry();
      eldest = sources.firstEntry();
    }
  }

  /// How many sources it knows.
  int size() {
    return suspects.size() + guessers.size();
  }
}
