package dev.millrace.media.feed;

/**
 * A video rendition that a worker makes.
 *
 * @param name of the rendition, for example {@code 720p}
 * @param codec what it is encoded to
 * @param width in pixels, even
 * @param height in pixels, even
 * @param frameDivisor every so many-th frame of the source is kept: 1 or 2
 * @param bitrateBps target; the peak is held to a little more by a buffer of about a second
 */
public record VideoRung(
    String name, Codec codec, int width, int height, int frameDivisor, long bitrateBps) {
  /** Codecs that rungs can have. */
  public enum Codec {
    /** H.264, ISO/IEC 14496-10. */
    H264,
    /** H.265, ISO/IEC 23008-2. */
    HEVC,
    /** AV1. */
    AV1
  }
}
