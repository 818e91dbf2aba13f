package io.ztick.server;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.spi.SelectorProvider;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The event loop, the socket that listens, what stands between a socket and its {@link
/// Connection}, and sockets to others: epoll, or NIO where epoll is missing.
final class Network implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Network.class);

  /// Netty takes one connection a turn unless told otherwise: with a thousand busy ones, and as
  /// many new ones at once, those would wait for seconds.
  private static final int ACCEPTS_PER_TURN = 1024;

  private static final int BACKLOG = 1024;

  /// A client that sends without end then has its turn like everybody else.
  private static final int READS_PER_TURN = 4;

  /// Handshakes compute on these threads, so that they hold up only each other.
  private static final int TLS_THREADS = 2;

  private static final long CLOSE_MILLIS = 1_000;

  private final LongestTurn turns = new LongestTurn(System.nanoTime());

  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(
          1,
          Network::loopThread,
          MeasuredHandler.newFactory(
              Epoll.isAvailable() ? EpollHandler.newFactory() : NioIoHandler.newFactory(), turns));

  private final ExecutorService tlsThreads =
      Executors.newFixedThreadPool(
          TLS_THREADS, Thread.ofPlatform().name("tls-", 1).daemon().factory());

  private final ReadBuffer reads = new ReadBuffer(ConnectionContext.READ_BYTES, READS_PER_TURN);

  private @Nullable Channel listener;

  /// What new connections shake hands by; null when TLS is off. Confined to the loop once it
  /// listens.
  private @Nullable SslContext tls;

  EventLoop eventLoop() {
    return (EventLoop) group.next();
  }

  /// How long the loop's turns were. Confined to the loop.
  LongestTurn turns() {
    return turns;
  }

  private static Thread loopThread(Runnable loop) {
    return Thread.ofPlatform()
        .name("loop")
        .unstarted(
            () -> {
              TimerSlack.remove();
              loop.run();
            });
  }

  /// Listens; every connection that comes is given to a {@link Connection} of this context.
  ///
  /// @param first null when TLS is off
  /// @return the address, with the port that was chosen if the configured one was 0
  InetSocketAddress listen(ConnectionContext context, @Nullable SslContext first)
      throws IOException {
    tls = first;
    InetSocketAddress address = context.limits().listen();
    ChannelFuture bound = bootstrap(context).bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      Throwable cause = bound.cause();
      String reason = cause == null ? "unknown" : String.valueOf(cause.getMessage());
      throw new IOException(
          "cannot listen on " + NetUtil.toSocketAddressString(address) + ": " + reason, cause);
    }
    bound.channel().pipeline().addLast(new AcceptFailures());
    listener = bound.channel();
    return (InetSocketAddress) bound.channel().localAddress();
  }

  /// From now on new connections shake hands by another certificate. On the loop.
  void shakeHandsBy(@Nullable SslContext next) {
    tls = next;
  }

  /// Says why nobody can be accepted, such as too many open files. Netty has paused for a second
  /// before this hears of it.
  private static final class AcceptFailures extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      log.warn("cannot accept a connection: {}", String.valueOf(cause.getMessage()));
    }
  }

  /// What opens connections on the loop, from a socket of the address's family.
  Bootstrap clients(InetAddress remote) {
    SocketProtocolFamily family = family(remote);
    return new Bootstrap()
        .group(group)
        .channelFactory(
            () ->
                Epoll.isAvailable()
                    ? new EpollSocketChannel(family)
                    : new NioSocketChannel(SelectorProvider.provider(), family))
        .option(ChannelOption.TCP_NODELAY, true)
        .option(
            ChannelOption.RECVBUF_ALLOCATOR,
            new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(READS_PER_TURN));
  }

  /// The threads on which handshakes compute.
  Executor tlsThreads() {
    return tlsThreads;
  }

  /// Accepts nobody any more.
  void stopListening() {
    if (listener != null) {
      var _ = listener.close();
    }
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly();
    reads.close();
    tlsThreads.shutdown();
  }

  private ServerBootstrap bootstrap(ConnectionContext context) {
    int highWater = context.limits().maxPendingBytes();
    return new ServerBootstrap()
        .group(group)
        .channelFactory(() -> serverChannel(context.limits().listen()))
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .option(ChannelOption.SO_REUSEADDR, true)
        .option(
            ChannelOption.RECVBUF_ALLOCATOR,
            new ServerChannelRecvByteBufAllocator()
                // It would take the number of a socket for one of bytes, and for the last ones.
                .respectMaybeMoreData(false)
                .maxMessagesPerRead(ACCEPTS_PER_TURN))
        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.SO_KEEPALIVE, true)
        .childOption(
            ChannelOption.WRITE_BUFFER_WATER_MARK,
            new WriteBufferWaterMark(highWater / 2, highWater))
        .childOption(ChannelOption.RECVBUF_ALLOCATOR, reads)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                // A client that is gone already may have no address any more.
                if (!(channel.remoteAddress() instanceof InetSocketAddress remote)) {
                  var _ = channel.close();
                  return;
                }
                SslContext current = tls;
                if (current != null) {
                  channel.pipeline().addLast(handshake(context, current, channel));
                }
                channel.pipeline().addLast(new Connection(context, channel, remote));
              }
            });
  }

  /// An IPv4 address gets an IPv4 socket: one of IPv6 would listen on more than was asked for.
  private static ServerChannel serverChannel(InetSocketAddress address) {
    SocketProtocolFamily family = family(address.getAddress());
    return Epoll.isAvailable()
        ? new EpollServerSocketChannel(family)
        : new NioServerSocketChannel(SelectorProvider.provider(), family);
  }

  private static SocketProtocolFamily family(InetAddress address) {
    return address instanceof Inet4Address ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
  }

  private SslHandler handshake(ConnectionContext context, SslContext by, Channel channel) {
    SslHandler handler = by.newHandler(channel.alloc(), tlsThreads);
    handler.setHandshakeTimeoutMillis(context.limits().authTimeout().toMillis());
    return handler;
  }
}
