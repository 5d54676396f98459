package dev.millrace.ingest.rtmp;

import dev.millrace.media.Bytes;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Publishes over RTMP what it is given as FLV tag bodies: for load drivers and tests, many on one
 * {@link EventLoops}. Any thread; calls on {@link #executor} spare a hop.
 *
 * <p>Call sequence: {@link #publish} once, {@link #send} and {@link #flush} any number of times
 * once its stage has completed, {@link #close}.
 */
public final class RtmpClient implements AutoCloseable {
  private static final int DEFAULT_PORT = 1935;

  private final EventLoop loop;
  private final URI target;
  private final EventLoops loops;
  private final RtmpClientConnection connection;

  /** What the server said of the stream (§7.2.2, onStatus) or of the connection. */
  public record Status(String level, String code, String description) {}

  /**
   * @param target {@code rtmp://HOST[:PORT]/APP/KEY}; the key may have a query
   * @param chunkSize of what is sent (§5.4.1)
   * @throws IllegalArgumentException if the target has another form
   */
  public RtmpClient(EventLoops loops, URI target, int chunkSize) {
    String path = String.valueOf(target.getRawPath());
    int slash = path.indexOf('/', 1);
    if (!"rtmp".equals(target.getScheme()) || target.getHost() == null || slash < 0) {
      throw new IllegalArgumentException("target must be rtmp://HOST[:PORT]/APP/KEY");
    }
    String query = target.getRawQuery() == null ? "" : "?" + target.getRawQuery();
    this.loops = loops;
    this.target = target;
    this.loop = loops.group().next();
    String app = path.substring(1, slash);
    String url = "rtmp://" + target.getRawAuthority() + "/" + app;
    this.connection =
        new RtmpClientConnection(app, url, path.substring(slash + 1) + query, chunkSize);
  }

  /**
   * Connects and asks to publish. The stage completes when the server has accepted, with an {@link
   * IOException} if it cannot be reached, refuses, or hangs up.
   */
  public CompletableFuture<Void> publish() {
    int port = target.getPort() < 0 ? DEFAULT_PORT : target.getPort();
    ChannelFuture connecting =
        new Bootstrap()
            .group(loop)
            .channel(loops.channel())
            .option(ChannelOption.TCP_NODELAY, true)
            .handler(connection)
            .connect(new InetSocketAddress(target.getHost(), port));
    connecting.addListener(
        done -> {
          if (done.cause() != null) {
            connection.fail(new IOException("cannot connect to " + target.getHost(), done.cause()));
          }
        });
    return connection.published();
  }

  /**
   * Queues one tag; it leaves at the next {@link #flush}. Nothing is held back where the server
   * does not read: see {@link #isWritable}.
   *
   * @param type of the FLV tag: 8 audio, 9 video, 18 script
   * @param timestamp milliseconds, 32 bit, wrapping
   */
  public void send(int type, int timestamp, Bytes body) {
    if (loop.inEventLoop()) {
      connection.send(type, timestamp, body);
    } else {
      loop.execute(() -> connection.send(type, timestamp, body));
    }
  }

  /** Sends what was queued. */
  public void flush() {
    if (loop.inEventLoop()) {
      connection.flush();
    } else {
      loop.execute(connection::flush);
    }
  }

  /** Whether the server keeps up: false while more than a socket buffer waits to be sent. */
  public boolean isWritable() {
    return connection.isWritable();
  }

  /** The client's own thread, for pacing. */
  public ScheduledExecutorService executor() {
    return loop;
  }

  /** What the server has said so far. */
  public List<Status> statuses() {
    return connection.statuses();
  }

  /** How many bytes the server has acknowledged (§5.4.3), modulo 2^32. */
  public long acknowledgedBytes() {
    return connection.acknowledgedBytes();
  }

  /** Completes when the connection is closed, by whichever side. */
  public CompletableFuture<Void> closed() {
    return connection.closed();
  }

  /** Says that the stream ends, and closes; {@link #closed} tells when. */
  public void unpublish() {
    loop.execute(connection::unpublish);
  }

  /** As {@link #unpublish}; does not wait. */
  @Override
  public void close() {
    unpublish();
  }

  /** Closes without a word, as a publisher does that loses its process. */
  public void abort() {
    loop.execute(connection::abort);
  }
}
