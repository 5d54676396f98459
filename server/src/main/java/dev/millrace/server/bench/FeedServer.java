package dev.millrace.server.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.media.Frame;
import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.feed.FeedWriter;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.http.LogAddress;
import dev.millrace.media.log.http.LogHeaders;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * What a worker sees of a node, and no more: a feed, which waits for its reader or comes in real
 * time, and an origin that takes every part and only counts.
 */
final class FeedServer implements AutoCloseable {
  private static final String FEED = "/feed";
  private static final int BUFFER = 1 << 16;

  private final List<FeedRecord> records;
  private final boolean paced;
  private final AddedLatency latency = new AddedLatency();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  private final Map<String, Got> got = new TreeMap<>();

  /** When the first part since {@link #take} came. */
  private OptionalLong firstPartNanos = OptionalLong.empty();

  /**
   * What has come of a rendition.
   *
   * @param peakBps of the segment with the highest bit rate
   */
  record Got(
      long bytes,
      double seconds,
      double gapSeconds,
      double peakBps,
      long msn,
      long segmentBytes,
      double segmentSeconds) {
    static final Got NOTHING = new Got(0, 0, 0, 0, -1, 0, 0);

    /** Shorter segments say nothing of the bit rate that a viewer needs. */
    private static final double SHORTEST = 1;

    private Got and(PartEntry entry) {
      double duration = entry.durationUs() / 1e6;
      boolean same = entry.position().msn() == msn;
      long inSegment = (same ? segmentBytes : 0) + entry.sizeBytes();
      double ofSegment = (same ? segmentSeconds : 0) + duration;
      boolean whole = entry.endOfSegment() && ofSegment >= SHORTEST;
      return new Got(
          bytes + entry.sizeBytes(),
          seconds + duration,
          gapSeconds + (entry.gap() ? duration : 0),
          whole ? Math.max(peakBps, inSegment * 8 / ofSegment) : peakBps,
          entry.position().msn(),
          inSegment,
          ofSegment);
    }

    double averageBps() {
      return seconds > gapSeconds ? bytes * 8 / (seconds - gapSeconds) : 0;
    }
  }

  /**
   * @param paced whether the feed comes in real time
   */
  FeedServer(List<FeedRecord> records, boolean paced) throws IOException {
    this.records = records;
    this.paced = paced;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(FEED, this::feed);
    server.createContext(LogAddress.ROOT, this::origin);
    server.start();
  }

  URI origin() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  URI feedAddress() {
    return origin().resolve(FEED);
  }

  /** What came since the last call, by rendition. */
  synchronized Map<String, Got> take() {
    Map<String, Got> taken = Map.copyOf(got);
    got.clear();
    firstPartNanos = OptionalLong.empty();
    return taken;
  }

  /** When the first part with video since the last {@link #take} came, by the monotonic clock. */
  synchronized OptionalLong firstPartNanos() {
    return firstPartNanos;
  }

  private void feed(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "video/x-flv");
    exchange.sendResponseHeaders(200, 0);
    FeedWriter writer = new FeedWriter();
    try (exchange;
        OutputStream out = new java.io.BufferedOutputStream(exchange.getResponseBody(), BUFFER)) {
      out.write(FeedWriter.header().toArray());
      Pace pace = new Pace();
      for (FeedRecord record : records) {
        if (paced && record instanceof FeedRecord.Media(Frame frame)) {
          out.flush();
          pace.await(frame.dtsUs());
          latency.given(frame, System.nanoTime());
        }
        out.write(writer.write(record).toArray());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Real time, from the first frame on. */
  private static final class Pace {
    private long firstUs;
    private long startNanos;

    void await(long dtsUs) throws InterruptedException {
      if (startNanos == 0) {
        startNanos = System.nanoTime();
        firstUs = dtsUs;
      }
      long early = startNanos + (dtsUs - firstUs) * 1000 - System.nanoTime();
      if (early > 0) {
        TimeUnit.NANOSECONDS.sleep(early);
      }
    }
  }

  /** Of the video rungs, where the feed is paced. */
  AddedLatency latency() {
    return latency;
  }

  private void origin(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      long nanos = System.nanoTime();
      LogAddress address =
          LogAddress.parse(exchange.getRequestURI().getRawPath())
              .orElseThrow(() -> new UncheckedIOException(new IOException("no such address")));
      if (address instanceof LogAddress.Part part) {
        PartEntry entry =
            LogHeaders.entry(
                part.position(), exchange.getRequestHeaders().getFirst(LogHeaders.ENTRY));
        count(part.rendition(), entry);
        if (paced && !part.rendition().startsWith("audio")) {
          latency.came(part.rendition(), entry, nanos);
        }
      }
      boolean tail = address instanceof LogAddress.Tail;
      exchange.sendResponseHeaders(tail ? 204 : LogHeaders.ACCEPTED_STATUS, -1);
    }
  }

  private synchronized void count(String rendition, PartEntry entry) {
    if (firstPartNanos.isEmpty() && !entry.gap() && entry.keyFrameBytes() > 0) {
      firstPartNanos = OptionalLong.of(System.nanoTime());
    }
    got.put(rendition, got.getOrDefault(rendition, Got.NOTHING).and(entry));
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
