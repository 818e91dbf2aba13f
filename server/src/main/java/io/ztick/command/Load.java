package io.ztick.command;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// Sends requests over many connections and measures how long the answers take: a closed loop on
/// one thread. Each connection has a number of requests in flight; when all of them are answered it
/// sends as many again. The time of a request runs from the moment its batch was sent.
///
/// After the first second nothing is allocated for a request, so that the load costs this machine
/// little. Confined to one thread, but for {@link #stop()}.
public final class Load implements AutoCloseable {
  private static final int INPUT_BYTES = 1 << 18;
  private static final long LOOK_MILLIS = 100;

  private final Duration patience;
  private final Selector selector;
  private final List<Client> clients = new ArrayList<>();
  private final byte[] input = new byte[INPUT_BYTES];
  private final ByteBuffer inputBuffer = ByteBuffer.wrap(input);
  private byte[] output = {};
  private ByteBuffer outputBuffer = ByteBuffer.wrap(output);

  private volatile boolean stopped;

  /// Of the phase that runs.
  private @Nullable Phase phase;

  /// One connection.
  private static final class Client {
    private final Link link;

    /// Of each request in flight.
    private byte[] kinds = {};

    private @Nullable AnswerReader answers;
    private int sent;
    private int answered;
    private long sentNanos;

    /// Of an answer that has not come as a whole.
    private byte[] kept = {};

    private int keptBytes;

    private Client(Link link) {
      this.link = link;
    }

    private void begin(AnswerReader reader, int pipeline) {
      answers = reader;
      if (kinds.length < pipeline) {
        kinds = new byte[pipeline];
      }
    }

    private void keep(byte[] bytes, int from, int to) {
      keptBytes = to - from;
      if (kept.length < keptBytes) {
        kept = new byte[keptBytes];
      }
      System.arraycopy(bytes, from, kept, 0, keptBytes);
    }

    private boolean isIdle() {
      return answered == sent;
    }
  }

  /// What is sent and counted between two moments at which nothing is in flight.
  private static final class Phase {
    private final Workload workload;
    private final int pipeline;
    private final List<Histogram> histograms = new ArrayList<>();
    private final Tally tally;
    private final long startNanos;
    private long unsent;
    private long endNanos;
    private long lastAnswerNanos;

    /// The number of connections with requests in flight.
    private int busy;

    private boolean ending;

    private Phase(Workload workload, int pipeline, long requests, long startNanos, long nanos) {
      this.workload = workload;
      this.pipeline = pipeline;
      this.unsent = requests;
      this.startNanos = startNanos;
      this.lastAnswerNanos = startNanos;
      this.endNanos = startNanos + nanos;
      this.tally = new Tally(workload.kinds().size());
      workload.kinds().forEach(_ -> histograms.add(LoadResult.histogram()));
    }

    /// Counts nothing from now on, and waits only for what is in flight.
    private void end(long now) {
      if (!ending) {
        ending = true;
        endNanos = now;
        tally.freeze();
      }
    }

    private LoadResult result(long cpuNanos, @Nullable IOException failure) {
      List<LoadResult.Kind> kinds = new ArrayList<>();
      for (int kind = 0; kind < histograms.size(); kind++) {
        kinds.add(
            new LoadResult.Kind(
                workload.kinds().get(kind),
                tally.errors(kind),
                tally.rows(kind),
                histograms.get(kind)));
      }
      return new LoadResult(
          kinds,
          Duration.ofNanos(Math.max(1, endNanos - startNanos)),
          Duration.ofNanos(cpuNanos),
          tally.firstError(),
          Optional.ofNullable(failure));
    }
  }

  /// Takes over connections over which nothing is in flight.
  ///
  /// @param patience how long no answer at all may come
  /// @throws IOException when the system does not let so many be watched
  public Load(List<Link> links, Duration patience) throws IOException {
    this.patience = patience;
    this.selector = Selector.open();
    for (Link link : links) {
      Client client = new Client(link);
      clients.add(client);
      link.nonBlocking();
      link.channel.register(selector, SelectionKey.OP_READ, client);
    }
  }

  /// Sends until there were so many requests or until the time is over, and waits for what is in
  /// flight. What is answered after the time is over is not counted.
  ///
  /// A connection that is lost ends it: the result then says so, and the load cannot be used again.
  ///
  /// @param pipeline requests in flight over each connection, at least 1
  /// @param requests at least 1
  public LoadResult run(Workload workload, int pipeline, long requests, Duration duration) {
    int bytes = Math.multiplyExact(workload.maxRequestBytes(), pipeline);
    if (output.length < bytes) {
      output = new byte[bytes];
      outputBuffer = ByteBuffer.wrap(output);
    }
    long cpuBefore = cpuNanos();
    Phase running = new Phase(workload, pipeline, requests, System.nanoTime(), duration.toNanos());
    phase = running;
    IOException failure = null;
    try {
      for (Client client : clients) {
        client.begin(workload.answers(), pipeline);
        send(running, client);
      }
      while (running.busy > 0) {
        selector.select(this::ready, LOOK_MILLIS);
        look(running, System.nanoTime());
      }
    } catch (UncheckedIOException e) {
      failure = e.getCause();
    } catch (IOException e) {
      failure = e;
    }
    running.end(running.lastAnswerNanos);
    return running.result(cpuNanos() - cpuBefore, failure);
  }

  /// Ends what runs and everything that would run later as if its time was over. From any thread.
  public void stop() {
    stopped = true;
    selector.wakeup();
  }

  /// Whether {@link #stop()} was called.
  public boolean isStopped() {
    return stopped;
  }

  @Override
  public void close() throws IOException {
    for (Client client : clients) {
      client.link.close();
    }
    selector.close();
  }

  private void look(Phase running, long now) throws IOException {
    if (stopped || now >= running.endNanos) {
      running.end(now);
    }
    if (now - running.lastAnswerNanos > patience.toNanos()) {
      throw new SocketTimeoutException("there was no answer within " + HumanTime.length(patience));
    }
  }

  private void ready(SelectionKey key) {
    Phase running = phase;
    Client client = (Client) key.attachment();
    if (running == null || client == null) {
      return;
    }
    try {
      if (key.isWritable() && client.link.flush()) {
        key.interestOps(SelectionKey.OP_READ);
      }
      if (key.isReadable()) {
        read(running, client);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read(Phase running, Client client) throws IOException {
    AnswerReader answers = client.answers;
    if (answers == null) {
      return;
    }
    int before = client.answered;
    running.tally.resume(client.kinds, before, client.sent);
    do {
      System.arraycopy(client.kept, 0, input, 0, client.keptBytes);
      inputBuffer.clear().position(client.keptBytes);
      if (client.link.read(inputBuffer) < 0) {
        throw new EOFException("the server closed a connection");
      }
      int to = inputBuffer.position();
      int taken = answers.read(input, 0, to, running.tally);
      client.keep(input, taken, to);
      if (client.keptBytes == INPUT_BYTES) {
        throw new ProtocolException("an answer is longer than " + INPUT_BYTES + " bytes");
      }
    } while (client.link.hasMore());
    client.answered = running.tally.answered();
    if (client.answered > before) {
      record(running, client);
    }
  }

  private void record(Phase running, Client client) throws IOException {
    long now = System.nanoTime();
    running.lastAnswerNanos = now;
    if (now >= running.endNanos) {
      running.end(now);
    }
    for (int kind = 0; kind < running.histograms.size(); kind++) {
      int count = running.tally.takeFresh(kind);
      if (count > 0 && !running.ending) {
        running.histograms.get(kind).recordValueWithCount(now - client.sentNanos, count);
      }
    }
    if (client.isIdle()) {
      running.busy--;
      send(running, client);
    }
  }

  /// The next batch, if there is one to be sent.
  private void send(Phase running, Client client) throws IOException {
    client.sent = 0;
    client.answered = 0;
    if (running.ending || stopped) {
      return;
    }
    int count = (int) Math.min(running.pipeline, running.unsent);
    if (count == 0) {
      return;
    }
    int end = 0;
    for (int i = 0; i < count; i++) {
      client.kinds[i] = (byte) running.workload.next();
      end = running.workload.compose(output, end);
    }
    running.unsent -= count;
    running.busy++;
    client.sent = count;
    outputBuffer.clear().limit(end);
    client.sentNanos = System.nanoTime();
    if (!client.link.send(outputBuffer)) {
      client
          .link
          .channel
          .keyFor(selector)
          .interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    }
  }

  /// Of the whole process; the threads of the JVM are part of what a load costs.
  private static long cpuNanos() {
    return ProcessHandle.current().info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
  }
}
