package dev.millrace.media.live;

import dev.millrace.media.Frame;
import dev.millrace.media.Track;
import dev.millrace.media.live.StreamEvent.FrameArrived;
import dev.millrace.media.live.StreamEvent.TimeBroken;
import dev.millrace.media.live.StreamEvent.TracksChanged;
import java.util.List;

/**
 * A publisher's hold on a path, from acceptance to {@link #end} or until a newer publication of the
 * same owner takes the path over; every call after that is ignored, so that a late old publisher is
 * harmless. One thread: the publisher's event loop. Nothing here waits for a subscriber.
 */
public final class Publication {
  private final LiveStream stream;
  private final PublishRequest request;
  private final long epoch;

  Publication(LiveStream stream, PublishRequest request, long epoch) {
    this.stream = stream;
    this.request = request;
    this.epoch = epoch;
  }

  /** The session's number: greater than that of every session before. */
  public long epoch() {
    return epoch;
  }

  /** The stream that is published. */
  public LiveStream stream() {
    return stream;
  }

  /** Whether this publication still owns its path. Any thread. */
  public boolean isCurrent() {
    return stream.isCurrent(this);
  }

  /**
   * The complete set of tracks from here on. Call before the first frame and whenever a
   * configuration really changes; the next video frame should then be a key frame.
   *
   * @param declaredBitrateBps what the publisher said it sends in all, 0 if it did not
   */
  public void tracks(List<Track> tracks, long declaredBitrateBps) {
    stream.tracks(this, new TracksChanged(tracks, declaredBitrateBps));
  }

  /** The next frame, of one of the tracks told before, in decode order within its track. */
  public void frame(Frame frame) {
    stream.frame(this, new FrameArrived(frame));
  }

  /** Media time goes on, but no longer in step with wall time as before. */
  public void timeBroken(String reason) {
    stream.timeBroken(this, new TimeBroken(reason));
  }

  /**
   * Gives the path up; the stream waits for the same owner until the reconnect window closes. May
   * be called more than once.
   */
  public void end(String reason) {
    stream.end(this, reason);
  }

  PublishRequest request() {
    return request;
  }
}
