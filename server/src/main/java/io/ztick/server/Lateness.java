package io.ztick.server;

import java.time.Duration;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.IntCountsHistogram;

/// How late runs start: since the server did, and in the last minute. Its memory does not grow, and
/// a run allocates nothing. Confined to the loop.
final class Lateness {
  /// Whatever is later counts as this late.
  private static final long LONGEST_NANOS = Duration.ofDays(1).toNanos();

  /// Less than this makes no difference.
  private static final long SMALLEST_NANOS = 64;

  /// Every figure is right to a hundredth: all histograms together take 0.2 MB.
  private static final int DIGITS = 2;

  private final Histogram sinceStart = new Histogram(SMALLEST_NANOS, LONGEST_NANOS, DIGITS);
  private final Histogram lastMinute = new Histogram(SMALLEST_NANOS, LONGEST_NANOS, DIGITS);

  /// What `lastMinute` is the sum of.
  private final AbstractHistogram[] windows = new AbstractHistogram[LastMinute.WINDOWS];

  private final LastMinute time;

  /// Lateness in nanoseconds, of so many runs.
  record Figures(long runs, long p50, long p99, long p999, long max) {}

  /// @param nanoTime of now, as {@link System#nanoTime} gives it
  Lateness(long nanoTime) {
    time = new LastMinute(nanoTime);
    for (int i = 0; i < windows.length; i++) {
      windows[i] = new IntCountsHistogram(SMALLEST_NANOS, LONGEST_NANOS, DIGITS);
    }
  }

  /// Counts a run that starts now.
  ///
  /// @param nanos below zero, which a clock that was set back makes of it, counts as punctual
  void started(long nanos, long nanoTime) {
    forget(nanoTime);
    long late = Math.clamp(nanos, 0, LONGEST_NANOS);
    sinceStart.recordValue(late);
    lastMinute.recordValue(late);
    windows[time.window()].recordValue(late);
  }

  /// Of all runs since the server started.
  Figures sinceStart() {
    return figures(sinceStart);
  }

  /// Of the runs of the last minute.
  Figures lastMinute(long nanoTime) {
    forget(nanoTime);
    return figures(lastMinute);
  }

  private void forget(long nanoTime) {
    while (time.advance(nanoTime)) {
      AbstractHistogram window = windows[time.window()];
      if (window.getTotalCount() > 0) {
        lastMinute.subtract(window);
        window.reset();
      }
    }
  }

  private static Figures figures(Histogram runs) {
    return new Figures(
        runs.getTotalCount(),
        runs.getValueAtPercentile(50),
        runs.getValueAtPercentile(99),
        runs.getValueAtPercentile(99.9),
        runs.getMaxValue());
  }
}
