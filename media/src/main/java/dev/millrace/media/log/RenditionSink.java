package dev.millrace.media.log;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import java.util.Optional;

/**
 * Where renditions of a presentation are written that somebody else opened and will end. One writer
 * a rendition at a time; {@link #describe} before its first append and whenever its initialization
 * section changes, {@link #append} for every part.
 */
public interface RenditionSink {
  /** Where the log of a rendition ends; empty if it has no entry. */
  Optional<LogTail> tail(StreamPath path, String rendition);

  /** Tells or replaces a rendition's description. */
  AppendResult describe(StreamPath path, long epoch, RenditionDescription rendition);

  /** Appends one part. {@code data} is empty for gaps and end markers. */
  AppendResult append(StreamPath path, String rendition, PartEntry entry, Bytes data);
}
