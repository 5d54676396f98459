package dev.millrace.transcoder.ffmpeg.worker;

import dev.millrace.media.log.SegmentMark;

/**
 * What stands behind a step of the cascade: the next smaller rung, or the pictures. Calls come in
 * order of presentation, on one thread at a time.
 */
interface Downstream {
  /** Whether the frame of this number in its segment is needed. */
  boolean wants(int ordinal);

  /** A segment begins with the next frame. */
  void mark(SegmentMark mark);

  /** Takes a frame that was wanted. */
  void frame(VideoFrame frame);

  /** All frames shown before this session time have been given. */
  void progress(long sessionUs);

  /** No more will come: finishes and waits until that is done. */
  void end();
}
