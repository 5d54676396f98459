package dev.millrace.origin.http;

import java.time.Duration;

/**
 * What requests may cost.
 *
 * @param partBytes the largest part
 * @param initBytes the largest initialization section
 * @param pictureBytes the largest picture
 * @param allBytes all bodies together that are being received or written
 * @param bodyTimeout how long a body may take to arrive
 */
public record BodyLimits(
    int partBytes, int initBytes, int pictureBytes, long allBytes, Duration bodyTimeout) {
  /** 32 MiB, 1 MiB, 512 KiB; 256 MiB together; 30 s. */
  public static final BodyLimits DEFAULT =
      new BodyLimits(32 << 20, 1 << 20, 512 << 10, 256L << 20, Duration.ofSeconds(30));
}
