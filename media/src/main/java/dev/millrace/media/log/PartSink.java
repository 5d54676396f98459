package dev.millrace.media.log;

import dev.millrace.media.StreamPath;
import java.util.List;

/**
 * Where a packager writes. One writer per path at a time; calls of one path come in order. Call
 * sequence: {@link #open} (or {@link #takeOver}) once per presentation, then as a {@link
 * RenditionSink}, {@link #end} once.
 */
public interface PartSink extends RenditionSink {
  /** Begins a presentation; an earlier one of the path is replaced. */
  AppendResult open(StreamPath path, long epoch, Targets targets);

  /**
   * Goes on with the presentation that another writer has left: from here on writes of older epochs
   * are refused. Open segments must have been ended before, under the epochs they have.
   */
  AppendResult takeOver(StreamPath path, long epoch);

  /**
   * Tells which renditions others will write beside the caller's, so that players wait a moment for
   * them; replaces what was told before.
   */
  AppendResult expect(StreamPath path, long epoch, List<String> renditions);

  /** Ends the presentation; open segments must have been ended before. */
  AppendResult end(StreamPath path, long epoch);
}
