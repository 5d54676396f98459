package dev.millrace.media.hls;

import dev.millrace.media.log.Bitrates;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.Segment;
import dev.millrace.media.log.Targets;

/**
 * What a rendition adds to BANDWIDTH and AVERAGE-BANDWIDTH (RFC 8216bis §4.4.6.2). A live stream's
 * peak lies partly in the future: the measured values get headroom, more while little was measured,
 * and the publisher's own figure is believed as long as it is plausible beside what was measured.
 *
 * <p>The Apple authoring specification wants the measured peak below 125 % of BANDWIDTH (9.13) and
 * the measured average below 110 % of AVERAGE-BANDWIDTH (1.28).
 */
record Bandwidth(long peakBps, long averageBps) {
  private static final Bandwidth UNKNOWN = new Bandwidth(100_000, 100_000);
  // In whole thousands: nobody needs more, and the playlist changes less often.
  private static final int GRAIN = 1000;

  static Bandwidth of(RenditionView rendition, Targets targets) {
    Bitrates measured = rendition.bitrates(targets);
    long declared = rendition.description().declaredBitrateBps();
    if (measured.equals(Bitrates.NONE)) {
      return declared > 0
          ? new Bandwidth(round(declared), round(declared))
          : ofFirstParts(rendition);
    }
    // A young stream may have shown a quiet scene only; after a whole window there is less doubt.
    boolean young = measured.measuredUs() < targets.windowUs();
    long least = measured.peakBps() * (young ? 125 : 110) / 100;
    long most = measured.peakBps() * 2;
    long guess = measured.peakBps() * (young ? 170 : 135) / 100;
    long peak = declared >= least && declared <= most ? declared : guess;
    long average = measured.averageBps() * (young ? 150 : 115) / 100;
    return new Bandwidth(round(peak), round(Math.min(average, peak)));
  }

  Bandwidth plus(Bandwidth other) {
    return new Bandwidth(peakBps + other.peakBps, averageBps + other.averageBps);
  }

  /** The bit rate of the parts of the open segment, which has the key frame in it. */
  private static Bandwidth ofFirstParts(RenditionView rendition) {
    long bytes = 0;
    long durationUs = 0;
    for (Segment segment : rendition.segments()) {
      for (PartEntry part : segment.parts()) {
        bytes += part.sizeBytes();
        durationUs += part.gap() ? 0 : part.durationUs();
      }
    }
    if (bytes == 0 || durationUs == 0) {
      return UNKNOWN;
    }
    long guess = round(bytes * 8_000_000L / durationUs * 170 / 100);
    return new Bandwidth(guess, guess);
  }

  private static long round(long bps) {
    return Math.ceilDiv(bps, GRAIN) * GRAIN;
  }
}
