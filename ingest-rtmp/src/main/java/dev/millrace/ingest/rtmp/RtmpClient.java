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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Publishes over RTMP what it is given as FLV tag bodies: for load drivers and tests, many on one
 * {@link EventLoops}. Any thread; calls on {@link #executor} spare a hop.
 *
 * <p>It declares that it understands reconnect requests (Enhanced RTMP v2) and follows them: see
 * {@link Handover}.
 *
 * <p>Call sequence: {@link #publish} once, {@link #send} and {@link #flush} any number of times
 * once its stage has completed, {@link #close}.
 */
public final class RtmpClient implements AutoCloseable {
  /** So long the way to another server may take, with the wait for a key frame. */
  private static final long HANDOVER_MILLIS = 20_000;

  private final EventLoop loop;
  private final EventLoops loops;
  private final int chunkSize;
  private final List<Status> statuses = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> published = new CompletableFuture<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private final PublishedHeaders headers = new PublishedHeaders();

  /** Changed on the event loop, when a server has asked to reconnect to another. */
  private volatile RtmpClientConnection connection;

  private volatile RtmpTarget target;
  private @Nullable Handover handover;

  /** What the server said of the stream (§7.2.2, onStatus) or of the connection. */
  public record Status(String level, String code, String description) {}

  /**
   * @param target {@code rtmp://HOST[:PORT]/APP/KEY}; the key may have a query
   * @param chunkSize of what is sent (§5.4.1)
   * @throws IllegalArgumentException if the target has another form
   */
  public RtmpClient(EventLoops loops, URI target, int chunkSize) {
    this.loops = loops;
    this.chunkSize = chunkSize;
    this.target = RtmpTarget.of(target);
    this.loop = loops.group().next();
    RtmpClientConnection first =
        new RtmpClientConnection(this.target, chunkSize, true, statuses, this::reconnect);
    this.connection = first;
    first.published().whenComplete((done, failure) -> complete(published, failure));
    first.closed().thenRun(() -> closed(first));
  }

  /**
   * Connects and asks to publish. The stage completes when the server has accepted, with an {@link
   * IOException} if it cannot be reached, refuses, or hangs up.
   */
  public CompletableFuture<Void> publish() {
    connect(connection, target);
    return published;
  }

  private void connect(RtmpClientConnection to, RtmpTarget where) {
    ChannelFuture connecting =
        new Bootstrap()
            .group(loop)
            .channel(loops.channel())
            .option(ChannelOption.TCP_NODELAY, true)
            .handler(to)
            .connect(new InetSocketAddress(where.host(), where.port()));
    connecting.addListener(
        done -> {
          if (done.cause() != null) {
            to.fail(new IOException("cannot connect to " + where.host(), done.cause()));
          }
        });
  }

  /** The server asks to go elsewhere, or to come anew (Enhanced RTMP v2). Event loop. */
  private void reconnect(Optional<String> tcUrl) {
    Optional<RtmpTarget> where =
        tcUrl.isEmpty() ? Optional.of(target) : target.movedTo(tcUrl.get());
    if (handover != null || where.isEmpty()) {
      return;
    }
    RtmpClientConnection old = connection;
    RtmpClientConnection next =
        new RtmpClientConnection(where.get(), chunkSize, false, statuses, this::reconnect);
    Handover begun = new Handover(old, next, headers);
    handover = begun;
    next.ready().thenRun(begun::ready);
    next.published().whenComplete((done, failure) -> arrived(begun, next, where.get(), failure));
    next.closed().thenRun(() -> closed(next));
    connect(next, where.get());
    loop.schedule(begun::fail, HANDOVER_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void arrived(
      Handover begun, RtmpClientConnection next, RtmpTarget where, @Nullable Throwable failure) {
    handover = null;
    if (failure == null) {
      connection = next;
      target = where;
      begun.published();
    } else {
      begun.fail();
      if (connection.closed().isDone()) {
        closed.complete(null);
      }
    }
  }

  /** Event loop, but where nothing was ever connected. */
  private void closed(RtmpClientConnection which) {
    if (which == connection && handover == null) {
      closed.complete(null);
    }
  }

  private static void complete(CompletableFuture<Void> stage, @Nullable Throwable failure) {
    if (failure == null) {
      stage.complete(null);
    } else {
      stage.completeExceptionally(failure);
    }
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
      queue(type, timestamp, body);
    } else {
      loop.execute(() -> queue(type, timestamp, body));
    }
  }

  private void queue(int type, int timestamp, Bytes body) {
    PublishedTag tag = PublishedTag.of(type, timestamp, body);
    headers.note(tag);
    Handover present = handover;
    if (present == null) {
      connection.send(tag);
    } else {
      present.send(tag);
    }
  }

  /** Sends what was queued. */
  public void flush() {
    if (loop.inEventLoop()) {
      connection.flush();
    } else {
      loop.execute(() -> connection.flush());
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

  /** What servers have said so far. */
  public List<Status> statuses() {
    return List.copyOf(statuses);
  }

  /** The application that is published to; another than at first after a reconnect request. */
  public URI tcUrl() {
    return target.tcUrl();
  }

  /** How many bytes the server has acknowledged (§5.4.3), modulo 2^32. */
  public long acknowledgedBytes() {
    return connection.acknowledgedBytes();
  }

  /** Completes when the connection is closed, by whichever side, and no other takes its place. */
  public CompletableFuture<Void> closed() {
    return closed;
  }

  /** Says that the stream ends, and closes; {@link #closed} tells when. */
  public void unpublish() {
    loop.execute(
        () -> {
          abandonHandover();
          connection.unpublish();
        });
  }

  /** As {@link #unpublish}; does not wait. */
  @Override
  public void close() {
    unpublish();
  }

  /** Closes without a word, as a publisher does that loses its process. */
  public void abort() {
    loop.execute(
        () -> {
          abandonHandover();
          connection.abort();
        });
  }

  private void abandonHandover() {
    if (handover != null) {
      handover.fail();
    }
  }
}
