package dev.millrace.media;

/**
 * One access unit on the stream's timeline: microseconds, near 0 at the start of the session, never
 * decreasing in decode order within a track.
 *
 * @param trackId of the {@link Track} with the same media type
 * @param dtsUs decode time
 * @param ptsUs presentation time; equal to {@code dtsUs} for audio
 * @param key a video frame from which decoding can start (IDR; for H.265 IDR, or CRA with no leading
 *     pictures that could be shown); always true for audio
 * @param data H.264 and H.265: NAL units behind the length prefixes that the configuration names;
 *     AAC: one raw access unit; MP3: one whole frame with its header
 * @param arrivalNanos monotonic clock when its last byte arrived at this node
 */
public record Frame(
    MediaType type,
    int trackId,
    long dtsUs,
    long ptsUs,
    boolean key,
    Bytes data,
    long arrivalNanos) {

  /** What a frame or a rendition carries. */
  public enum MediaType {
    VIDEO,
    AUDIO
  }
}
