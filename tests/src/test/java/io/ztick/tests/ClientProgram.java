package io.ztick.tests;

import io.ztick.client.ClientOptions;
import io.ztick.client.ConnectionException;
import io.ztick.client.Endpoint;
import io.ztick.client.Job;
import io.ztick.client.NotFoundException;
import io.ztick.client.StoppingException;
import io.ztick.client.Token;
import io.ztick.client.UnknownOutcomeException;
import io.ztick.client.ZtickClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A program of its own that schedules many jobs and reads them back, over TLS with the token in
/// `ZTICK_TOKEN`, whatever happens to the server meanwhile. It keeps account of every call, and
/// prints how far it is and what it found.
///
/// Arguments: the endpoint, a PEM file, the number of jobs.
final class ClientProgram {
  private static final Instant FIRST = Instant.parse("2099-01-01T00:00:00Z");

  private enum Outcome {
    OK,
    NOTHING_SENT,
    UNKNOWN,
    FAILED
  }

  private final ZtickClient client;
  private final int jobs;
  private final AtomicReferenceArray<@Nullable Outcome> outcomes;
  private final AtomicReferenceArray<@Nullable Outcome> reads;
  private final Semaphore answers = new Semaphore(0);

  private ClientProgram(ZtickClient client, int jobs) {
    this.client = client;
    this.jobs = jobs;
    outcomes = new AtomicReferenceArray<>(jobs);
    reads = new AtomicReferenceArray<>(jobs);
  }

  public static void main(String[] arguments) throws Exception {
    ClientOptions options =
        ClientOptions.builder(Endpoint.parse(arguments[0]))
            .caFile(Path.of(arguments[1]))
            .token(Token.ofEnvironment("ZTICK_TOKEN"))
            .answerTimeout(Duration.ofMinutes(1))
            .backOff(Duration.ofMillis(20), Duration.ofMillis(200))
            .build();
    try (ZtickClient client = ZtickClient.connect(options)) {
      new ClientProgram(client, Integer.parseInt(arguments[2])).run();
    }
  }

  private void run() throws InterruptedException {
    long start = System.nanoTime();
    schedule();
    say("outcomes" + count(outcomes));
    say("scheduled in " + millisSince(start) + " ms");
    start = System.nanoTime();
    clearUp();
    say("cleared up in " + millisSince(start) + " ms");
    start = System.nanoTime();
    readBack();
    say("read back in " + millisSince(start) + " ms");
    start = System.nanoTime();
    list();
    say("listed in " + millisSince(start) + " ms");
    say("done");
  }

  private void schedule() throws InterruptedException {
    for (int job = 0; job < jobs; job++) {
      progress("scheduling", job);
      int number = job;
      var _ =
          client
              .setAsync(id(job), time(job))
              .whenComplete(
                  (done, failure) -> {
                    outcomes.set(number, outcome(failure));
                    answers.release();
                  });
    }
    answers.acquire(jobs);
  }

  /// Looks at every job whose call was not answered with OK, and schedules it where it is missing.
  private void clearUp() {
    int kept = 0;
    int missing = 0;
    for (int job = 0; job < jobs; job++) {
      if (outcomes.get(job) == Outcome.OK) {
        continue;
      }
      try {
        expect(job, client.get(id(job)));
        kept++;
      } catch (NotFoundException e) {
        client.set(id(job), time(job));
        missing++;
      }
    }
    say("of those without OK " + kept + " are kept and " + missing + " were scheduled again");
  }

  /// Reads every job, those again whose answer was lost.
  private void readBack() throws InterruptedException {
    for (int job = 0; job < jobs; job++) {
      progress("reading", job);
      int number = job;
      var _ =
          client
              .getAsync(id(job))
              .whenComplete(
                  (found, failure) -> {
                    boolean right = found != null && found.execution().equals(time(number));
                    Outcome wrong = failure == null ? Outcome.FAILED : outcome(failure);
                    reads.set(number, right ? Outcome.OK : wrong);
                    answers.release();
                  });
    }
    answers.acquire(jobs);
    say("reads" + count(reads));
    for (int job = 0; job < jobs; job++) {
      if (reads.get(job) == Outcome.NOTHING_SENT) {
        expect(job, client.get(id(job)));
      }
    }
  }

  private void list() {
    int job = 0;
    try (Stream<Job> listing = client.query("job.")) {
      for (Iterator<Job> all = listing.iterator(); all.hasNext(); job++) {
        expect(job, all.next());
      }
    }
    say("listing of " + job + " jobs");
  }

  private void progress(String what, int job) {
    if (job % Math.max(1, jobs / 20) == 0) {
      say(what + " " + 100L * job / jobs + "%");
    }
  }

  private static Outcome outcome(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return switch (cause) {
      case null -> Outcome.OK;
      case ConnectionException _, StoppingException _ -> Outcome.NOTHING_SENT;
      case UnknownOutcomeException _ -> Outcome.UNKNOWN;
      default -> Outcome.FAILED;
    };
  }

  private static String count(AtomicReferenceArray<@Nullable Outcome> outcomes) {
    Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
    for (int i = 0; i < outcomes.length(); i++) {
      Outcome outcome = outcomes.get(i);
      if (outcome != null) {
        counts.merge(outcome, 1, Integer::sum);
      }
    }
    StringBuilder text = new StringBuilder();
    for (Outcome outcome : Outcome.values()) {
      text.append(' ').append(outcome).append('=').append(counts.getOrDefault(outcome, 0));
    }
    return text.toString();
  }

  private static void expect(int job, Job found) {
    if (!found.id().equals(id(job)) || !found.execution().equals(time(job))) {
      throw new AssertionError("job " + job + " is " + found);
    }
  }

  /// In byte order like the numbers.
  private static String id(int job) {
    return "job.%08d".formatted(job);
  }

  private static Instant time(int job) {
    return FIRST.plusNanos(job);
  }

  private static long millisSince(long start) {
    return (System.nanoTime() - start) / 1_000_000;
  }

  private static void say(String line) {
    System.out.println(line);
  }
}
