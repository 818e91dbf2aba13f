package io.ztick.command;

import io.ztick.client.Job;
import io.ztick.client.NotFoundException;
import io.ztick.client.ZtickClient;
import io.ztick.client.ZtickException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// What `ztick bench` leaves behind.
final class BenchJobs {
  private static final int IN_FLIGHT = 5000;

  private BenchJobs() {}

  /// Removes the jobs of a measurement, and no other of the same prefix.
  ///
  /// @return how many there were
  static long remove(ZtickClient client, BenchPlan plan) {
    var removals = new ArrayDeque<CompletableFuture<Void>>();
    long removed = 0;
    try (var jobs = client.query(plan.prefix())) {
      Iterator<String> ids = jobs.map(Job::id).filter(plan::owns).iterator();
      while (ids.hasNext()) {
        removals.add(client.removeAsync(ids.next()));
        if (removals.size() == IN_FLIGHT) {
          removed += await(removals.removeFirst());
        }
      }
    }
    while (!removals.isEmpty()) {
      removed += await(removals.removeFirst());
    }
    return removed;
  }

  private static int await(CompletableFuture<Void> removal) {
    try {
      removal.join();
      return 1;
    } catch (CompletionException e) {
      return switch (e.getCause()) {
        // Somebody else has done it.
        case NotFoundException _ -> 0;
        case ZtickException failure -> throw failure;
        case null, default -> throw e;
      };
    }
  }
}
