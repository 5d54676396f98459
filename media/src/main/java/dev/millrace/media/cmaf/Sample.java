package dev.millrace.media.cmaf;

import dev.millrace.media.Bytes;

/**
 * One access unit of a fragment. Times are in the track's timescale.
 *
 * @param duration decode time to the next sample
 * @param compositionOffset presentation time minus decode time; may be negative
 * @param sync decoding can start here
 * @param data as the sample entry prescribes: length-prefixed NAL units, a raw AAC access unit, an
 *     MP3 frame
 */
public record Sample(int duration, int compositionOffset, boolean sync, Bytes data) {
  public Sample {
    if (duration < 0) {
      throw new IllegalArgumentException("negative sample duration " + duration);
    }
  }
}
