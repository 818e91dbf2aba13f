package io.ztick.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.ztick.auth.GuessLimit;
import io.ztick.auth.Identity;
import io.ztick.auth.Login;
import io.ztick.protocol.Answers;
import io.ztick.protocol.Command;
import io.ztick.protocol.ErrorCode;
import io.ztick.protocol.LineDecoder;
import io.ztick.protocol.Message;
import io.ztick.protocol.PlainLine;
import io.ztick.protocol.PlainLines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One client: its lines in, its answers out, in order. Confined to the loop.
///
/// ```
///             AUTH ok            QUIT, an error that closes, end of input
///   stranger ─────────► client ─────────────────────────────┐
///       └──── any other line, a secret that no token has ───┴─► leaving ──► closed
/// ```
///
/// A turn handles a bounded number of lines and composes a bounded number of bytes; what is left
/// waits for the next turn, and nothing more is read from the socket until then. The same holds
/// while a longer answer goes out, while the client does not read its answers, and while too many
/// of them wait for the journal.
final class Connection extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(Connection.class);

  /// The longest line of a client that has not said who it is, its line feed included.
  static final int MAX_STRANGER_LINE_BYTES = 4096;

  private static final int LINES_PER_TURN = 1024;

  /// A turn ends after this time, whatever it is spent on; looked at once in so many lines.
  private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /// After so many lines the clocks are looked at, and due jobs fired.
  private static final int LINES_PER_LOOK = 16;

  /// Answers beyond this many bytes end a turn.
  static final int ANSWER_BYTES_PER_TURN = 65_536;

  /// The same while clients leave too many answers unread.
  private static final int ANSWER_BYTES_WHEN_CROWDED = 4096;

  /// Closing a socket with unread input resets the connection, and the client may never see the
  /// answer. So input is read and dropped for a while: for so long, or so much of it.
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final int LINGER_BYTES = 65_536;

  private static final String TOO_MANY_GUESSES =
      "too many failed AUTHs of this address wait for their answer";

  private static final String UNAVAILABLE =
      "the journal failed; what became of this is known after the restart";

  private final ConnectionContext shared;
  private final Channel channel;
  private final LineDecoder decoder;
  private final long number;
  private final InetSocketAddress remote;
  private final Outbox outbox;

  private @Nullable Identity identity;

  /// By what it said who it is; null while it has not, or need not.
  private Login.@Nullable Accepted login;

  /// Why the next turn ends the connection, behind the answers that it owes; until then nothing is
  /// executed.
  private @Nullable CloseReason ending;

  /// The answer under way tells what the token may not see any more.
  private boolean cutting;

  /// When the identity is good no longer, nanoseconds since the epoch.
  private long expiresNanos = Long.MAX_VALUE;

  /// The answer that the next line waits for.
  private Next.@Nullable Longer longer;

  private @Nullable Future<?> authTimer;

  /// Until then the answer to a failed AUTH waits, and with it the end of the connection.
  private @Nullable Future<?> verdictTimer;

  /// Why the connection ends; from then on nothing is executed.
  private @Nullable CloseReason leaving;

  /// Waits for the journal although no answer of its own does.
  private boolean awaitingJournal;

  private boolean admitted;
  private boolean inputEnded;
  private boolean serverStopping;

  /// The server was stopping when the lines at hand were read.
  private boolean refusing;

  private boolean turnRequested;

  /// When a turn of many lines was looked at first.
  private long turnLookedAt;

  /// What the decoder keeps, as far as it has been counted.
  private int keptBytes;

  private boolean dismissed;

  /// Since it was dismissed, the connection has been looked at for what was sent before.
  private boolean lastLooked;

  private boolean outputEnded;
  private int droppedBytes;
  private long readAt = System.nanoTime();

  Connection(ConnectionContext shared, Channel channel, InetSocketAddress remote) {
    this.shared = shared;
    this.channel = channel;
    this.number = shared.connections().nextNumber();
    this.remote = remote;
    this.outbox =
        new Outbox(shared, channel, this::outboxDrained, () -> close(CloseReason.IO_ERROR));
    this.decoder =
        new LineDecoder(Math.min(MAX_STRANGER_LINE_BYTES, shared.limits().maxLineBytes()));
  }

  /// Who this is; null as long as it has not been said.
  @Nullable Identity identity() {
    return identity;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    if (shared.connections().areEnded()) {
      close(CloseReason.JOURNAL_FAILED);
      return;
    }
    admitted = shared.connections().admit(this);
    if (!admitted) {
      turnAway();
      return;
    }
    log.info("connection {} opened from {}", number, remoteText());
    if (channel.pipeline().get(SslHandler.class) == null) {
      secured();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      read((ByteBuf) message);
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    switch (event) {
      case SslHandshakeCompletionEvent handshake when handshake.isSuccess() -> secured();
      case SslHandshakeCompletionEvent _ -> close(CloseReason.TLS_FAILED);
      case SslCloseCompletionEvent _, ChannelInputShutdownEvent _ -> endOfInput();
      default -> {}
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    outboxDrained();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    cancelAuthTimer();
    if (verdictTimer != null) {
      verdictTimer.cancel(false);
    }
    if (!admitted) {
      return;
    }
    countKept(0);
    shared.connections().closed(this);
    CloseReason reason = leaving == null ? CloseReason.CLIENT_CLOSED : leaving;
    log.info("connection {} of {} closed: {}", number, name(), reason);
    leaving = reason;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // What TLS makes of a client's bytes comes wrapped as DecoderException; everything else is our
    // own.
    boolean network = cause instanceof IOException || cause instanceof UncheckedIOException;
    if (network || cause instanceof DecoderException) {
      log.debug("connection {}: {}", number, LogText.escaped(String.valueOf(cause.getMessage())));
      close(CloseReason.IO_ERROR);
    } else {
      shared.loop().failed(cause);
    }
  }

  /// Closes without a word.
  void close(CloseReason reason) {
    leaving = leaving == null ? reason : leaving;
    var _ = channel.close();
  }

  /// The server is stopping: what was read is answered, what is read from now on is refused.
  void serverStops() {
    serverStopping = true;
  }

  /// Ends the connection, after the answers to what was read.
  void dismiss() {
    if (verdictTimer != null) {
      close(CloseReason.SERVER_STOPPING);
      return;
    }
    dismissed = true;
    requestTurn();
  }

  /// Tells the client that nobody knows what became of what it asked for, and executes nothing
  /// more.
  void journalFailed() {
    outbox.revoke(shared.answers(), ErrorCode.UNAVAILABLE, UNAVAILABLE);
    if (leaving != null) {
      return;
    }
    if (longer != null) {
      shared.answers().error(longer.requestId(), ErrorCode.UNAVAILABLE, UNAVAILABLE);
    }
    leave(CloseReason.JOURNAL_FAILED);
    outbox.sendAtOnce(shared.answers());
    sayGoodbye();
    updateReading();
  }

  /// Tokens have changed: it goes on as what its secret is worth now, or ends.
  void lookAgain() {
    Login.Accepted before = login;
    if (before == null || leaving != null || ending != null) {
      return;
    }
    switch (shared.entrance().lookAgain(before, remote.getAddress())) {
      case Login.Accepted now -> {
        if (!now.identity().equals(before.identity())) {
          become(before.identity(), now);
        }
      }
      case Login.Refused refused -> {
        log.info("connection {} ends: {}", number, refused);
        end(
            refused.reason() == Login.Reason.EXPIRED
                ? CloseReason.TOKEN_EXPIRED
                : CloseReason.TOKEN_GONE);
      }
    }
  }

  private void become(Identity before, Login.Accepted now) {
    login = now;
    identity = now.identity();
    expiresNanos = WallClock.nanos(now.identity().lifetime().until());
    shared.connections().changed(this, before, now.identity());
    if (longer != null
        && longer.dependsOnRights()
        && !now.identity().rights().contains(before.rights())) {
      cutting = true;
      requestTurn();
    }
  }

  private void end(CloseReason reason) {
    ending = reason;
    requestTurn();
  }

  /// Closes the connection if it has been idle, or its answers have been stuck, for too long.
  void checkTimeLimits(long nanoTime) {
    long idle = shared.limits().idleTimeout().toNanos();
    if (idle > 0
        && identity != null
        && longer == null
        && outbox.isEmpty()
        && nanoTime - readAt >= idle) {
      close(CloseReason.IDLE);
    }
    if (shared.clock().nanos() >= expiresNanos) {
      // The turn ends it, behind the answers that it owes.
      requestTurn();
    }
    if (outbox.isStuck(nanoTime, shared.limits().writeTimeout().toNanos())) {
      close(CloseReason.SLOW_CONSUMER);
    }
  }

  private void outboxDrained() {
    if (!outbox.isBackedUp() && (hasWork() || inputEnded || dismissed)) {
      requestTurn();
    }
    updateReading();
  }

  private String remoteText() {
    return NetUtil.toSocketAddressString(remote);
  }

  private String name() {
    return identity == null ? "nobody" : identity.name();
  }

  /// Answers that there are too many connections. Under TLS nothing can be said before a handshake,
  /// which is just what a full server must not spend its time on.
  private void turnAway() {
    leaving = CloseReason.TOO_MANY_CONNECTIONS;
    reportRefusal("connection", CloseReason.TOO_MANY_CONNECTIONS.toString());
    boolean mute = channel.pipeline().get(SslHandler.class) != null;
    if (mute || !shared.connections().beginTurningAway()) {
      close(CloseReason.TOO_MANY_CONNECTIONS);
      return;
    }
    channel.closeFuture().addListener(_ -> shared.connections().endTurningAway());
    String limit = "max_connections is " + shared.limits().maxConnections();
    shared.answers().error(null, ErrorCode.OVERLOADED, limit);
    outbox.send(shared.answers(), 0);
    sayGoodbye();
  }

  /// The transport is ready: from here on the client has `auth_timeout` to say who it is.
  private void secured() {
    if (shared.entrance().isOpen()) {
      identify(Identity.ANYONE);
      return;
    }
    long timeout = shared.limits().authTimeout().toNanos();
    authTimer = shared.loop().schedule(this::authTimedOut, timeout);
  }

  private void authTimedOut() {
    reportRefusal("AUTH", CloseReason.AUTH_TIMEOUT.toString());
    close(CloseReason.AUTH_TIMEOUT);
  }

  private void reportRefusal(String what, String reason) {
    shared.entrance().refuse(what, remote.getAddress(), reason);
  }

  private void cancelAuthTimer() {
    if (authTimer != null) {
      authTimer.cancel(false);
      authTimer = null;
    }
  }

  private void identify(Identity who) {
    cancelAuthTimer();
    identity = who;
    expiresNanos = WallClock.nanos(who.lifetime().until());
    decoder.maxLineBytes(shared.limits().maxLineBytes());
    shared.connections().identified(this, who);
  }

  private void read(ByteBuf bytes) {
    if (shared.loop().isBroken()) {
      return;
    }
    readAt = System.nanoTime();
    if (leaving != null) {
      drop(bytes.readableBytes());
      return;
    }
    refusing = serverStopping;
    byte[] input = shared.input().array();
    while (bytes.isReadable() && leaving == null) {
      int length = Math.min(bytes.readableBytes(), input.length);
      bytes.readBytes(input, 0, length);
      decoder.offer(input, 0, length);
      if (turnRequested) {
        decoder.retain();
        countKept(decoder.keptBytes());
      } else {
        turn();
      }
    }
  }

  private void endOfInput() {
    if (inputEnded) {
      return;
    }
    inputEnded = true;
    if (leaving != null) {
      if (outputEnded) {
        var _ = channel.close();
      }
    } else if (!turnRequested) {
      turn();
    }
  }

  private void requestTurn() {
    if (!turnRequested && leaving == null) {
      turnRequested = true;
      shared.loop().afterOthers(this::requestedTurn);
    }
  }

  private void requestedTurn() {
    turnRequested = false;
    if (leaving == null) {
      turn();
    }
  }

  private void turn() {
    long now = shared.clock().nanos();
    shared.firing().fireDue(now);
    long unsyncedBytes = shared.journal().unsyncedBytes();
    if (now >= expiresNanos) {
      ending = CloseReason.TOKEN_EXPIRED;
    }
    if (ending != null && identity != null) {
      shared.entrance().ended(identity, remote.getAddress(), ending);
      endAnswer(ending);
      leave(ending);
    }
    cutAnswer();
    handleLines(now);
    retainInput();
    leaveIfDone();
    shared.firing().planned(now);
    outbox.send(shared.answers(), shared.journal().unsyncedBytes() - unsyncedBytes);
    if (leaving != null) {
      if (verdictTimer == null) {
        sayGoodbye();
      }
    } else if (hasWork() && !outbox.isBackedUp()) {
      requestTurn();
    }
    updateReading();
  }

  /// Ends the answer under way, since the connection ends: a result that is known is told, a
  /// listing is cut.
  private void endAnswer(CloseReason reason) {
    if (longer == null) {
      return;
    }
    Answers answers = shared.answers();
    if (longer.dependsOnRights()) {
      answers.error(longer.requestId(), ErrorCode.AUTH_DENIED, reason.toString());
    } else if (!longer.isReady() || !longer.compose(answers, Integer.MAX_VALUE)) {
      String sentence = reason + "; the log tells what becomes of this";
      answers.error(longer.requestId(), ErrorCode.AUTH_DENIED, sentence);
    }
  }

  private void cutAnswer() {
    if (cutting && longer != null) {
      String sentence = "the token has fewer rights than when this was asked for";
      shared.answers().error(longer.requestId(), ErrorCode.AUTH_DENIED, sentence);
      longer = null;
    }
    cutting = false;
  }

  /// Ends the connection when the client or the server wants it to and everything is answered. What
  /// a client had sent before the server dismissed it is read first, to be refused.
  private void leaveIfDone() {
    if (leaving != null || isBusy() || outbox.isBackedUp()) {
      return;
    }
    if (inputEnded) {
      leave(CloseReason.CLIENT_CLOSED);
    } else if (dismissed && lastLooked) {
      leave(CloseReason.SERVER_STOPPING);
    } else if (dismissed) {
      lastLooked = true;
      requestTurn();
    }
  }

  /// Keeps what is left for the next turn, if all that clients leave unfinished is not too much.
  private void retainInput() {
    decoder.retain();
    int kept = decoder.keptBytes();
    // Whole lines that wait for their turn end by themselves.
    boolean grows = kept > keptBytes && kept > MAX_STRANGER_LINE_BYTES && !decoder.hasMore();
    if (grows && leaving == null && shared.connections().isInputCrowded()) {
      String sentence = "lines without a line feed fill their part of the heap";
      shared.answers().error(null, ErrorCode.OVERLOADED, sentence);
      leave(CloseReason.TOO_MUCH_INPUT);
      kept = 0;
    }
    countKept(kept);
  }

  private void countKept(int bytes) {
    shared.connections().unread(bytes - keptBytes);
    keptBytes = bytes;
  }

  /// Handles what is there, in order, until nothing is left or the turn is over.
  private void handleLines(long now) {
    Answers answers = shared.answers();
    boolean crowded = shared.connections().areCrowded();
    int maxBytes = crowded ? ANSWER_BYTES_WHEN_CROWDED : ANSWER_BYTES_PER_TURN;
    int lines = 0;
    boolean found = true;
    // Another connection's, or from before this one's input was moved.
    shared.plainLines().forget();
    while (found
        && leaving == null
        && ending == null
        && answers.length() < maxBytes
        && !outbox.isBackedUp()
        && !isTurnOver(lines)) {
      if (longer == null) {
        found = handleNext(now, answers);
        lines++;
        if (lines % LINES_PER_LOOK == 0) {
          shared.firing().fireDue();
        }
      } else if (longer.compose(answers, maxBytes)) {
        longer = null;
      } else {
        return;
      }
    }
    if (!found && inputEnded) {
      handleRest(answers);
    }
  }

  private boolean isTurnOver(int lines) {
    if (lines % LINES_PER_LOOK != LINES_PER_LOOK - 1) {
      return lines == LINES_PER_TURN;
    }
    long nanoTime = System.nanoTime();
    if (lines < LINES_PER_LOOK) {
      turnLookedAt = nanoTime;
    }
    return nanoTime - turnLookedAt >= TURN_NANOS;
  }

  /// Whether something is left that a turn can do now.
  private boolean hasWork() {
    return longer == null ? decoder.hasMore() : longer.isReady();
  }

  /// Whether something is left that is to be done before more is read.
  private boolean isBusy() {
    return longer != null || decoder.hasMore();
  }

  private void updateReading() {
    // Behind the last answer input is dropped; before that it would only be dropped too early.
    boolean dropping = outputEnded && droppedBytes < LINGER_BYTES;
    boolean reading = leaving == null ? !(isBusy() || outbox.isBackedUp()) : dropping;
    if (channel.config().isAutoRead() != reading) {
      channel.config().setAutoRead(reading);
    }
    awaitJournal();
  }

  /// Whoever stops because others made too many changes has no answer of its own that would wake
  /// it.
  private void awaitJournal() {
    if (!awaitingJournal && leaving == null && shared.journal().isBehind()) {
      awaitingJournal = true;
      shared
          .journal()
          .whenDurable(
              () -> {
                awaitingJournal = false;
                outboxDrained();
              });
    }
  }

  /// Handles the next line, if there is a whole one.
  private boolean handleNext(long now, Answers answers) {
    if (identity != null && !refusing) {
      PlainLine line = nextPlain(identity);
      if (line != null) {
        shared.handler().handle(identity, remote.getAddress(), line, answers);
        return true;
      }
    }
    return switch (decoder.next()) {
      case NOTHING -> false;
      case LINE -> {
        Message message = shared.parser().parse(decoder.bytes(), decoder.from(), decoder.to(), now);
        if (message != null) {
          handle(message, answers);
        }
        yield true;
      }
      case TOO_LONG -> {
        String limit = "max_line_bytes is " + shared.limits().maxLineBytes();
        handle(refusal(ErrorCode.LINE_TOO_LONG, limit), answers);
        yield true;
      }
    };
  }

  private @Nullable PlainLine nextPlain(Identity who) {
    PlainLines lines = shared.plainLines();
    PlainLine line = lines.next(decoder);
    if (line == null && decoder.hasMore()) {
      lines.read(decoder);
      shared.handler().expect(who, lines);
      line = lines.next(decoder);
    }
    return line;
  }

  /// The end of the input is no line feed: what stands before it is not executed.
  private void handleRest(Answers answers) {
    if (decoder.takeUnfinished()) {
      handle(refusal(ErrorCode.BAD_REQUEST, "the last line has no line feed"), answers);
    }
  }

  private Message refusal(ErrorCode code, String sentence) {
    return shared.parser().refuse(decoder.bytes(), decoder.from(), decoder.to(), code, sentence);
  }

  private void handle(Message message, Answers answers) {
    if (identity == null) {
      handleStranger(message, answers);
    } else if (refusing) {
      answers.error(message.requestId(), ErrorCode.STOPPING, "nothing was changed");
      leave(CloseReason.SERVER_STOPPING);
    } else {
      switch (message) {
        case Message.Refused refused -> refuse(refused, answers);
        case Message.Request request ->
            goOn(shared.handler().handle(identity, remote.getAddress(), request, answers));
      }
    }
  }

  private void refuse(Message.Refused refused, Answers answers) {
    answers.error(refused.requestId(), refused.code(), refused.sentence());
    if (refused.hangUp()) {
      leave(CloseReason.NOT_HTTP);
    }
  }

  private void goOn(Next next) {
    switch (next) {
      case Next.Longer begun -> {
        longer = begun;
        begun.whenReady(this::outboxDrained);
      }
      case Next.Plain.LINE -> {}
      case Next.Plain.QUIT -> leave(CloseReason.QUIT);
    }
  }

  /// A client without identity can do nothing but AUTH.
  private void handleStranger(Message message, Answers answers) {
    if (!(message instanceof Message.Request(_, Command.Auth(var secret))) || secret.isEmpty()) {
      reportRefusal("AUTH", CloseReason.AUTH_REQUIRED.toString());
      answers.error(null, ErrorCode.AUTH_REQUIRED, "");
      leave(CloseReason.AUTH_REQUIRED);
      return;
    }
    switch (shared.entrance().ask(secret.bytes(), remote.getAddress())) {
      case Entrance.Welcome(var welcomed) -> {
        login = welcomed;
        identify(welcomed.identity());
        log.debug("connection {} is {}", number, name());
        answers.ok(null);
      }
      case Entrance.Failed(GuessLimit.After(var nanos)) -> {
        leave(CloseReason.AUTH_FAILED);
        if (nanos == 0) {
          answers.error(null, ErrorCode.AUTH_FAILED, "");
        } else {
          verdictTimer = shared.loop().schedule(this::sayFailed, nanos);
        }
      }
      case Entrance.Failed(GuessLimit.TooMany()) -> {
        answers.error(null, ErrorCode.RATE_LIMITED, TOO_MANY_GUESSES);
        leave(CloseReason.TOO_MANY_GUESSES);
      }
    }
  }

  /// Answers a guess that had to wait.
  private void sayFailed() {
    verdictTimer = null;
    shared.answers().error(null, ErrorCode.AUTH_FAILED, "");
    outbox.send(shared.answers(), 0);
    sayGoodbye();
    updateReading();
  }

  /// From here on nothing is executed, and what is left of the input is forgotten.
  private void leave(CloseReason reason) {
    leaving = reason;
    cancelAuthTimer();
    longer = null;
    decoder.clear();
    countKept(0);
  }

  /// Behind the last answer: ends our side, and the connection as soon as the client has ended its
  /// own.
  private void sayGoodbye() {
    outbox.whenEmpty(this::shutDownOutput);
  }

  private void shutDownOutput() {
    outputEnded = true;
    updateReading();
    if (inputEnded) {
      var _ = channel.close();
      return;
    }
    SslHandler ssl = channel.pipeline().get(SslHandler.class);
    ChannelFuture ready = ssl == null ? channel.newSucceededFuture() : ssl.closeOutbound();
    ready.addListener(
        _ -> {
          var _ = ((DuplexChannel) channel).shutdownOutput();
        });
    var _ = shared.loop().schedule(() -> close(CloseReason.CLIENT_CLOSED), LINGER_NANOS);
  }

  private void drop(int length) {
    droppedBytes += length;
    updateReading();
  }
}
