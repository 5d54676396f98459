package dev.millrace.ingest.rtmp;

import dev.millrace.media.Bytes;

/** Takes what a publisher sends as FLV tag bodies. Event loop. */
@FunctionalInterface
interface TagSink {
  /**
   * @param type of the FLV tag: 8 audio, 9 video, 18 script
   * @param timestamp milliseconds, 32 bit, wrapping
   * @param arrivalNanos monotonic clock when its last byte came
   * @throws dev.millrace.media.ProtocolException if the body is broken or of an unknown codec
   */
  void tag(int type, int timestamp, Bytes body, long arrivalNanos);
}
