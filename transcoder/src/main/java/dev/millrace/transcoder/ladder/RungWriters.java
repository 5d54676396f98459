package dev.millrace.transcoder.ladder;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.RenditionSink;

/**
 * Lets one writer at a time write the rungs of a stream. Any thread; {@link #grant} and {@link
 * #admit} may wait for writes that are under way.
 */
public interface RungWriters {
  /** Gives the next writer its generation; all older ones are refused from now on. */
  long grant(StreamPath path);

  /** The generation of a writer that is to take over later; nothing of it is let in yet. */
  long reserve();

  /** The writer of this generation takes over; all older ones are refused from now on. */
  void admit(StreamPath path, long generation);

  /** Where the writer of this generation writes, in this process. */
  RenditionSink sink(StreamPath path, long generation);

  /**
   * Refuses all writers until the next grant, because the stream is gone; but not if a newer
   * generation than this was granted, for a stream that has begun anew.
   */
  void revoke(StreamPath path, long generation);
}
