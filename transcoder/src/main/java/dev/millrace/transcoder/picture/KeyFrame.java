package dev.millrace.transcoder.picture;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.Track;

/**
 * A key frame that waits for its turn.
 *
 * @param msn the segment that it begins or stands in
 * @param pdtUs wall time of what it shows
 */
record KeyFrame(StreamPath path, long epoch, long msn, long pdtUs, Track.Video track, Bytes data) {}
