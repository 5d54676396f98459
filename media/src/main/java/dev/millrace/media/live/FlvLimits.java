package dev.millrace.media.live;

import java.time.Duration;

/**
 * What a publisher may keep the server waiting for.
 *
 * @param probe how long tracks are waited for that the publisher has not yet shown, in arrival time
 *     or in media time, whichever passes first
 * @param start how long a track may come without a codec configuration, and video without a key
 *     frame
 * @param startBytes the same in bytes of frames that could not be used
 * @param bufferFrames frames held at most until all tracks are known
 * @param bufferBytes the same in bytes
 * @param configurationsPerMinute how often codec configurations may change
 */
public record FlvLimits(
    Duration probe,
    Duration start,
    long startBytes,
    int bufferFrames,
    long bufferBytes,
    int configurationsPerMinute) {
  /** 1.5 s; 10 s or 32 MiB; 512 frames or 8 MiB; 60 changes a minute. */
  public static final FlvLimits DEFAULT =
      new FlvLimits(
          Duration.ofMillis(1500),
          Duration.ofSeconds(10),
          32L * 1024 * 1024,
          512,
          8L * 1024 * 1024,
          60);
}
