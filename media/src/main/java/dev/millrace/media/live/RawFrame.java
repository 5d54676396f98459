package dev.millrace.media.live;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame.MediaType;

/**
 * A frame as the publisher sent it, not yet on the session's timeline.
 *
 * @param trackId of a video frame as the publisher numbers them; 0 for audio
 * @param timestampMs 32 bits, modulo 2^32
 * @param nanos to be added to it
 * @param compositionTimeMs presentation minus decode time
 * @param key by its NAL units; true for audio
 */
record RawFrame(
    MediaType type,
    int trackId,
    int timestampMs,
    int nanos,
    int compositionTimeMs,
    boolean key,
    Bytes data,
    long arrivalNanos) {

  /** Whether it is of the video track that leads. */
  boolean isMainVideo() {
    return type == MediaType.VIDEO && trackId == 0;
  }

  /** Whether it is of a video track beside the main one. */
  boolean isFurtherVideo() {
    return type == MediaType.VIDEO && trackId != 0;
  }
}
