package dev.millrace.transcoder.ffmpeg.worker;

import dev.millrace.media.Frame;
import dev.millrace.media.Track;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.SegmentMark;

/**
 * Takes one encoded rendition. Call sequence: {@link #mark} for each mark of the feed, before the
 * first frame of its segment; {@link #describe} before the first frame and when the encoder
 * changed; {@link #end} once. All calls on one thread at a time; none of them waits for the
 * network.
 */
interface RungSink {
  /** A segment begins. */
  void mark(SegmentMark mark);

  /** What the frames from the next mark on are. */
  void describe(Track track, RenditionDescription description);

  /** The next encoded frame, with session times. */
  void frame(Frame frame);

  /** All frames shown before this session time have been given. */
  void progress(long sessionUs);

  /** Whether only gaps are to be written from the next mark on. */
  void shed(boolean gapsInstead);

  /** No more will come. */
  void end();
}
