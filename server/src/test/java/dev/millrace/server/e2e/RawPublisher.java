package dev.millrace.server.e2e;

import dev.millrace.ingest.rtmp.EventLoops;
import dev.millrace.ingest.rtmp.RtmpClient;
import dev.millrace.media.flv.FlvFileReader;
import dev.millrace.media.flv.FlvTag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Publishes FLV tags as they are, good or not, each when it is due. What a test wants sent wrongly
 * no muxer sends.
 */
final class RawPublisher implements AutoCloseable {
  private static final int MAX_TAG_BYTES = 4 << 20;
  private static final int CHUNK_SIZE = 4096;

  private final EventLoops loops = new EventLoops(1, "raw-publisher");
  private final RtmpClient client;
  private final Iterator<Timed> tags;
  private final long startNanos;
  private Timed next;
  private volatile boolean done;

  /** A tag, and how many milliseconds after the start it is sent. */
  record Timed(long dueMs, FlvTag tag) {}

  private RawPublisher(NodeUnderTest node, String name, Iterator<Timed> tags) {
    this.tags = tags;
    this.next = tags.next();
    client = new RtmpClient(loops, URI.create(node.rtmp(name)), CHUNK_SIZE);
    client.publish().orTimeout(10, TimeUnit.SECONDS).join();
    startNanos = System.nanoTime();
    client.executor().scheduleAtFixedRate(this::sendWhatIsDue, 0, 5, TimeUnit.MILLISECONDS);
  }

  static RawPublisher start(NodeUnderTest node, String name, List<Timed> tags) {
    return new RawPublisher(node, name, tags.iterator());
  }

  /** All tags of a file, due at their times. */
  static List<Timed> read(Path flv) {
    try {
      byte[] file = Files.readAllBytes(flv);
      List<FlvTag> tags = new ArrayList<>();
      new FlvFileReader(MAX_TAG_BYTES, tags::add).feed(file, 0, file.length);
      return new ArrayList<>(tags.stream().map(tag -> new Timed(tag.timestamp(), tag)).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void sendWhatIsDue() {
    long nowMs = (System.nanoTime() - startNanos) / 1_000_000;
    while (!done && next.dueMs() <= nowMs) {
      client.send(next.tag().type(), next.tag().timestamp(), next.tag().body());
      done = !tags.hasNext();
      next = done ? next : tags.next();
    }
    client.flush();
  }

  /** Whether all tags were sent. */
  boolean isDone() {
    return done;
  }

  /** Whether the server has hung up. */
  boolean isRefused() {
    return client.closed().isDone();
  }

  @Override
  public void close() {
    client.close();
    client.closed().completeOnTimeout(null, 5, TimeUnit.SECONDS).join();
    loops.close();
  }
}
