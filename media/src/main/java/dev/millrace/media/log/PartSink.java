package dev.millrace.media.log;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import java.util.List;
import java.util.Optional;

/**
 * Where a packager writes. One writer per path at a time; calls of one path come in order. Call
 * sequence: {@link #open} once per presentation, {@link #describe} before the first append of a
 * rendition and whenever its initialization section changes, {@link #append} for every part, {@link
 * #end} once.
 */
public interface PartSink {
  /** Begins a presentation; an earlier one of the path is replaced. */
  AppendResult open(StreamPath path, long epoch, Targets targets);

  /**
   * Tells which renditions others will write beside the caller's, so that players wait a moment for
   * them; replaces what was told before.
   */
  AppendResult expect(StreamPath path, long epoch, List<String> renditions);

  /** Where the log of a rendition ends; empty if it has no entry. */
  Optional<LogTail> tail(StreamPath path, String rendition);

  /** Tells or replaces a rendition's description. */
  AppendResult describe(StreamPath path, long epoch, RenditionDescription rendition);

  /** Appends one part. {@code data} is empty for gaps and end markers. */
  AppendResult append(StreamPath path, String rendition, PartEntry entry, Bytes data);

  /** Ends the presentation; open segments must have been ended before. */
  AppendResult end(StreamPath path, long epoch);
}
