package dev.millrace.ingest.rtmp;

import dev.millrace.media.live.FlvLimits;
import dev.millrace.media.live.FlvPublisher;
import dev.millrace.media.live.Grant;
import dev.millrace.media.live.LiveStreams;
import dev.millrace.media.live.Publication;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes publishers by RTMP and hands what they publish to the live hub. Any thread. */
public final class RtmpServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RtmpServer.class);

  /** How long each step of stopping may take. */
  private static final long STOP_MILLIS = 1000;

  private final RtmpConfig config;
  private final LongSupplier nanoTime;
  private final RtmpSession.Services services;
  private final EventLoops loops;

  // Written on the event loops of the connections, read when the server stops.
  private final Set<RtmpConnection> connections = ConcurrentHashMap.newKeySet();
  private final AtomicLong accepted = new AtomicLong();

  /** Whether the last one was refused for the limit, so that a crowd makes one line in the log. */
  private final AtomicBoolean saturated = new AtomicBoolean();

  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile @Nullable Channel listener;
  private volatile boolean accepting = true;

  /**
   * @param authorize what a publisher may do with an application and a stream key; called on event
   *     loops, must not block
   * @param nanoTime the monotonic clock, as {@link System#nanoTime}
   */
  public RtmpServer(
      RtmpConfig config,
      LiveStreams streams,
      BiFunction<String, String, Optional<Grant>> authorize,
      LongSupplier nanoTime) {
    this(
        config,
        streams,
        authorize,
        nanoTime,
        publication -> new FlvPublisher(publication, FlvLimits.DEFAULT)::tag);
  }

  /** With another taker of what is published. */
  RtmpServer(
      RtmpConfig config,
      LiveStreams streams,
      BiFunction<String, String, Optional<Grant>> authorize,
      LongSupplier nanoTime,
      Function<Publication, TagSink> sinks) {
    this.config = config;
    this.nanoTime = nanoTime;
    this.services =
        new RtmpSession.Services(
            streams,
            () -> accepting,
            target -> authorize.apply(target.app(), target.streamKey()),
            sinks);
    this.loops = new EventLoops(config.ioThreads(), "rtmp-io");
  }

  /**
   * Binds and begins to accept.
   *
   * @return the address that was bound
   * @throws java.net.BindException if the port is in use or not allowed
   */
  public InetSocketAddress start() throws IOException {
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.serverChannel())
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, 1024)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    admit(channel);
                  }
                })
            .bind(config.host(), config.port())
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      // The native transport has an exception of its own for this.
      BindException failure =
          new BindException(
              "cannot listen on %s:%d: %s"
                  .formatted(config.host(), config.port(), bound.cause().getMessage()));
      failure.initCause(bound.cause());
      throw failure;
    }
    listener = bound.channel();
    return (InetSocketAddress) bound.channel().localAddress();
  }

  /** How many connections are open. */
  public int connections() {
    return connections.size();
  }

  /** How many connections publish. */
  public int publishers() {
    return (int) connections.stream().filter(RtmpConnection::isPublishing).count();
  }

  /**
   * Whether new publications are accepted, as they are at first; those that run go on. Who is
   * refused is told that it may try elsewhere or later, whatever its key.
   */
  public void acceptPublishers(boolean accept) {
    accepting = accept;
  }

  /**
   * Asks publishers to connect anew (Enhanced RTMP v2, NetConnection.Connect.ReconnectRequest).
   * Only those that declared to understand it can be asked; the others publish on.
   *
   * @param server {@code rtmp://HOST:PORT} to go to; empty for the address that they know
   * @param why for people
   * @return how many were asked
   */
  public int askToReconnect(Optional<URI> server, String why) {
    int asked = 0;
    for (RtmpConnection connection : connections) {
      asked += connection.askToReconnect(server, why) ? 1 : 0;
    }
    return asked;
  }

  /**
   * Closes the connections that publish, for example because they did not go by themselves in time.
   *
   * @param all also those that {@link #askToReconnect} can ask
   * @param why told to the publishers
   * @return how many
   */
  public int closePublishers(boolean all, String why) {
    List<RtmpConnection> left =
        connections.stream()
            .filter(RtmpConnection::isPublishing)
            .filter(connection -> all || !connection.understandsReconnect())
            .toList();
    left.forEach(connection -> connection.stop(why));
    return left.size();
  }

  /** Stops accepting, tells publishers, closes all connections. May be called more than once. */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    Channel listening = listener;
    if (listening != null) {
      listening.close().awaitUninterruptibly(STOP_MILLIS);
    }
    List<Future<?>> told = new ArrayList<>();
    connections.forEach(connection -> told.add(connection.stop("the server is stopping")));
    told.forEach(future -> future.awaitUninterruptibly(STOP_MILLIS));
    loops.close();
  }

  private void admit(Channel channel) {
    boolean full = connections.size() >= config.maxConnections();
    if (full != saturated.getAndSet(full) && full) {
      LOG.atWarn()
          .addKeyValue("reason", "limit")
          .log("connections are refused: {} are open already", config.maxConnections());
    }
    if (full) {
      channel.close();
      return;
    }
    RtmpConnection connection =
        new RtmpConnection(accepted.incrementAndGet(), channel, config, services, nanoTime);
    connections.add(connection);
    channel.closeFuture().addListener(closed -> connections.remove(connection));
    channel.pipeline().addLast("rtmp", connection);
  }
}
