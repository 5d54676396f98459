package dev.millrace.ingest.rtmp;

import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One publisher's socket: feeds handshake and session, keeps the deadlines, and is the one place
 * where a peer's {@link ProtocolException} is caught. Whatever a peer does costs its own connection
 * only. Event loop.
 */
final class RtmpConnection extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(RtmpConnection.class);

  /** How long the peer has to read the last words before the socket is closed. */
  private static final long LINGER_MILLIS = 1000;

  private final long id;
  private final Channel channel;
  private final RtmpConfig config;
  private final LongSupplier nanoTime;
  private final Outbound out;
  private final ServerHandshake handshake;
  private final RtmpSession session;
  private final String remoteAddress;

  private boolean shaken;
  private long receivedBytes;
  private final long openedNanos;
  private long lastReadNanos;

  /** Since when the peer owes a publication; not looked at while it publishes. */
  private long owesPublishNanos;

  // Written on the event loop, read by who drains the server.
  private volatile boolean publishes;
  private volatile boolean understandsReconnect;

  private @Nullable StreamPath stream;
  private @Nullable CloseReason reason;
  private @Nullable Future<?> deadline;

  RtmpConnection(
      long id,
      Channel channel,
      RtmpConfig config,
      RtmpSession.Services services,
      LongSupplier nanoTime) {
    this.id = id;
    this.channel = channel;
    this.config = config;
    this.nanoTime = nanoTime;
    this.out = new Outbound(channel);
    this.handshake = new ServerHandshake(out::raw, ThreadLocalRandom.current());
    this.session = new RtmpSession(this, out, config.limits(), services);
    this.remoteAddress =
        channel.remoteAddress() instanceof InetSocketAddress peer
            ? NetUtil.toSocketAddressString(peer)
            : "unknown";
    this.openedNanos = nanoTime.getAsLong();
    this.lastReadNanos = openedNanos;
    this.owesPublishNanos = openedNanos;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    event(LOG.atInfo()).addKeyValue("peer", remoteAddress).log("opened");
    checkDeadlines();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (reason == null && message instanceof ByteBuf buffer) {
        read(buffer);
      }
    } catch (ProtocolException e) {
      refuse(new CloseReason(CloseReason.Kind.valueOf(e.reason().name()), reasonText(e)));
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void read(ByteBuf buffer) {
    lastReadNanos = nanoTime.getAsLong();
    receivedBytes += buffer.readableBytes();
    session.arrived(lastReadNanos);
    if (!shaken) {
      shaken = handshake.read(buffer);
    }
    if (shaken) {
      session.decoder().read(buffer);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    session.acknowledge(receivedBytes);
    if (reason == null) {
      out.flush();
    }
  }

  /** A peer that asks and asks and never reads the answers would fill the memory with them. */
  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (!channel.isWritable()) {
      refuse(new CloseReason(CloseReason.Kind.LIMIT, "the peer does not read what it asked for"));
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (reason == null) {
      reason = new CloseReason(CloseReason.Kind.PEER, "the peer closed the connection");
    }
    closed(reason);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof IOException) {
      refuse(new CloseReason(CloseReason.Kind.PEER, String.valueOf(cause.getMessage())));
    } else {
      event(LOG.atError()).setCause(cause).log("defect, the connection is closed");
      refuse(new CloseReason(CloseReason.Kind.DEFECT, "internal error"));
    }
  }

  /** Says why, where the peer can understand it, and leaves. */
  private void refuse(CloseReason why) {
    if (reason == null) {
      session.lastWords(why);
      leave(why);
    }
  }

  /**
   * Sends what is pending and closes; what still comes is passed over. Only the first call counts.
   */
  void leave(CloseReason why) {
    if (reason != null) {
      return;
    }
    reason = why;
    publishes = false;
    session.end(why.text());
    if (out.pendingBytes() == 0) {
      channel.close();
      return;
    }
    // Closing with unread input would reset the connection, and the peer never read the last words.
    out.flushLast()
        .addListener(
            sent -> {
              if (channel instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
              }
            });
    channel.eventLoop().schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Closes as the server stops; the future tells when the peer was told. Any thread. */
  Future<?> stop(String why) {
    CloseReason stopping = new CloseReason(CloseReason.Kind.STOPPING, why);
    return channel.eventLoop().submit(() -> refuse(stopping));
  }

  /** Whether the peer publishes. Any thread. */
  boolean isPublishing() {
    return publishes;
  }

  /** Whether the peer declared that it can be asked to connect elsewhere. Any thread. */
  boolean understandsReconnect() {
    return understandsReconnect;
  }

  /** Asks the peer to connect elsewhere; tells whether it understands that. Any thread. */
  boolean askToReconnect(Optional<URI> server, String why) {
    if (!publishes || !understandsReconnect) {
      return false;
    }
    channel.eventLoop().execute(() -> session.askToReconnect(server, why));
    return true;
  }

  /** Runs something on the connection's event loop. Any thread. */
  void execute(Runnable action) {
    channel.eventLoop().execute(action);
  }

  String remoteAddress() {
    return remoteAddress;
  }

  /** The peer publishes this path now, or nothing any more. */
  void publishing(@Nullable StreamPath path) {
    understandsReconnect = session.reconnects();
    publishes = path != null;
    if (path == null) {
      owesPublishNanos = lastReadNanos;
    } else {
      stream = path;
      event(LOG.atInfo()).log("publishing");
    }
  }

  private void closed(CloseReason why) {
    if (deadline != null) {
      deadline.cancel(false);
    }
    publishes = false;
    session.end(why.text());
    out.close();
    event(why.kind().isTrouble() ? LOG.atWarn() : LOG.atInfo())
        .addKeyValue("reason", why.kind().tag())
        .addKeyValue("seconds", TimeUnit.NANOSECONDS.toSeconds(nanoTime.getAsLong() - openedNanos))
        .addKeyValue("bytes", receivedBytes)
        .log("closed: {}", why.text());
  }

  /** Closes a peer that is late, or looks again when it could be. */
  private void checkDeadlines() {
    if (reason != null) {
      return;
    }
    long now = nanoTime.getAsLong();
    long idleLeft = lastReadNanos + config.idleTimeout().toNanos() - now;
    long publishLeft =
        session.isPublishing()
            ? Long.MAX_VALUE
            : owesPublishNanos + config.handshakeTimeout().toNanos() - now;
    if (publishLeft <= 0) {
      refuse(new CloseReason(CloseReason.Kind.TIMEOUT, late()));
    } else if (idleLeft <= 0) {
      refuse(
          new CloseReason(
              CloseReason.Kind.TIMEOUT,
              "nothing came for " + config.idleTimeout().toMillis() + " ms"));
    } else {
      // While the peer does not publish it may begin at any time, and be idle from then on.
      long next = Math.min(idleLeft, publishLeft);
      deadline = channel.eventLoop().schedule(this::checkDeadlines, next, TimeUnit.NANOSECONDS);
    }
  }

  private String late() {
    String what = shaken ? "no publication" : "handshake unfinished, read " + handshake.progress();
    return what + " within " + config.handshakeTimeout().toMillis() + " ms";
  }

  private static String reasonText(ProtocolException e) {
    return String.valueOf(e.getMessage());
  }

  private LoggingEventBuilder event(LoggingEventBuilder builder) {
    LoggingEventBuilder named = builder.addKeyValue("conn", id);
    return stream == null ? named : named.addKeyValue("stream", stream);
  }
}
