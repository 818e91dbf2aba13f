package io.ztick.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.EOFException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// One connection to the target of HTTP runs. Its first call opens it. It has one call at a time
/// and belongs to that call's run, or to the [HttpConnections] when it has none. Confined to the
/// loop.
final class HttpConnection extends ChannelInboundHandlerAdapter {

  /// Who made a call. After [#failed] and [#answered] it hears of that call no more.
  interface Caller {
    void status(int code);

    /// A part of the answer's body, which is there during the call only.
    ///
    /// @return whether more of it is wanted; otherwise the connection is broken off, and the answer
    ///   counts as complete
    boolean body(ByteBuf part);

    /// The whole answer has come.
    void answered();

    /// No answer will come, or not all of it.
    ///
    /// @param request what became of it
    void failed(Throwable cause, Request request);
  }

  /// What may be done about a request whose call failed.
  enum Request {
    /// Not all of it got out, on a connection that had been idle: the target had closed it by then.
    UNSENT,
    /// It went out on a connection that had been idle, which was closed before a byte came back:
    /// perhaps the target had closed it by then.
    UNANSWERED,
    /// Anything else. The target may have done what was asked, or another call would fare no
    /// better.
    FAILED
  }

  private static final int MAX_INITIAL_LINE_BYTES = 8 * 1024;
  private static final int MAX_HEADER_BYTES = 64 * 1024;

  private final HttpConnections connections;
  private final HttpSockets sockets;
  private final HttpTarget target;

  /// Null until it stands, or while the socket to an address is being opened.
  private @Nullable Channel channel;

  /// Null until it stands.
  private @Nullable Decoder decoder;

  private boolean standing;
  private boolean closed;

  /// Null when it is idle.
  private @Nullable Caller caller;

  /// Not yet handed to the channel.
  private @Nullable ByteBuf waiting;

  /// It has been answered before this call.
  private boolean used;

  /// What became of the request: all of it was handed to the socket, or that failed.
  private boolean written;

  private boolean unsent;

  /// Something has come back, were it a single byte.
  private boolean answering;

  /// The head of the answer, behind all that come before it, such as 103.
  private boolean headRead;

  /// What is being read is an answer before the answer, such as 103.
  private boolean interim;

  private boolean keptAlive;
  private long idleSinceNanos;

  HttpConnection(HttpConnections connections, HttpSockets sockets, HttpTarget target) {
    this.connections = connections;
    this.sockets = sockets;
    this.target = target;
  }

  HttpTarget target() {
    return target;
  }

  boolean isClosed() {
    return closed;
  }

  /// Since when nobody has used it, by the monotonic clock.
  long idleSinceNanos() {
    return idleSinceNanos;
  }

  /// Sends a request, when the connection stands. May fail before it returns.
  void call(ByteBuf request, Caller newCaller) {
    caller = newCaller;
    written = false;
    unsent = false;
    answering = false;
    headRead = false;
    interim = false;
    keptAlive = false;
    if (standing) {
      write(request);
    } else {
      waiting = request;
      sockets.connect(this);
    }
  }

  /// A socket is being opened for it; should it be closed meanwhile, then that one too.
  void opening(Channel socket) {
    channel = socket;
  }

  /// It stands.
  ///
  /// @param pipeline with TLS in it, if the target wants that
  void opened(ChannelPipeline pipeline) {
    decoder = new Decoder();
    pipeline.addLast(decoder, this);
    standing = true;
    ByteBuf request = waiting;
    waiting = null;
    if (request != null) {
      write(request);
    }
  }

  private void write(ByteBuf request) {
    if (channel == null) {
      throw new IllegalStateException("a connection that stands has a channel");
    }
    Caller writer = caller;
    channel
        .writeAndFlush(request)
        .addListener((ChannelFuture done) -> written(writer, done.cause()));
  }

  private void written(@Nullable Caller writer, @Nullable Throwable failure) {
    if (writer == null || !writer.equals(caller)) {
      return;
    }
    if (failure == null) {
      written = true;
    } else {
      unsent = true;
      fail(failure);
    }
  }

  /// Stands in front of the connection, where every byte can be seen: what is no whole message yet
  /// would otherwise wait here to become the answer of the next call.
  private final class Decoder extends HttpResponseDecoder {
    Decoder() {
      super(
          new HttpDecoderConfig()
              .setMaxInitialLineLength(MAX_INITIAL_LINE_BYTES)
              .setMaxHeaderSize(MAX_HEADER_BYTES));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) throws Exception {
      if (caller == null) {
        // Nobody has asked for it.
        ReferenceCountUtil.release(bytes);
        close();
      } else {
        answering = true;
        super.channelRead(context, bytes);
      }
    }

    /// Whether nothing has come behind what was read.
    boolean isEmpty() {
      return actualReadableBytes() == 0;
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (caller == null || !(message instanceof HttpObject part)) {
        // Nobody has asked for it.
        close();
      } else if (part.decoderResult().isFailure()) {
        fail(failure(part.decoderResult().cause()));
      } else {
        read(caller, part);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void read(Caller current, HttpObject part) {
    if (part instanceof HttpResponse response) {
      interim = isInterim(response.status());
      if (!interim) {
        headRead = true;
        keptAlive = HttpUtil.isKeepAlive(response) && !isSwitch(response.status());
        current.status(response.status().code());
      }
    }
    if (interim || !(part instanceof HttpContent content)) {
      return;
    }
    boolean wanted = current.body(content.content());
    if (!wanted || part instanceof LastHttpContent) {
      end(current, wanted);
    }
  }

  private static boolean isInterim(HttpResponseStatus status) {
    return status.codeClass() == HttpStatusClass.INFORMATIONAL && !isSwitch(status);
  }

  /// 101 is the end of HTTP on a connection, and so an answer.
  private static boolean isSwitch(HttpResponseStatus status) {
    return status.equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
  }

  private void end(Caller current, boolean whole) {
    caller = null;
    if (whole && canGoOn()) {
      used = true;
      idleSinceNanos = System.nanoTime();
      connections.release(this);
    } else {
      close();
    }
    current.answered();
  }

  private boolean canGoOn() {
    return keptAlive
        && written
        && decoder != null
        && decoder.isEmpty()
        && channel != null
        && channel.isActive();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    fail(endOfConnection());
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof DecoderException) {
      // Something has come back that cannot be read.
      answering = true;
    }
    fail(failure(cause));
  }

  /// What a failure of the decoders or of the channel says of the target.
  private Throwable failure(Throwable cause) {
    return switch (cause) {
      case PrematureChannelClosureException _ -> endOfConnection();
      case TooLongFrameException _ -> cause;
      case DecoderException e when e.getCause() != null -> failure(e.getCause());
      case DecoderException _, IllegalArgumentException _ -> new NotHttpException(cause);
      default -> cause;
    };
  }

  private EOFException endOfConnection() {
    String when = "";
    if (headRead) {
      when = " before the body was complete";
    } else if (answering) {
      when = " before the head was complete";
    }
    return new EOFException("the connection was closed" + when);
  }

  /// What came back is no answer of HTTP.
  static final class NotHttpException extends IOException {
    NotHttpException(Throwable cause) {
      String reason = cause.getMessage();
      super("not HTTP: " + (reason == null ? cause.getClass().getSimpleName() : reason), cause);
    }
  }

  /// It cannot be opened, or cannot go on.
  void fail(Throwable cause) {
    Caller current = caller;
    caller = null;
    Request request = state();
    close();
    if (current != null) {
      current.failed(cause, request);
    }
  }

  private Request state() {
    if (!used || answering) {
      return Request.FAILED;
    }
    return unsent ? Request.UNSENT : Request.UNANSWERED;
  }

  /// Closes it; its caller hears nothing any more.
  void close() {
    caller = null;
    if (waiting != null) {
      waiting.release();
      waiting = null;
    }
    if (!closed) {
      closed = true;
      connections.forget(this);
      if (channel != null) {
        var _ = channel.close();
      }
    }
  }
}
