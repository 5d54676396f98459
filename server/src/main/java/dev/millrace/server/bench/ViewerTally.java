package dev.millrace.server.bench;

import java.net.URI;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** What all viewers of a run saw together. Any thread. */
final class ViewerTally {
  private static final long HIGHEST_MICROS = 60_000_000;

  private final ConcurrentHashMap<String, Long> firstSeenNanos = new ConcurrentHashMap<>();
  private final Histogram releaseSpread = new ConcurrentHistogram(HIGHEST_MICROS, 3);
  private final Histogram partFetch = new ConcurrentHistogram(HIGHEST_MICROS, 3);
  private final LongAdder bytes = new LongAdder();
  private final LongAdder requests = new LongAdder();
  private final LongAdder errors = new LongAdder();
  private volatile String lastError = "";

  /** A held playlist came back: how long after the first viewer that had the same one. */
  void playlistArrived(URI playlist, MediaPlaylistReader.Part newest) {
    long now = System.nanoTime();
    Long first = firstSeenNanos.putIfAbsent(playlist + "#" + newest.uri(), now);
    releaseSpread.recordValue(
        Math.clamp((now - (first == null ? now : first)) / 1000, 0, HIGHEST_MICROS));
  }

  void partArrived(long micros) {
    partFetch.recordValue(Math.clamp(micros, 0, HIGHEST_MICROS));
  }

  void delivered(int count) {
    bytes.add(count);
    requests.increment();
  }

  void failed(Exception cause) {
    errors.increment();
    lastError = String.valueOf(cause.getMessage());
  }

  long bytes() {
    return bytes.sum();
  }

  long requests() {
    return requests.sum();
  }

  long errors() {
    return errors.sum();
  }

  String lastError() {
    return lastError;
  }

  Histogram releaseSpread() {
    return releaseSpread;
  }

  Histogram partFetch() {
    return partFetch;
  }
}
