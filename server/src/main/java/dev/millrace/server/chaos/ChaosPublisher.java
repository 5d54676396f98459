package dev.millrace.server.chaos;

import dev.millrace.ingest.rtmp.EventLoops;
import dev.millrace.ingest.rtmp.RtmpClient;
import dev.millrace.server.bench.SyntheticSource;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * An encoder that never ends: when its connection breaks, it connects to the next of its addresses
 * a second later, as many encoders do. A thread of its own.
 */
final class ChaosPublisher implements AutoCloseable {
  private static final int CHUNK_SIZE = 4096;
  private static final int CONNECT_SECONDS = 5;
  private static final long RECONNECT_NANOS = 1_000_000_000;
  private static final long TICK_NANOS = 5_000_000;

  /** Of a server that takes nothing: an encoder then tries another one. */
  private static final long PATIENCE_NANOS = 5_000_000_000L;

  private static final int VIDEO = 9;
  private static final int AUDIO = 8;

  private final EventLoops loops;
  private final List<URI> addresses;
  private final SyntheticSource source;
  private final Thread thread;
  private volatile int connections;
  private volatile boolean closed;
  private volatile boolean leaving;

  /** Begins to publish. */
  ChaosPublisher(EventLoops loops, List<URI> addresses, SyntheticSource source) {
    this.loops = loops;
    this.addresses = List.copyOf(addresses);
    this.source = source;
    this.thread = Thread.ofPlatform().daemon().name("chaos-publisher").start(this::run);
  }

  /** Hangs up, and comes back to the next of its addresses. */
  void move() {
    leaving = true;
  }

  /** How often it was accepted. */
  int connections() {
    return connections;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written by this thread alone
  private void run() {
    for (int attempt = 0; !closed; attempt++) {
      URI address = addresses.get(attempt % addresses.size());
      try (RtmpClient client = new RtmpClient(loops, address, CHUNK_SIZE)) {
        client.publish().orTimeout(CONNECT_SECONDS, TimeUnit.SECONDS).join();
        connections++;
        send(client);
      } catch (CompletionException refused) {
        // The next one is tried.
      }
      pause(RECONNECT_NANOS);
    }
  }

  /** From time 0, until either side hangs up. */
  private void send(RtmpClient client) {
    long startNanos = System.nanoTime();
    long video = 0;
    long audio = 0;
    client.send(VIDEO, 0, source.videoHeader());
    client.send(AUDIO, 0, source.audioHeader());
    long takenNanos = startNanos;
    leaving = false;
    while (!closed
        && !leaving
        && !client.closed().isDone()
        && System.nanoTime() - takenNanos < PATIENCE_NANOS) {
      takenNanos = client.isWritable() ? System.nanoTime() : takenNanos;
      long nowUs = (System.nanoTime() - startNanos) / 1000;
      for (; SyntheticSource.videoTimeUs(video) <= nowUs; video++) {
        int time = (int) (SyntheticSource.videoTimeUs(video) / 1000);
        client.send(VIDEO, time, source.videoFrame(video));
      }
      for (; SyntheticSource.audioTimeUs(audio) <= nowUs; audio++) {
        int time = (int) (SyntheticSource.audioTimeUs(audio) / 1000);
        client.send(AUDIO, time, source.audioFrame());
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

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
