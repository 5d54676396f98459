package dev.millrace.media.log;

import dev.millrace.media.StreamPath;

/**
 * Where posters and thumbnails go. Pictures are a help, never needed: what cannot be kept is
 * dropped. Any thread.
 */
public interface PictureSink {
  /** Replaces the poster of the stream; ignored if the epoch is older than its presentation. */
  void poster(StreamPath path, long epoch, Picture poster);

  /** Adds a thumbnail; one of a segment that has one already is ignored. */
  void thumbnail(StreamPath path, Thumbnail thumbnail);
}
