package dev.millrace.transcoder.ladder;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.RenditionSink;

/**
 * Lets one writer at a time write the rungs of a stream. Any thread; {@link #grant} may wait for
 * writes that are under way.
 */
public interface RungWriters {
  /** Gives the next writer its generation; all older ones are refused from now on. */
  long grant(StreamPath path);

  /** Where the writer of this generation writes, in this process. */
  RenditionSink sink(StreamPath path, long generation);

  /** Refuses all writers until the next grant: the stream is gone. */
  void revoke(StreamPath path);
}
