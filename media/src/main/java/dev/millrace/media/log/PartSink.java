package dev.millrace.media.log;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;

/**
 * Where a packager writes. One writer per path at a time; calls of one path come in order. Call
 * sequence: {@link #open} once per presentation, {@link #describe} before the first append of a
 * rendition and whenever its initialization section changes, {@link #append} for every part, {@link
 * #end} once.
 */
public interface PartSink {
  /** Begins a presentation; an earlier one of the path is replaced. */
  AppendResult open(StreamPath path, long epoch, Targets targets);

  /** Tells or replaces a rendition's description. */
  AppendResult describe(StreamPath path, long epoch, RenditionDescription rendition);

  /** Appends one part. {@code data} is empty for gaps and end markers. */
  AppendResult append(StreamPath path, String rendition, PartEntry entry, Bytes data);

  /** Ends the presentation; open segments must have been ended before. */
  AppendResult end(StreamPath path, long epoch);
}
