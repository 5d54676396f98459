package dev.millrace.server.e2e;

import dev.millrace.ingest.rtmp.EventLoops;
import dev.millrace.ingest.rtmp.RtmpClient;
import dev.millrace.media.flv.FlvTag;
import dev.millrace.testkit.SharedMedia;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * An encoder that never ends: real footage again and again with time that goes on, and, when its
 * connection breaks, the next of its addresses after a pause, as a DNS name of several would give
 * it. A thread of its own; like an encoder it begins each connection with the codec headers and the
 * next key frame.
 */
final class LoopingPublisher implements AutoCloseable {
  private static final int CHUNK_SIZE = 4096;
  private static final int VIDEO = 9;
  private static final int CONNECT_SECONDS = 5;
  private static final int KEY_FRAME = 1;
  private static final long TICK_NANOS = 5_000_000;

  private final EventLoops loops = new EventLoops(1, "looping-publisher");
  private final List<URI> addresses;
  private final long reconnectMillis;
  private final List<FlvTag> headers = new ArrayList<>();
  private final List<FlvTag> frames = new ArrayList<>();
  private final int lengthMillis;
  private final Thread thread;
  private volatile URI connectedTo = URI.create("rtmp://nowhere");
  private volatile boolean connected;
  private volatile int connections;
  private volatile long lostNanos;
  private volatile long returnedNanos;
  private volatile boolean refused;
  private volatile boolean closed;

  private LoopingPublisher(List<URI> addresses, long reconnectMillis, Path flv) {
    this.addresses = addresses;
    this.reconnectMillis = reconnectMillis;
    int last = 0;
    for (RawPublisher.Timed timed : RawPublisher.read(flv)) {
      FlvTag tag = timed.tag();
      if (isHeader(tag)) {
        headers.add(tag);
      } else if (tag.type() != 18) {
        frames.add(tag);
        last = Math.max(last, tag.timestamp());
      }
    }
    this.lengthMillis = last + 40;
    this.thread = Thread.ofPlatform().name("looping-publisher").daemon().start(this::run);
  }

  /**
   * Publishes to the first address, and when that breaks to the next, round and round.
   *
   * @param reconnectMillis how long it waits before it connects again
   */
  static LoopingPublisher start(List<String> addresses, long reconnectMillis) {
    return start(addresses, reconnectMillis, SharedMedia.require("media/bbb_480p_gop2s.flv"));
  }

  /** The same with footage of 25 pictures a second from a file. */
  static LoopingPublisher start(List<String> addresses, long reconnectMillis, Path flv) {
    return new LoopingPublisher(addresses.stream().map(URI::create).toList(), reconnectMillis, flv);
  }

  /** AVC and AAC sequence headers. */
  private static boolean isHeader(FlvTag tag) {
    return (tag.type() == VIDEO || tag.type() == 8)
        && tag.body().length() > 1
        && tag.body().u8(1) == 0;
  }

  private static boolean isKeyFrame(FlvTag tag) {
    return tag.type() == VIDEO && tag.body().u8(0) >> 4 == KEY_FRAME;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written by this thread alone
  private void run() {
    long startNanos = System.nanoTime();
    int attempt = 0;
    while (!closed) {
      URI address = addresses.get(attempt++ % addresses.size());
      try (RtmpClient client = new RtmpClient(loops, address, CHUNK_SIZE)) {
        client.publish().orTimeout(CONNECT_SECONDS, TimeUnit.SECONDS).join();
        connectedTo = address;
        connected = true;
        connections = connections + 1;
        if (connections > 1) {
          returnedNanos = System.nanoTime();
        }
        send(client, startNanos);
        connected = false;
        lostNanos = System.nanoTime();
      } catch (CompletionException e) {
        refused = true; // and the next one is tried
      }
      pause(TimeUnit.MILLISECONDS.toNanos(reconnectMillis));
    }
  }

  private void send(RtmpClient client, long startNanos) {
    long due = (System.nanoTime() - startNanos) / 1_000_000;
    long round = due / lengthMillis;
    int next = 0;
    while (frames.get(next).timestamp() < due % lengthMillis && next < frames.size() - 1) {
      next++;
    }
    boolean begun = false;
    while (!closed && !client.closed().isDone()) {
      long now = (System.nanoTime() - startNanos) / 1_000_000;
      while (!closed && round * lengthMillis + frames.get(next).timestamp() <= now) {
        FlvTag tag = frames.get(next);
        int time = (int) (round * lengthMillis + tag.timestamp());
        if (!begun && isKeyFrame(tag)) {
          begun = true;
          headers.forEach(header -> client.send(header.type(), time, header.body()));
        }
        if (begun) {
          client.send(tag.type(), time, tag.body());
        }
        next++;
        if (next == frames.size()) {
          next = 0;
          round++;
        }
      }
      client.flush();
      pause(TICK_NANOS);
    }
  }

  private void pause(long nanos) {
    if (!closed) {
      LockSupport.parkNanos(nanos);
    }
  }

  /** Whether a server takes what it sends. */
  boolean isConnected() {
    return connected;
  }

  /** Where it is connected now, or was last. */
  URI connectedTo() {
    return connectedTo;
  }

  /** Whether an address could not be reached or said no. */
  boolean wasRefused() {
    return refused;
  }

  /** How often it has been accepted. */
  int connections() {
    return connections;
  }

  /** For how long its last loss of a connection lasted, milliseconds. */
  long lastAwayMillis() {
    return Math.max(0, (returnedNanos - lostNanos) / 1_000_000);
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    loops.close();
  }
}
