package dev.millrace.server.bench;

import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.log.PartEntry;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * How much later the parts of video rungs are there than those of the source would be. A part of
 * the source is complete when the first frame behind it comes, so it counts from the moment at
 * which the feed has given that frame. Any thread.
 */
final class AddedLatency {
  private static final long LONGEST_US = 60_000_000;

  /** When a frame of the feed was given, by its media time. */
  private final NavigableMap<Long, Long> givenNanos = new TreeMap<>();

  /** Where each rung's media ends. */
  private final Map<String, Long> endUs = new HashMap<>();

  private final Histogram micros = new Histogram(LONGEST_US, 3);
  private long firstUs = Long.MIN_VALUE;

  /** The feed has given a frame. */
  synchronized void given(Frame frame, long nanos) {
    if (frame.type() == MediaType.VIDEO) {
      firstUs = firstUs == Long.MIN_VALUE ? frame.dtsUs() : firstUs;
      givenNanos.putIfAbsent(frame.dtsUs() - firstUs, nanos);
    }
  }

  /** A part of a video rung has come, from its first one on. */
  synchronized void came(String rung, PartEntry entry, long nanos) {
    long end = endUs.merge(rung, entry.durationUs(), Long::sum);
    // Times of frames are whole milliseconds, those of parts are exact.
    Map.Entry<Long, Long> behind = givenNanos.ceilingEntry(end - 1_000);
    if (behind != null && !entry.gap()) {
      micros.recordValue(Math.clamp((nanos - behind.getValue()) / 1000, 0, LONGEST_US));
    }
  }

  /** Microseconds; read it when the run is over. */
  synchronized Histogram micros() {
    return micros.copy();
  }
}
