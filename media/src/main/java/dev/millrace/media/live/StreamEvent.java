package dev.millrace.media.live;

import dev.millrace.media.Frame;
import dev.millrace.media.Track;
import java.time.Instant;
import java.util.List;

/**
 * What a subscriber of a live stream sees, in this order: {@link SessionStarted}, {@link
 * TracksChanged}, then {@link FrameArrived}s, with {@link TracksChanged} and {@link TimeBroken} in
 * between as they happen, {@link SessionEnded}; then either the next {@link SessionStarted} within
 * the reconnect window or {@link StreamEnded}, which is the last. At any time {@link StreamFenced}
 * may come instead of all that would follow.
 */
public sealed interface StreamEvent {
  /** Whether nothing follows. */
  default boolean isLast() {
    return this instanceof StreamEnded || this instanceof StreamFenced;
  }

  /**
   * A publication was accepted.
   *
   * @param epoch greater than that of any session of this path before
   * @param startedAt wall time of acceptance
   */
  record SessionStarted(long epoch, Instant startedAt) implements StreamEvent {}

  /**
   * The complete set of tracks from here on; frames of any other track do not follow. Sent before
   * the first frame and whenever a configuration really changes.
   *
   * @param declaredBitrateBps what the publisher said it sends in all (onMetaData), 0 if it did not
   */
  record TracksChanged(List<Track> tracks, long declaredBitrateBps) implements StreamEvent {
    public TracksChanged {
      tracks = List.copyOf(tracks);
    }
  }

  /** The next frame. */
  record FrameArrived(Frame frame) implements StreamEvent {}

  /**
   * Media time goes on without a hole, but the publisher's clock jumped or stood still, so the wall
   * time of what follows must be anchored anew (EXT-X-DISCONTINUITY).
   */
  record TimeBroken(String reason) implements StreamEvent {}

  /**
   * The publisher has gone; it may come back until the reconnect window closes.
   *
   * @param reason for a person, for example {@code connection reset}
   */
  record SessionEnded(String reason) implements StreamEvent {}

  /** The stream is over; nothing follows. */
  record StreamEnded() implements StreamEvent {}

  /**
   * Another node has the stream now and goes on with it there, behind what came before this event.
   * Whoever writes anything of it puts that out and stops, without an end; nothing follows.
   *
   * @param newerEpoch of the session there
   * @param reason for a person
   */
  record StreamFenced(long newerEpoch, String reason) implements StreamEvent {}
}
