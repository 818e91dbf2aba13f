package io.ztick.client;

import io.ztick.protocol.LineWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The calls of a client on their way over one connection at a time, in order.
///
/// ```
/// callers ─► CallQueue ─► writer: all lines that have collected, at once ─► socket
/// futures ◄───────────── reader: answers in order, connecting, logging in ◄─┘
///                         timer: what takes too long
/// ```
///
/// The reader owns the connection from its opening to its end, and the calls that were sent as soon
/// as it has taken them. Everything else belongs to the lock, under which nothing blocks and no
/// future is completed. What the timer has to fail it fails on a thread apart, and what is left at
/// the end fails on the closing one: a callback that blocks holds up only its own thread.
final class Pipeline {
  private static final Logger log = LoggerFactory.getLogger(Pipeline.class);

  private static final String CLOSED = "the client was closed before the answer";

  private static final AtomicInteger CLIENTS = new AtomicInteger();

  /// How long a server may take to close a connection that it was asked to close, or that cannot be
  /// written to.
  private static final long FAREWELL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long MIN_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long MAX_TICK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final Duration JOIN = Duration.ofSeconds(2);

  private final ClientOptions options;
  private final long answerNanos;
  private final long idleNanos;
  private final long tickNanos;
  private final Thread reader;
  private final Thread writer;
  private final Thread timer;
  private final String asideName;

  private final ReentrantLock lock = new ReentrantLock();

  /// There is room for another call.
  private final Condition room = lock.newCondition();

  private final Condition readerMayWork = lock.newCondition();
  private final Condition writerMayWork = lock.newCondition();
  private final Condition timerMayWork = lock.newCondition();

  /// Calls, or the connection, have ended.
  private final Condition settled = lock.newCondition();

  private final CallQueue queue;
  private final Set<Connection> listings = new HashSet<>();
  private int outstanding;
  private int waitingForRoom;
  private boolean writerWaits;
  private boolean timerWaits;

  /// The connection that the reader is busy with.
  private @Nullable Connection connection;

  /// Whether it was opened.
  private boolean connected;

  /// Whether lines may be written to it.
  private boolean up;

  /// Whether it was asked to end because nobody needs it.
  private boolean dismissed;

  /// By `System.nanoTime`: when it is aborted, if {@link #doomed}.
  private long abortAt;

  private boolean doomed;
  private @Nullable String doom;
  private long usedAt;

  /// The first call that the reader has taken.
  private @Nullable Call<?> oldest;

  private @Nullable ZtickException connectFailure;

  /// Whether the first attempt to connect has ended.
  private boolean started;

  private boolean closing;
  private boolean closed;

  /// Whether the reader waits for bytes, so that no answer is on its way through it.
  private volatile boolean reading;

  /// By `System.nanoTime`: since when the reader waits for bytes after callbacks held it up.
  private volatile long readingSince;

  /// By `System.nanoTime`: since when the reader is busy with one answer.
  private volatile long busySince;

  /// Whether a callback blocks the reader.
  private boolean stuck;

  // The rest belongs to the reader.

  private final AnswerReader answers;
  private final BackOff backOff;

  /// Whether the connection has brought an answer.
  private boolean answeredAny;

  /// By `System.nanoTime`: when the last bytes came.
  private long filledAt;

  /// A thread of a client; futures complete there.
  private static final class ClientThread extends Thread {
    private final Pipeline owner;

    ClientThread(Pipeline owner, Runnable work, String name) {
      super(work, name);
      this.owner = owner;
      setDaemon(true);
    }
  }

  Pipeline(ClientOptions options) {
    this.options = options;
    answerNanos = options.answerTimeout().toNanos();
    idleNanos = options.idleTimeout().toNanos();
    long shortest = idleNanos == 0 ? answerNanos : Math.min(answerNanos, idleNanos);
    tickNanos = Math.clamp(shortest / 8, MIN_TICK_NANOS, MAX_TICK_NANOS);
    queue = new CallQueue(options.repeatUnknown());
    answers = new AnswerReader(this);
    backOff = new BackOff(options);
    String name = "ztick-client-" + CLIENTS.incrementAndGet();
    reader = new ClientThread(this, this::readConnections, name + "-reader");
    writer = new ClientThread(this, this::writeBatches, name + "-writer");
    timer = new ClientThread(this, this::watch, name + "-timer");
    asideName = name + "-failing";
  }

  ClientOptions options() {
    return options;
  }

  /// Connects for the first time.
  void start() {
    reader.start();
    writer.start();
    timer.start();
    ZtickException failure;
    lock.lock();
    try {
      while (!started) {
        settled.await();
      }
      failure = connectFailure;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure = new ConnectionException("interrupted while connecting", e);
    } finally {
      lock.unlock();
    }
    if (failure != null) {
      end();
      throw rethrown(failure);
    }
  }

  /// Sends a line as soon as there is a connection.
  ///
  /// @param line writes what follows the request id
  <T extends @Nullable Object> Call<T> submit(Call<T> call, Consumer<LineWriter> line) {
    lock.lock();
    try {
      if (!isOwnThread()) {
        awaitRoom();
      }
      requireOpen();
      try {
        queue.add(call, line, System.nanoTime());
      } catch (RuntimeException e) {
        // The room that it was woken for is the next one's.
        room.signal();
        throw e;
      }
      outstanding++;
      if (up) {
        if (writerWaits) {
          writerMayWork.signal();
        }
      } else {
        readerMayWork.signal();
      }
      if (timerWaits) {
        timerMayWork.signal();
      }
    } finally {
      lock.unlock();
    }
    return call;
  }

  /// Submits a call and waits for its answer.
  <T extends @Nullable Object> T await(Supplier<Call<T>> submitted) {
    requireForeignThread();
    Call<T> call = submitted.get();
    try {
      return call.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ZtickException failure) {
        throw rethrown(failure);
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      String what = "interrupted while waiting for the answer";
      call.lost(what, new ConnectionException(what, e));
      if (call.isCompletedExceptionally()) {
        throw rethrown((ZtickException) call.exceptionNow());
      }
      return call.resultNow();
    }
  }

  /// Counts a connection among those that end with the client.
  void addListing(Connection listing) {
    requireForeignThread();
    lock.lock();
    try {
      requireOpen();
      listings.add(listing);
    } finally {
      lock.unlock();
    }
  }

  void removeListing(Connection listing) {
    lock.lock();
    try {
      listings.remove(listing);
    } finally {
      lock.unlock();
    }
  }

  boolean closed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /// Waits for the answers, and ends everything.
  void close() {
    requireForeignThread();
    boolean interrupted = false;
    Connection leaving = null;
    lock.lock();
    try {
      boolean first = !closing;
      closing = true;
      room.signalAll();
      long left = answerNanos;
      while (outstanding > 0 && left > 0 && !closed && !stuck) {
        left = settled.awaitNanos(left);
      }
      if (first && up && outstanding == 0) {
        leaving = dismiss();
      }
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      lock.unlock();
    }
    if (leaving != null) {
      interrupted |= !farewell(leaving);
    }
    interrupted |= !end();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // For callers.

  private boolean isOwnThread() {
    return Thread.currentThread() instanceof ClientThread thread && thread.owner == this;
  }

  private void requireForeignThread() {
    if (isOwnThread()) {
      throw new IllegalStateException(
          "a blocking call on the client's own thread would wait for itself; use the Async methods"
              + " of CompletableFuture to go on elsewhere");
    }
  }

  private void requireOpen() {
    if (closing) {
      throw new IllegalStateException("the client is closed");
    }
  }

  private void awaitRoom() {
    while (outstanding >= options.maxInFlight() && !closing) {
      if (stuck) {
        throw new ConnectionException("a callback blocks the client; nothing was sent", null);
      }
      waitingForRoom++;
      try {
        room.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ConnectionException("interrupted before the line was sent", e);
      } finally {
        waitingForRoom--;
      }
    }
  }

  /// With the stack of the caller, which knows more than the client's own threads.
  private static ZtickException rethrown(ZtickException failure) {
    failure.fillInStackTrace();
    return failure;
  }

  /// Waits until the server has closed the connection; false when interrupted.
  private boolean farewell(Connection leaving) {
    quit(leaving);
    lock.lock();
    try {
      long left = FAREWELL_NANOS;
      while (connection != null && left > 0) {
        left = settled.awaitNanos(left);
      }
      return true;
    } catch (InterruptedException e) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  /// Ends threads and connections; false when interrupted.
  private boolean end() {
    List<Connection> open = new ArrayList<>();
    lock.lock();
    try {
      closing = true;
      closed = true;
      up = false;
      open.addAll(listings);
      if (connection != null) {
        open.add(connection);
        doom = CLOSED;
      }
      for (Condition condition :
          List.of(room, readerMayWork, writerMayWork, timerMayWork, settled)) {
        condition.signalAll();
      }
    } finally {
      lock.unlock();
    }
    open.forEach(Connection::abort);
    boolean interrupted = false;
    try {
      // A look-up of a host name does not end by itself.
      boolean _ = reader.join(JOIN);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    failUnsent(call -> true, "the client was closed");
    // A reader that is blocked by a callback, or gone, completes nothing.
    failSent(call -> true, CLOSED);
    return !interrupted;
  }

  // The reader.

  private void readConnections() {
    try {
      readUntilClosed();
    } finally {
      readerEnded();
    }
  }

  /// Leaves nobody waiting, even when an error has ended the reader.
  private void readerEnded() {
    Connection left;
    lock.lock();
    try {
      left = connection;
      closing = true;
      closed = true;
      up = false;
      started = true;
      for (Condition condition : List.of(room, writerMayWork, timerMayWork, settled)) {
        condition.signalAll();
      }
    } finally {
      lock.unlock();
    }
    if (left != null) {
      left.abort();
    }
    failUnsent(call -> true, "the client was closed");
    failSent(call -> true, CLOSED);
  }

  private void readUntilClosed() {
    for (Connection next = awaitNeed(); next != null; next = awaitNeed()) {
      try {
        next.open();
      } catch (ZtickException e) {
        couldNotConnect(e);
        continue;
      } catch (RuntimeException | Error e) {
        couldNotConnect(new ConnectionException("no connection to " + options.endpoint(), e));
        continue;
      }
      connected();
      lost(next, answers.read(next));
    }
  }

  /// Waits until a connection is needed; null when the client is closed.
  private @Nullable Connection awaitNeed() {
    lock.lock();
    try {
      while (started && queue.size() == 0 && !closed) {
        readerMayWork.awaitUninterruptibly();
      }
      if (closed) {
        return null;
      }
      connection = new Connection(options);
      return connection;
    } finally {
      lock.unlock();
    }
  }

  private void connected() {
    answeredAny = false;
    if (backOff.attempts() == 0) {
      log.debug("connected to {}", options.endpoint());
    } else {
      log.info("connected to {} after {} attempts", options.endpoint(), backOff.attempts() + 1);
    }
    lock.lock();
    try {
      connectFailure = null;
      started = true;
      usedAt = System.nanoTime();
      readingSince = usedAt;
      busySince = usedAt;
      connected = true;
      queue.renew(usedAt);
      up = !closed;
      writerMayWork.signal();
      timerMayWork.signal();
      settled.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void couldNotConnect(ZtickException failure) {
    boolean first;
    lock.lock();
    try {
      first = !started;
      started = true;
      connection = null;
      connectFailure = failure;
      // The first attempt has nobody who would wait for a second one.
      closing |= first;
      closed |= first;
      settled.signalAll();
    } finally {
      lock.unlock();
    }
    if (first) {
      return;
    }
    if (failure instanceof AuthenticationException) {
      failUnsent(call -> true, "the login failed");
    }
    pause(failure);
  }

  private void pause(ZtickException failure) {
    long pause = backOff.nextNanos();
    long millis = TimeUnit.NANOSECONDS.toMillis(pause);
    if (backOff.attempts() == 1) {
      log.warn("{}; next attempt in {} ms", failure.getMessage(), millis);
    } else {
      log.debug("{}; next attempt in {} ms", failure.getMessage(), millis);
    }
    lock.lock();
    try {
      while (pause > 0 && !closed) {
        pause = readerMayWork.awaitNanos(pause);
      }
    } catch (InterruptedException e) {
      log.debug("interrupted between two attempts to connect");
    } finally {
      lock.unlock();
    }
  }

  /// Moves the calls that were sent behind others.
  void takeSent(Queue<Call<?>> to) {
    lock.lock();
    try {
      queue.takeSent(to);
    } finally {
      lock.unlock();
    }
  }

  /// Whether the connection was asked to end.
  boolean wasDismissed() {
    lock.lock();
    try {
      return dismissed;
    } finally {
      lock.unlock();
    }
  }

  /// Whether the reader waits for bytes, so that no answer is on its way through it.
  void reading(boolean waits) {
    long now = System.nanoTime();
    if (!waits) {
      filledAt = now;
      busySince = now;
    } else if (now - filledAt > tickNanos) {
      // What came while callbacks held it up is no silence of the server's.
      readingSince = now;
    }
    reading = waits;
  }

  /// The reader has given an answer to its call.
  void progress() {
    busySince = System.nanoTime();
  }

  /// Counts calls that have ended.
  ///
  /// @param first the one that waits longest, of those that were taken
  void settle(int answered, @Nullable Call<?> first) {
    if (answered > 0) {
      backOff.reset();
      answeredAny = true;
    }
    lock.lock();
    try {
      outstanding -= answered;
      usedAt = System.nanoTime();
      oldest = first;
      stuck = false;
      settled();
    } finally {
      lock.unlock();
    }
  }

  private void settled() {
    int free = options.maxInFlight() - outstanding;
    for (int i = Math.min(free, waitingForRoom); i > 0; i--) {
      room.signal();
    }
    if (closing) {
      settled.signalAll();
    }
  }

  /// Looks after the calls of a connection that has ended.
  private void lost(Connection ended, ZtickException reason) {
    ended.abort();
    long now = System.nanoTime();
    boolean repeating = options.repeatUnknown() && !changedNothing(reason);
    List<Call<?>> failed = new ArrayList<>();
    List<Call<?>> repeated = new ArrayList<>();
    boolean needed;
    boolean expected;
    boolean unused;
    String what;
    lock.lock();
    try {
      what = doom == null ? String.valueOf(reason.getMessage()) : doom;
      for (Call<?> call : answers.removeUnanswered()) {
        boolean givenUp = call.repeated && hasWaited(call, now);
        boolean again = repeating && call.isRepeatable() && !closed && !givenUp;
        (again ? repeated : failed).add(call);
      }
      repeated.forEach(call -> call.again(now));
      queue.addFirst(repeated);
      expected = closed;
      unused = dismissed && failed.isEmpty() && repeated.isEmpty();
      connected = false;
      stuck = false;
      connection = null;
      up = false;
      doomed = false;
      dismissed = false;
      doom = null;
      oldest = null;
      outstanding = queue.size();
      needed = outstanding > 0 && !closed;
      settled();
      settled.signalAll();
    } finally {
      lock.unlock();
    }
    int unanswered = failed.size() + repeated.size();
    if (unanswered == 0 || expected) {
      log.debug("{}; {} calls had no answer", what, unanswered);
    } else {
      log.warn("{}; {} calls had no answer", what, unanswered);
    }
    fail(failed, what, reason);
    if (needed && !answeredAny && !unused) {
      pause(reason);
    }
  }

  // What calls fail with.

  /// Whether the server has said that nothing of what is unanswered was executed.
  private static boolean changedNothing(ZtickException reason) {
    return switch (reason) {
      case AuthenticationException _, OverloadedException _ -> true;
      case RateLimitedException _, StoppingException _ -> true;
      case AccessDeniedException _, BadRequestException _, ConnectionException _ -> false;
      case NotFoundException _, ProtocolException _, UnknownOutcomeException _ -> false;
    };
  }

  private static void fail(List<Call<?>> calls, String what, ZtickException reason) {
    for (Call<?> call : calls) {
      call.release();
      if (changedNothing(reason) && !call.repeated && !call.unavailable) {
        call.completeExceptionally(reason.again());
      } else {
        call.lost(what, reason);
      }
    }
  }

  /// Fails calls that wait for a connection.
  private void failUnsent(Predicate<Call<?>> chosen, String what) {
    List<Call<?>> removed;
    ZtickException cause;
    lock.lock();
    try {
      removed = queue.removeUnsent(chosen);
      outstanding -= removed.size();
      cause = connectFailure;
      settled();
    } finally {
      lock.unlock();
    }
    String nothing = what + "; nothing was sent";
    for (Call<?> call : removed) {
      call.release();
      if (call.repeated) {
        call.lost(what, cause);
      } else if (cause instanceof AuthenticationException && !closed()) {
        call.completeExceptionally(cause.again());
      } else {
        call.completeExceptionally(new ConnectionException(nothing, cause));
      }
    }
  }

  /// Fails calls that were sent; their answers, if they come, are read and dropped.
  private void failSent(Predicate<Call<?>> chosen, String what) {
    List<Call<?>> sent;
    lock.lock();
    try {
      sent = answers.unanswered();
      sent.addAll(queue.sent());
    } finally {
      lock.unlock();
    }
    for (Call<?> call : sent) {
      if (!call.isDone() && chosen.test(call)) {
        call.lost(what, null);
      }
    }
  }

  /// Whether a call has waited for a connection for too long.
  private boolean hasWaited(Call<?> call, long now) {
    return call.waitingNanos(now) > answerNanos;
  }

  // The writer.

  private void writeBatches() {
    LineWriter batch = null;
    while (true) {
      Connection to;
      lock.lock();
      try {
        if (batch != null) {
          queue.giveBack(batch);
        }
        while (!(up && queue.hasUnsent()) && !closed) {
          writerWaits = true;
          writerMayWork.awaitUninterruptibly();
          writerWaits = false;
        }
        to = connection;
        if (closed || to == null) {
          return;
        }
        batch = queue.send();
      } finally {
        lock.unlock();
      }
      try {
        to.write(batch);
      } catch (IOException e) {
        log.debug("nothing can be written to {}", options.endpoint(), e);
        couldNotWrite(to);
      }
    }
  }

  /// What the server has said before is still to be read.
  private void couldNotWrite(Connection to) {
    lock.lock();
    try {
      if (connection == to) {
        doom();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Writes no more, and leaves the server some time to end the connection.
  private void doom() {
    up = false;
    doomed = true;
    abortAt = System.nanoTime() + FAREWELL_NANOS;
    timerMayWork.signal();
  }

  private @Nullable Connection dismiss() {
    dismissed = true;
    doom();
    return connection;
  }

  private static void quit(Connection dismissed) {
    try {
      dismissed.quit();
    } catch (IOException e) {
      dismissed.abort();
    }
  }

  // The timer.

  private void watch() {
    while (awaitTick()) {
      long now = System.nanoTime();
      Connection unused = null;
      Connection dead = null;
      boolean waiting;
      boolean blocked;
      boolean newlyBlocked;
      String what;
      lock.lock();
      try {
        what = (up ? "nothing could be written to " : "no connection to ") + options.endpoint();
        blocked = isBlocked(now);
        newlyBlocked = blocked && !stuck;
        if (newlyBlocked) {
          stuck = true;
          room.signalAll();
          settled.signalAll();
        }
        if (doomed && now - abortAt >= 0) {
          dead = connection;
        } else if (isDeaf(now)) {
          doom = silence();
          up = false;
          dead = connection;
        } else if (up && outstanding == 0 && idleNanos > 0 && now - usedAt >= idleNanos) {
          unused = dismiss();
        }
        waiting = hasWaitingUnsent(now);
      } finally {
        lock.unlock();
      }
      if (dead != null) {
        dead.abort();
      }
      if (unused != null) {
        quit(unused);
      }
      if (newlyBlocked) {
        warnOfCallback();
      }
      if (waiting || blocked) {
        failLate(now, blocked, what + " for " + answerMillis() + " ms");
      }
    }
  }

  /// Apart from the timer, which callbacks must not hold up.
  private void failLate(long now, boolean blocked, String what) {
    Runnable failing =
        () -> {
          failUnsent(call -> hasWaited(call, now), what);
          if (blocked) {
            failSent(
                call -> now - call.since > answerNanos,
                "a callback has blocked the client for " + answerMillis() + " ms");
          }
        };
    new ClientThread(this, failing, asideName).start();
  }

  private boolean hasWaitingUnsent(long now) {
    return queue.hasUnsent(call -> hasWaited(call, now));
  }

  private void warnOfCallback() {
    Throwable where = new Throwable("where the callback is");
    where.setStackTrace(reader.getStackTrace());
    log.warn(
        "a callback has blocked {} for {} ms, and no other call is answered meanwhile; what blocks"
            + " belongs into an Async method of CompletableFuture",
        reader.getName(),
        answerMillis(),
        where);
  }

  /// Whether a callback has held up the reader for too long.
  private boolean isBlocked(long now) {
    return connected && !reading && now - busySince > answerNanos;
  }

  /// False when the client is closed.
  @SuppressWarnings("WaitNotInLoop") // An early look does no harm.
  private boolean awaitTick() {
    lock.lock();
    try {
      while (outstanding == 0 && !doomed && !(up && idleNanos > 0) && !closed) {
        timerWaits = true;
        timerMayWork.awaitUninterruptibly();
        timerWaits = false;
      }
      if (!closed) {
        long _ = timerMayWork.awaitNanos(tickNanos);
      }
      return !closed;
    } catch (InterruptedException e) {
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Whether the oldest call that was sent has waited for too long.
  private boolean isDeaf(long now) {
    Call<?> call = oldest == null ? queue.firstSent() : oldest;
    if (!reading || call == null || now - call.since <= answerNanos) {
      return false;
    }
    return call.unavailable || now - readingSince > answerNanos;
  }

  private String silence() {
    return oldest != null && oldest.unavailable
        ? options.endpoint() + " said unavailable, and kept the connection"
        : options.endpoint() + " did not answer within " + answerMillis() + " ms";
  }

  private long answerMillis() {
    return options.answerTimeout().toMillis();
  }
}
