package dev.millrace.media.feed;

import dev.millrace.media.Frame;
import dev.millrace.media.StreamPath;
import dev.millrace.media.Track;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.media.log.Targets;
import java.util.List;

/**
 * What a worker reads of a stream, in this order: {@link Opened}, the {@link Mark}s of the window,
 * {@link Tracks}, then {@link Media} with {@link Mark}s and {@link Tracks} in between; at last
 * {@link Ended}. A mark comes before every frame of its segment that was not sent before the
 * segment clock decided: so of video always, of audio except for the last frames before the border.
 */
public sealed interface FeedRecord {
  /** A presentation; another one voids everything before. */
  record Opened(StreamPath path, long epoch, Targets targets) implements FeedRecord {}

  /** A segment begins. */
  record Mark(SegmentMark mark) implements FeedRecord {}

  /**
   * The complete set of tracks from here on, and what is to be made of them. With the tracks of
   * before, only the plan has changed, and it counts from the next mark.
   *
   * @param declaredBitrateBps what the publisher said it sends in all, 0 if it did not
   */
  record Tracks(List<Track> tracks, long declaredBitrateBps, LadderPlan plan)
      implements FeedRecord {
    public Tracks {
      tracks = List.copyOf(tracks);
    }
  }

  /** The next frame of the source, with the times of its session. */
  record Media(Frame frame) implements FeedRecord {}

  /** The presentation is over; nothing follows. */
  record Ended() implements FeedRecord {}
}
